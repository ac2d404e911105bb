"""Logistic models over a question's vector and a few signs, as they are shipped and applied."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict

# Vectors of one encoder lie close together; spread so far, they count like other signs.
VECTOR_SCALE = 20.0


class LogisticWeights(BaseModel):
    """A fitted model. `mean` and `scale` standardise the signs, `centre` the vector.

    It holds for the vectors of one embedder and the scores of one way of scoring.
    """

    model_config = ConfigDict(frozen=True)
    embedder: str
    scoring: str
    centre: tuple[float, ...]
    vector: tuple[float, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    signs: tuple[float, ...]
    intercept: float
    threshold: float
    fitted_on: str


class Logistic:
    """A fitted model, ready to judge."""

    def __init__(self, weights: LogisticWeights) -> None:
        self._weights = weights
        self._centre = np.array(weights.centre)
        self._vector = np.array(weights.vector)
        self._mean, self._scale = np.array(weights.mean), np.array(weights.scale)
        self._signs = np.array(weights.signs)

    @classmethod
    def load(cls, embedder: str, scoring: str, path: Path) -> Self | None:
        """The model in a file; None where it was fitted for another embedder or other scores."""
        if not path.is_file():
            return None
        weights = LogisticWeights.model_validate_json(path.read_bytes())
        fits = weights.embedder == embedder and weights.scoring == scoring
        return cls(weights) if fits else None

    @property
    def threshold(self) -> float:
        """The probability at which its judgement turns."""
        return self._weights.threshold

    def probability(self, vector: np.ndarray, signs: np.ndarray) -> float:
        """Of a vector (dimension,) and its signs (n_signs,)."""
        return float(self.probabilities(vector[None, :], signs[None, :])[0])

    def probabilities(self, vectors: np.ndarray, signs: np.ndarray) -> np.ndarray:
        """The same for many: (n, dimension) and (n, n_signs) give (n,) float64."""
        topic = (vectors - self._centre) * VECTOR_SCALE @ self._vector
        met = (signs - self._mean) / self._scale @ self._signs
        logit: np.ndarray = topic + met + self._weights.intercept
        found: np.ndarray = 1 / (1 + np.exp(-logit))
        return found
