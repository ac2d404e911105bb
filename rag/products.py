"""A logistic model of a few signs and of the products of each two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

# A sign further from its mean, in standard deviations, says no more than this.
_FARTHEST = 4.0


class SignWeights(BaseModel):
    """The model's weights.

    `mean` and `scale` standardise the signs (n,); `weights` are for what `expand` makes of them.
    """

    model_config = ConfigDict(frozen=True)
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def logit(self, signs: np.ndarray) -> float:
        """Of one row of signs (n,)."""
        return float(expand(signs, self.mean, self.scale) @ self.weights + self.intercept)


def expand(
    signs: np.ndarray, mean: Sequence[float] | np.ndarray, scale: Sequence[float] | np.ndarray
) -> np.ndarray:
    """Signs (…, n), standardised and bounded, and the product of each two: (…, n + n (n + 1) / 2)."""
    plain = ((signs - np.array(mean)) / np.array(scale)).clip(-_FARTHEST, _FARTHEST)
    one, other = np.triu_indices(plain.shape[-1])
    return np.concatenate([plain, plain[..., one] * plain[..., other]], axis=-1)
