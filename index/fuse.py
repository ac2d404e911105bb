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


def ranks(scores: np.ndarray, floor: float = -np.inf) -> dict[int, int]:
    """Row → rank from 1 by descending score; rows at or below `floor` are absent."""
    order = np.argsort(-scores, kind="stable")
    return {int(row): i for i, row in enumerate(order, start=1) if scores[row] > floor}
