"""Intervals against slow resampling and formulas."""

from __future__ import annotations

import math
import random

import pytest

from eval.interval import difference, estimate, flip_p_value

PAIRS = [(1.0, 1.0)] * 12 + [(0.0, 1.0)] * 8


def slow_interval(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    rng = random.Random(1)
    values = []
    for _ in range(4000):
        drawn = rng.choices(pairs, k=len(pairs))
        values.append(sum(p[0] for p in drawn) / sum(p[1] for p in drawn))
    values.sort()
    return values[100], values[-101]


@pytest.mark.parametrize("pairs", [PAIRS, [(2.0, 3.0), (0.0, 1.0), (1.0, 1.0), (3.0, 5.0)] * 6])
def test_the_interval_agrees_with_slow_resampling(pairs: list[tuple[float, float]]) -> None:
    value = estimate(pairs)
    assert value is not None
    assert (value.low, value.high) == pytest.approx(slow_interval(pairs), abs=0.05)
    assert value.low < value.value < value.high


def test_the_same_pairs_give_the_same_interval() -> None:
    assert estimate(PAIRS) == estimate(list(PAIRS))


def test_questions_that_a_metric_leaves_alone_change_nothing() -> None:
    assert estimate([*PAIRS, *[(0.0, 0.0)] * 30]) == estimate(PAIRS)


def test_one_value_throughout_has_no_width() -> None:
    value = estimate([(1.0, 1.0)] * 5)
    assert value is not None and (value.value, value.low, value.high) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("pairs", [[], [(0.0, 0.0)]])
def test_no_denominator_has_no_value(pairs: list[tuple[float, float]]) -> None:
    assert estimate(pairs) is None


def test_a_difference_is_after_minus_before_on_pairs() -> None:
    before = [(0.0, 1.0)] * 10 + [(1.0, 1.0)] * 10
    after = [(1.0, 1.0)] * 8 + [(0.0, 1.0)] * 2 + [(1.0, 1.0)] * 10
    moved = difference(before, after)
    assert moved is not None
    value, low, high = moved
    assert value == pytest.approx(0.4) and 0 < low < value < high < 0.7


def test_nothing_moved_is_nothing_surely() -> None:
    assert difference(PAIRS, PAIRS) == (0.0, 0.0, 0.0)


def test_a_difference_wants_the_same_questions() -> None:
    with pytest.raises(ValueError, match="20 questions before, 1 after"):
        difference(PAIRS, PAIRS[:1])
    assert difference([(0.0, 0.0)], [(1.0, 1.0)]) is None


@pytest.mark.parametrize(("failed", "passed"), [(5, 0), (4, 0), (9, 2), (0, 7), (3, 3)])
def test_the_flip_test_is_the_binomial_tail(failed: int, passed: int) -> None:
    n = failed + passed
    tail = sum(math.comb(n, k) for k in range(failed, n + 1)) / 2**n
    assert flip_p_value(failed, passed) == pytest.approx(tail)


def test_without_a_flip_nothing_is_unlikely() -> None:
    assert flip_p_value(0, 0) == 1.0
