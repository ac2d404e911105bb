"""Turns an E5S1 file (a BERT encoder in 4-bit blocks) into a sentence-transformers folder.

The file is little-endian: magic, version, nine header fields, the tokenizer's vocabulary and
normalisation map (skipped: the model's own tokenizer.json says the same), and a directory of
tensors with their offsets. A tensor is float32, or blocks of 32 weights in 18 bytes: a float16
scale and 16 bytes whose low nibbles are the first 16 weights and whose high nibbles the last 16,
each nibble standing for its value minus 8. That was found by experiment: the folder's vectors
have a cosine of 0.9999 with those of the engine the file was made for, which rounds its
activations to 8 bits.
"""

import json
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from index.registry import WeightsError

CONVERTER_VERSION = 1
"""Raised whenever the folder made from the same file would differ."""

MAGIC = b"E5S1"
BLOCK_WEIGHTS = 32
BLOCK_BYTES = 18
BLOCKS = 1
"""The directory's mark of a tensor in blocks; 0 is float32."""

_HEADER = struct.Struct("<4sI7ifi")
_VOCABULARY = struct.Struct("<5iQ")
_NORMALISER = struct.Struct("<iI")
_TENSOR = struct.Struct("<BIQQ")

_EMBEDDINGS = {
    "emb.word": "word_embeddings",
    "emb.pos": "position_embeddings",
    "emb.type": "token_type_embeddings",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_MODULES = ("Transformer", "Pooling", "Normalize")

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The encoder's dimensions, as the header gives them."""

    hidden: int
    n_layers: int
    n_heads: int
    intermediate: int
    vocabulary: int
    max_positions: int
    n_types: int
    norm_eps: float


def convert(source: Path, tokenizer: Path, folder: Path) -> None:
    """Write the sentence-transformers folder made of an E5S1 file and its tokenizer.json.

    Args:
        source: The E5S1 file.
        tokenizer: The tokenizer.json that belongs to it.
        folder: Where to write; made anew, and half written if this is interrupted, so give a
            temporary name and rename it.

    Raises:
        WeightsError: The file is not an E5S1 file, or lacks a tensor.
    """
    raw = source.read_bytes()
    try:
        shape = read_shape(raw)
        weights = name_weights(read_tensors(raw), shape)
    except (KeyError, ValueError, struct.error) as fault:
        raise WeightsError(f"{source} is not a readable E5S1 file: {fault}") from fault
    folder.mkdir(parents=True)
    for name, content in _settings(shape).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (folder / "2_Normalize").mkdir()
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # save_file leaves it to its owner alone


def read_shape(raw: bytes) -> Shape:
    """The dimensions in the header of a file's bytes; ValueError if it is no E5S1 file."""
    magic, _, *sizes, eps, block = _HEADER.unpack_from(raw)
    if magic != MAGIC or block != BLOCK_WEIGHTS:
        raise ValueError(f"it begins with {magic!r} and cuts blocks of {block} weights")
    hidden, n_layers, n_heads, intermediate, vocabulary, max_positions, n_types = sizes
    return Shape(
        hidden=hidden,
        n_layers=n_layers,
        n_heads=n_heads,
        intermediate=intermediate,
        vocabulary=vocabulary,
        max_positions=max_positions,
        n_types=n_types,
        norm_eps=float(f"{eps:.6g}"),  # 1e-12 as written, not the nearest float32
    )


def read_tensors(raw: bytes) -> dict[str, Array]:
    """Every tensor of a file's bytes by its name there, flat, as float32."""
    tensors = {}
    for name, dtype, n_weights, offset, n_bytes in _walk_directory(raw):
        stored = np.frombuffer(raw, dtype=np.uint8, count=n_bytes, offset=offset)
        tensor = dequantise(stored) if dtype == BLOCKS else stored.view("<f4").astype(np.float32)
        if tensor.size != n_weights:
            raise ValueError(f"tensor {name} has {tensor.size} weights where {n_weights} are due")
        tensors[name] = tensor
    return tensors


def _walk_directory(raw: bytes) -> Iterator[tuple[str, int, int, int, int]]:
    """Name, type, number of weights, offset and bytes of each tensor."""
    at = _HEADER.size
    n_pieces, *_, n_blob_bytes = _VOCABULARY.unpack_from(raw, at)
    at += _VOCABULARY.size + 4 * (n_pieces + 1) + 4 * n_pieces + n_blob_bytes
    _, n_map_bytes = _NORMALISER.unpack_from(raw, at)
    at += _NORMALISER.size + n_map_bytes
    (n_tensors,) = struct.unpack_from("<i", raw, at)
    at += 4
    for _ in range(n_tensors):
        (n_name_bytes,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + n_name_bytes].decode("ascii")
        at += 2 + n_name_bytes
        yield (name, *_TENSOR.unpack_from(raw, at))
        at += _TENSOR.size


def dequantise(stored: npt.NDArray[np.uint8]) -> Array:
    """The weights of 4-bit blocks, flat: 32 for every 18 bytes."""
    blocks = stored.reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.empty((len(blocks), BLOCK_WEIGHTS), dtype=np.float32)
    weights[:, :16] = nibbles & 0x0F
    weights[:, 16:] = nibbles >> 4
    weights -= 8
    weights *= scales
    return weights.reshape(-1)


def name_weights(tensors: dict[str, Array], shape: Shape) -> dict[str, Array]:
    """The tensors under the names and in the shapes of transformers' BertModel."""
    named = {
        f"embeddings.{name}.weight": tensors[short].reshape(-1, shape.hidden)
        for short, name in _EMBEDDINGS.items()
    }
    named["embeddings.LayerNorm.weight"] = tensors["emb.ln.w"]
    named["embeddings.LayerNorm.bias"] = tensors["emb.ln.b"]
    for layer in range(shape.n_layers):
        for short, name in _LAYER.items():
            weight, bias = tensors[f"l{layer}.{short}.w"], tensors[f"l{layer}.{short}.b"]
            is_norm = short in ("aln", "oln")
            prefix = f"encoder.layer.{layer}.{name}"
            named[f"{prefix}.weight"] = weight if is_norm else weight.reshape(bias.size, -1)
            named[f"{prefix}.bias"] = bias
    return named


def _settings(shape: Shape) -> dict[str, Any]:
    """The folder's JSON files by name."""
    return {
        "config.json": _bert_config(shape),
        "tokenizer_config.json": _tokenizer_config(shape),
        "modules.json": [
            {
                "idx": i,
                "name": str(i),
                "path": f"{i}_{name}" if i else "",
                "type": f"sentence_transformers.models.{name}",
            }
            for i, name in enumerate(_MODULES)
        ],
        # The file has no pooler: without this transformers would warn and make a random one.
        "sentence_bert_config.json": {
            "max_seq_length": shape.max_positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _bert_config(shape: Shape) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.n_layers,
        "num_attention_heads": shape.n_heads,
        "intermediate_size": shape.intermediate,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.max_positions,
        "type_vocab_size": shape.n_types,
        "layer_norm_eps": shape.norm_eps,
        "hidden_act": "gelu",
        "bos_token_id": 0,
        "pad_token_id": 1,
        "eos_token_id": 2,
        "dtype": "float32",
    }


def _tokenizer_config(shape: Shape) -> dict[str, Any]:
    """XLM-RoBERTa's special tokens; the class takes tokenizer.json as it is.

    XLMRobertaTokenizer, in transformers 5, makes its own splitting rules instead.
    """
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": shape.max_positions,
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
        "mask_token": "<mask>",
        "model_input_names": ["input_ids", "attention_mask"],
    }
