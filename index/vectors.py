"""Where passage vectors lie, and how the nearest are found: in FAISS, or in a Milvus."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol, cast

import faiss
import numpy as np

from index.fuse import best_rows

PLACE_VARIABLE = "POLICYQA_VECTORS"
FILE = "dense.faiss"
# Up to so many passages every inner product is computed; more are joined into a graph.
EXACT_UP_TO = 20_000
_NEIGHBOURS = 16
_BUILD_BREADTH = 80
# As wide as the most that a search asks for: narrower, the tail of its list is chance.
_SEARCH_BREADTH = 1000


class Vectors(Protocol):
    """The vectors of passages 0 … n - 1 in their order; scores are inner products."""

    def nearest(self, query: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows (m,) int64 of the best `n`, best first, and their scores (m,) float32."""

    def scores_of(self, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The scores (len(rows),) float32 of these rows."""

    def close(self) -> None:
        """Let go of files and connections."""


def default_place() -> str:
    """Where vectors lie unless told otherwise: "" for FAISS, else a Milvus (POLICYQA_VECTORS)."""
    return os.environ.get(PLACE_VARIABLE, "")


def _view(read: faiss.Index) -> np.ndarray:
    """FAISS's own memory of flat vectors as (n, dimension) float32, not a copy."""
    stored = cast(Any, faiss.downcast_index(read))
    size = stored.ntotal * stored.d
    rows: np.ndarray = faiss.rev_swig_ptr(stored.get_xb(), size)
    return rows.reshape(stored.ntotal, stored.d)


class FlatVectors:
    """Every inner product, exactly. `rows` is (n, dimension) float32."""

    def __init__(self, read: faiss.Index) -> None:
        self._owner = read  # of the memory that the rows are a view of
        self.rows = _view(read)

    def nearest(self, query: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
        """See Vectors; the earlier row first among equals."""
        scores = self.rows @ query
        rows = best_rows(scores, n)
        return rows, scores[rows]

    def scores_of(self, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """See Vectors."""
        scores: np.ndarray = self.rows[rows] @ query
        return scores

    def close(self) -> None:
        """See Vectors."""


class GraphVectors:
    """A graph of near neighbours (FAISS's HNSW), along which a search walks to the nearest.

    `rows` is (n, dimension) float32.
    """

    def __init__(self, read: faiss.Index) -> None:
        self._owner = read
        self._stored = cast(Any, faiss.downcast_index(read))
        self._stored.hnsw.efSearch = _SEARCH_BREADTH
        self.rows = _view(self._stored.storage)

    def nearest(self, query: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
        """See Vectors; a few in a hundred are missed."""
        scores, rows = self._stored.search(query[None, :], min(n, self._stored.ntotal))
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def scores_of(self, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """See Vectors."""
        scores: np.ndarray = self.rows[rows] @ query
        return scores

    def close(self) -> None:
        """See Vectors."""


def join(embeddings: np.ndarray) -> faiss.Index:
    """A graph over vectors (n, dimension) float32."""
    stored = cast(
        Any, faiss.IndexHNSWFlat(embeddings.shape[1], _NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    )
    stored.hnsw.efConstruction = _BUILD_BREADTH
    stored.add(embeddings)
    joined: faiss.Index = stored
    return joined


def save(folder: Path, embeddings: np.ndarray, place: str) -> str:
    """Keep vectors (n, dimension) float32 for an index folder; returns what `load` is to be told.

    Raises:
        PolicyQAError: the place cannot be used.
    """
    if place:
        from index import milvus

        return milvus.save(place, embeddings)
    if len(embeddings) <= EXACT_UP_TO:
        stored: Any = faiss.IndexFlatIP(embeddings.shape[1])
        stored.add(embeddings)
    else:
        stored = join(embeddings)
    faiss.write_index(stored, str(folder / FILE))
    return ""


def load(folder: Path, kept: str, place: str) -> Vectors:
    """The vectors that `save` kept for an index folder.

    Raises:
        PolicyQAError: the place cannot be reached, or the vectors are not there.
    """
    if kept:
        from index import milvus

        return milvus.MilvusVectors(place, kept)
    read = faiss.read_index(str(folder / FILE))
    is_flat = isinstance(faiss.downcast_index(read), faiss.IndexFlat)
    return FlatVectors(read) if is_flat else GraphVectors(read)


def forget(kept: str, place: str) -> None:
    """Remove the vectors of an index that was replaced; those in its folder go with the folder."""
    if kept and place:
        from index import milvus

        milvus.forget(place, kept)


def find_misplaced(kept: str, place: str) -> str | None:
    """Why vectors kept as `kept` cannot be had at `place`, as the rest of a sentence, or None."""
    if bool(kept) == bool(place):
        return None
    if kept:
        return f"lie in a Milvus that {PLACE_VARIABLE} does not name"
    return f"lie in FAISS, but {PLACE_VARIABLE} names a Milvus"
