"""How sure a value is: bootstrap intervals over questions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict
from scipy.stats import binomtest, bootstrap

SEED = 20250316
_RESAMPLES = 2000
_CONFIDENCE = 0.95


class Value(BaseModel):
    """A metric over a set of questions: `hits` over `of`, with its 95 % interval.

    The interval is the percentile bootstrap (Efron 1979) over whole questions, so that several
    sentences of one answer are not taken for independent. Where every question has the same value
    the interval is that value alone, which says nothing of how few they are: read `of` beside it.
    """

    model_config = ConfigDict(frozen=True)
    hits: float
    of: float
    low: float
    high: float

    @property
    def value(self) -> float:
        """hits over of."""
        return self.hits / self.of


def _ratio(numerators: np.ndarray, denominators: np.ndarray, axis: int = -1) -> np.ndarray:
    """Sum over sum. A resample that drew no denominator at all has no value and becomes NaN."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: np.ndarray = numerators.sum(axis=axis) / denominators.sum(axis=axis)
    return ratio


def estimate(pairs: Sequence[tuple[float, float]]) -> Value | None:
    """The value of a metric from its pairs; None where no question has a denominator."""
    counted = np.array([pair for pair in pairs if pair[1] > 0], dtype=float)
    if not len(counted):
        return None
    numerators, denominators = counted.T
    hits, of = float(numerators.sum()), float(denominators.sum())
    low = high = hits / of
    if len(np.unique(numerators / denominators)) > 1:
        interval = bootstrap(
            (numerators, denominators),
            _ratio,
            n_resamples=_RESAMPLES,
            paired=True,
            vectorized=True,
            confidence_level=_CONFIDENCE,
            method="percentile",
            rng=np.random.default_rng(SEED),
        ).confidence_interval
        low, high = float(interval.low), float(interval.high)
    return Value(hits=hits, of=of, low=low, high=high)


def difference(
    before: Sequence[tuple[float, float]], after: Sequence[tuple[float, float]]
) -> tuple[float, float, float] | None:
    """After minus before on the same questions, with its 95 % interval: (value, low, high).

    Questions are resampled in pairs. None where either side has no denominator.

    Raises:
        ValueError: the two are not as long as each other.
    """
    if len(before) != len(after):
        raise ValueError(f"{len(before)} questions before, {len(after)} after")
    stacked = np.array([(*b, *a) for b, a in zip(before, after, strict=True)], dtype=float)
    if not len(stacked) or 0 in (stacked[:, 1].sum(), stacked[:, 3].sum()):
        return None
    rows = np.random.default_rng(SEED).integers(len(stacked), size=(_RESAMPLES, len(stacked)))
    sums = stacked[rows].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = sums[:, 2] / sums[:, 3] - sums[:, 0] / sums[:, 1]
    low, high = np.nanquantile(moved, [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2])
    total = stacked.sum(axis=0)
    return (float(total[2] / total[3] - total[0] / total[1]), float(low), float(high))


def flip_p_value(newly_failed: int, newly_passed: int) -> float:
    """The chance of so many newly failed among the flips if either way were as likely.

    One-sided exact McNemar test (McNemar 1947); 1.0 without a flip.
    """
    flips = newly_failed + newly_passed
    if flips == 0:
        return 1.0
    return float(binomtest(newly_failed, flips, 0.5, alternative="greater").pvalue)
