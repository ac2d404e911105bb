"""The embedder: texts in, unit vectors out."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index import onnx, weights

DEFAULT_EMBEDDER = "multilingual-e5-small-q4"
_BATCH = 8
_KEPT_QUERIES = 128
# From so many passages on, loading the model itself pays.
_BULK = 256


class Embedder(Protocol):
    """What the index asks of an embedder. Rows of every result have length 1."""

    name: str
    dimension: int

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """(n, dimension) float32, one row a text."""

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """(n, dimension) float32, one row a question."""

    def embed_query(self, text: str) -> np.ndarray:
        """(dimension,) float32."""

    def embed_passage_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """For each text (n_tokens, dimension) float32 with unit rows, special tokens included."""

    def embed_query_tokens(self, text: str) -> np.ndarray:
        """(n_tokens, dimension) float32 with unit rows, of the text's own tokens alone."""

    def embed_queries_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """What `embed_query_tokens` gives, for each text."""

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Where in the text each row of `embed_query_tokens` stands: half-open character offsets."""

    def count_tokens(self, text: str) -> int:
        """How many tokens the encoder makes of a text, special ones included."""

    def query_states(self, text: str) -> np.ndarray | None:
        """A question (n_tokens, dimension) float32 as the lower half of the layers leaves it, special
        tokens included; None where the encoder does not show it."""

    def passage_states(self, text: str) -> np.ndarray | None:
        """What `query_states` gives, for a passage."""

    def upper_layers(
        self, changes: Mapping[str, np.ndarray], mark: str
    ) -> Callable[[np.ndarray], np.ndarray] | None:
        """The upper half of the layers, with `changes` added to the weights they name.

        States (n_tokens, dimension) in, the same out. `mark` names the changes, so that what is made
        of them is made once. None where it cannot be made.
        """


def _unit_rows(vectors: Any) -> np.ndarray:
    """Rows (n, dimension) as float32 of length 1."""
    rows = np.asarray(vectors, dtype=np.float32)
    unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


class SentenceEmbedder:
    """An Embedder over a sentence-transformers model, by registry name, hub name or folder.

    Its graph in onnxruntime does the work where the model can be exported; the model itself is then
    loaded for many passages at once alone, on processors whose half precision is faster still.
    """

    def __init__(self, name: str = DEFAULT_EMBEDDER) -> None:
        self._path: Path = weights.resolve(name)
        self._cache = weights.open_store().root
        self.name = name
        graph = onnx.find_graph(self._path, self._cache)
        if graph is None:
            graph = onnx.export(self._model, self._path, self._cache)
        self._graph = None
        if graph is None:
            self._tokenizer, self._max_length = self._model.tokenizer, self._model.max_seq_length
            dimension, prompts = self._model.get_embedding_dimension(), self._model.prompts
        else:
            self._tokenizer, self._max_length, dimension, prompts = _read_folder(self._path)
            self._graph = onnx.OnnxEncoder(graph, self._tokenizer, self._max_length)
        if dimension is None:
            raise ValueError(f"{name} does not tell its dimension")
        self.dimension = int(dimension)
        self._prompts = {kind: prompts.get(kind) or "" for kind in ("query", "passage")}
        self._embed_one = functools.lru_cache(maxsize=_KEPT_QUERIES)(self._embed)

    @functools.cached_property
    def _model(self) -> Any:
        from sentence_transformers import SentenceTransformer  # seconds to import
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # a second's bar at every start is noise
        return SentenceTransformer(str(self._path), device="cpu")

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        if len(texts) >= _BULK and _is_bfloat16_fast():
            return self._embed_in_half_precision(texts)
        return self._pooled(texts, "passage")

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder."""
        return self._pooled(texts, "query")

    def embed_query(self, text: str) -> np.ndarray:
        """See Embedder. The last ones are kept: search and gate ask for the same question."""
        return self._embed_one(text)[0]

    def embed_query_tokens(self, text: str) -> np.ndarray:
        """See Embedder. From the same pass through the encoder as `embed_query`."""
        return self._embed_one(text)[1]

    def embed_passage_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """See Embedder."""
        return [_unit_rows(rows) for rows in self._token_vectors(texts, "passage")]

    def embed_queries_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """See Embedder."""
        return [self._own_tokens(rows) for rows in self._token_vectors(texts, "query")]

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """See Embedder."""
        before = len(self._prompts["query"])
        read = self._tokenizer(
            self._prompts["query"] + text,
            return_offsets_mapping=True,
            truncation=True,
            max_length=self._max_length,
        )
        own = read["offset_mapping"][self._prompt_length : -1]
        return [(max(0, start - before), max(0, end - before)) for start, end in own]

    def count_tokens(self, text: str) -> int:
        """See Embedder."""
        return len(self._tokenizer(text, verbose=False)["input_ids"])  # long ones are no fault

    def query_states(self, text: str) -> np.ndarray | None:
        """See Embedder. From the same pass through the encoder as `embed_query`."""
        return self._embed_one(text)[2]

    def passage_states(self, text: str) -> np.ndarray | None:
        """See Embedder."""
        return self._read(text, "passage")[1]

    def upper_layers(
        self, changes: Mapping[str, np.ndarray], mark: str
    ) -> Callable[[np.ndarray], np.ndarray] | None:
        """See Embedder."""
        if self._graph is None:
            return None
        graph = onnx.export_upper(lambda: self._model, self._path, self._cache, changes, mark)
        return None if graph is None else onnx.UpperLayers(graph)

    def _embed(self, text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """A question's vector, its own tokens' vectors and its states."""
        rows, states = self._read(text, "query")
        whole, tokens = _unit_rows(rows.mean(axis=0)[None, :])[0], self._own_tokens(rows)
        for vectors in (whole, tokens, states):
            if vectors is not None:
                vectors.flags.writeable = False
        return whole, tokens, states

    def _read(self, text: str, kind: str) -> tuple[np.ndarray, np.ndarray | None]:
        """A text's token vectors (n_tokens, dimension), and its states where the graph shows them."""
        if self._graph is not None:
            return self._graph.vectors_and_states(self._prompts[kind] + text)
        return self._token_vectors([text], kind)[0], None

    def _own_tokens(self, rows: np.ndarray) -> np.ndarray:
        """A question's token vectors as unit rows, without those that every question has.

        The prompt's tokens and the closing one say nothing of it; an empty one keeps the closing one.
        """
        own = rows[self._prompt_length : -1]
        return _unit_rows(own if len(own) else rows[-1:])

    @functools.cached_property
    def _prompt_length(self) -> int:
        """How many tokens the question's prompt makes, the opening one included."""
        return len(self._tokenizer(self._prompts["query"])["input_ids"]) - 1

    def _pooled(self, texts: Sequence[str], kind: str) -> np.ndarray:
        if self._graph is None:
            vectors = self._model.encode(
                list(texts),
                prompt=self._prompts[kind],
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            return np.asarray(vectors, dtype=np.float32)
        return _unit_rows([rows.mean(axis=0) for rows in self._token_vectors(texts, kind)])

    def _token_vectors(self, texts: Sequence[str], kind: str) -> list[np.ndarray]:
        """For each text (n_tokens, dimension) float32, of prompt and special tokens too."""
        prompted = [self._prompts[kind] + text for text in texts]
        if self._graph is not None:
            return self._graph.token_vectors(prompted)
        passes = self._model.encode(
            prompted, prompt="", batch_size=_BATCH, output_value=None, show_progress_bar=False
        )
        return [np.asarray(one["token_embeddings"][one["attention_mask"] > 0]) for one in passes]

    def _embed_in_half_precision(self, texts: Sequence[str]) -> np.ndarray:
        """Half again as fast as float32 where it is fast at all; cosine with it 0.99999 on 512 articles."""
        import torch

        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = self._model.encode(
                list(texts),
                prompt=self._prompts["passage"],
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return _unit_rows(vectors)


def _read_folder(folder: Path) -> tuple[Any, int, int, dict[str, str]]:
    """A sentence-transformers folder's tokenizer, longest input, dimension and prompts."""
    from transformers import AutoTokenizer

    def read(name: str) -> dict[str, Any]:
        path = folder / name
        found: dict[str, Any] = json.loads(path.read_bytes()) if path.is_file() else {}
        return found

    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    longest = read("sentence_bert_config.json").get("max_seq_length") or tokenizer.model_max_length
    prompts = read("config_sentence_transformers.json").get("prompts", {})
    return tokenizer, int(longest), int(read("config.json")["hidden_size"]), prompts


@functools.cache
def _is_bfloat16_fast() -> bool:
    """Whether this processor multiplies bfloat16 by itself."""
    import torch

    supported = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return bool(supported and supported()) and ("avx512_bf16" in flags or "amx_bf16" in flags)
