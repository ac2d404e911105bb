"""Two rankings become one without losing how far apart the scores were."""

from __future__ import annotations

import numpy as np

from index.fuse import fuse, ranks


def test_fused_is_dense_plus_weighted_lexical() -> None:
    dense, lexical = np.array([0.9, 0.8, 0.1]), np.array([0.0, 10.0, 5.0])
    assert np.allclose(fuse(dense, lexical, lexical_weight=0.02), [0.9, 1.0, 0.2])
    assert np.allclose(fuse(dense, lexical, lexical_weight=0.0), dense)


def test_ranks_run_from_one_by_descending_score() -> None:
    assert ranks(np.array([0.2, 0.9, 0.5])) == {1: 1, 2: 2, 0: 3}


def test_equal_scores_keep_the_order_of_the_texts() -> None:
    assert ranks(np.array([0.5, 0.9, 0.5])) == {1: 1, 0: 2, 2: 3}


def test_rows_at_or_below_the_floor_are_absent() -> None:
    assert ranks(np.array([0.0, 2.0, 0.0, 1.0]), floor=0.0) == {1: 1, 3: 2}


def test_nothing_ranks_as_nothing() -> None:
    assert ranks(np.array([], dtype=np.float32)) == {}
