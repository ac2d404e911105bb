"""The embedder: texts in, unit vectors out."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index import weights

DEFAULT_EMBEDDER = "multilingual-e5-small-q4"
_BATCH = 32
_KEPT_QUERIES = 128
_SHOW_PROGRESS_FROM = 500


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

    def count_tokens(self, text: str) -> int:
        """How many tokens the encoder makes of a text, special ones included."""


def _unit_rows(vectors: Any) -> np.ndarray:
    """A tensor (n, dimension) as float32 rows of length 1."""
    rows = np.asarray(vectors, dtype=np.float32)
    unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _own_tokens(one: Any) -> np.ndarray:
    """A question's token vectors as unit rows, without those that every question has.

    The prompt's tokens and the closing one say nothing of it; an empty one keeps the closing one.
    """
    all_tokens = one["token_embeddings"][one["attention_mask"] > 0]
    own = all_tokens[int(one["prompt_length"]) : -1]
    return _unit_rows(own if len(own) else all_tokens[-1:])


class SentenceEmbedder:
    """An Embedder over a sentence-transformers model, by registry name, hub name or folder."""

    def __init__(self, name: str = DEFAULT_EMBEDDER) -> None:
        path: Path = weights.resolve(name)
        from sentence_transformers import SentenceTransformer  # seconds to import
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # a second's bar at every start is noise

        self.name = name
        self._model = SentenceTransformer(str(path), device="cpu")
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise ValueError(f"{name} does not tell its dimension")
        self.dimension = int(dimension)
        self._embed_one = functools.lru_cache(maxsize=_KEPT_QUERIES)(self._embed)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder; a progress bar on stderr when there are many texts."""
        return np.asarray(
            self._model.encode_document(
                list(texts),
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=len(texts) >= _SHOW_PROGRESS_FROM and sys.stderr.isatty(),
            ),
            dtype=np.float32,
        )

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder."""
        vectors = self._model.encode_query(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def embed_query(self, text: str) -> np.ndarray:
        """See Embedder. The last ones are kept: search and gate ask for the same question."""
        return self._embed_one(text)[0]

    def embed_query_tokens(self, text: str) -> np.ndarray:
        """See Embedder. From the same pass through the encoder as `embed_query`."""
        return self._embed_one(text)[1]

    def embed_passage_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """See Embedder."""
        passes = self._passes(texts, "passage")
        return [_unit_rows(one["token_embeddings"][one["attention_mask"] > 0]) for one in passes]

    def embed_queries_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """See Embedder."""
        return [_own_tokens(one) for one in self._passes(texts, "query")]

    def _embed(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        (one,) = self._passes([text], "query")
        whole, tokens = _unit_rows(one["sentence_embedding"][None, :])[0], _own_tokens(one)
        for vectors in (whole, tokens):
            vectors.flags.writeable = False
        return whole, tokens

    def _passes(self, texts: Sequence[str], prompt: str) -> Any:
        """Everything that one pass through the encoder gives, for each text."""
        return self._model.encode(
            list(texts),
            prompt_name=prompt,
            batch_size=_BATCH,
            output_value=None,
            show_progress_bar=False,
        )

    def count_tokens(self, text: str) -> int:
        """See Embedder."""
        return len(self._model.tokenizer(text)["input_ids"])
