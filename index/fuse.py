"""Two rankings made one."""

from __future__ import annotations

import numpy as np


def fuse(dense: np.ndarray, lexical: np.ndarray, *, lexical_weight: float) -> np.ndarray:
    """Dense scores plus weighted BM25 scores: (n,) float32.

    Both stay on their own scale. Dividing BM25 by its query's best, or fusing ranks, would give a
    stray match as much say as a good one: the slang question that shares one word with the wrong
    clause. Scores keep how much better the first is than the second, which ranks throw away
    (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023).
    """
    fused: np.ndarray = (dense + lexical_weight * lexical).astype(np.float32)
    return fused


def best_rows(scores: np.ndarray, n: int) -> np.ndarray:
    """The rows of the `n` best scores, best first, the earlier row first among equals: (n,) int64."""
    if n < len(scores):
        # Everything as good as the last that is kept, so that equals are parted by row alone.
        least = np.partition(scores, len(scores) - n)[len(scores) - n]
        rows = np.flatnonzero(scores >= least)
    else:
        rows = np.arange(len(scores))
    best: np.ndarray = rows[np.argsort(-scores[rows], kind="stable")][:n]
    return best


def best_positive_rows(scores: np.ndarray, n: int) -> np.ndarray:
    """As `best_rows`, of the scores above zero alone.

    Most passages of a large index share no token with a question: of a million scores the best 300
    take 26 ms to find among all, 6 ms among these.
    """
    positive = np.flatnonzero(scores > 0)
    rows: np.ndarray = positive[best_rows(scores[positive], n)]
    return rows
