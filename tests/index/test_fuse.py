"""Two rankings become one without losing how far apart the scores were."""

from __future__ import annotations

import numpy as np

from index.fuse import best_positive_rows, best_rows, fuse


def test_fused_is_dense_plus_weighted_lexical() -> None:
    dense, lexical = np.array([0.9, 0.8, 0.1]), np.array([0.0, 10.0, 5.0])
    assert np.allclose(fuse(dense, lexical, lexical_weight=0.02), [0.9, 1.0, 0.2])
    assert np.allclose(fuse(dense, lexical, lexical_weight=0.0), dense)


def test_the_best_rows_come_best_first_and_equals_in_the_order_of_the_texts() -> None:
    scores = np.array([0.5, 0.9, 0.5, 0.1, 0.5])
    assert best_rows(scores, 3).tolist() == [1, 0, 2]
    assert best_rows(scores, 9).tolist() == [1, 0, 2, 4, 3]
    assert best_rows(np.array([], dtype=np.float32), 3).tolist() == []


def test_best_rows_are_those_of_a_whole_sort() -> None:
    scores = np.random.default_rng(0).integers(50, size=400).astype(np.float32)
    whole = np.argsort(-scores, kind="stable")
    assert all(np.array_equal(best_rows(scores, n), whole[:n]) for n in (1, 7, 399, 400))


def test_the_best_positive_rows_are_the_best_rows_above_zero() -> None:
    scores = np.random.default_rng(0).integers(-9, 9, size=400).astype(np.float32)
    for n in (1, 7, 399, 400):
        best = best_rows(scores, n)
        assert np.array_equal(best_positive_rows(scores, n), best[scores[best] > 0])
    assert best_positive_rows(np.zeros(5, dtype=np.float32), 3).tolist() == []
