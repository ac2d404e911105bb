"""How likely it is that the policy says what is asked, learned from questions.

A logistic model over the question's own vector, which knows what kind of thing is asked for in words
that no rule foresaw, and a few signs of how it meets the best clauses. `eval.fit_scope` learns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from index.passage import Hit
from rag.check.figures import figures_in

WEIGHTS = Path(__file__).with_name("scope.json")
# Vectors of one encoder lie close together; spread so far, they count like the other signs.
VECTOR_SCALE = 20.0
SIGNS = (
    "best",
    "margin",
    "over_anchor",
    "missing",
    "n_kinds",
    "foreign_figures",
    "length",
    "leans",
)


class ScopeWeights(BaseModel):
    """A fitted model. `mean` and `scale` standardise the signs, `centre` the vector."""

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


def read_signs(
    query: str,
    rewritten: str,
    hits: Sequence[Hit],
    *,
    nearest_anchor: float,
    n_kinds: int,
    missing: bool,
) -> np.ndarray:
    """The signs of SIGNS, in their order: (8,) float64. There must be a hit."""
    best = hits[0]
    measure = best.passage.locator.measure_locator
    own = [hit for hit in hits if hit.passage.locator.measure_locator == measure]
    others = (h.score for h in hits if h.passage.locator.measure_locator != measure)
    held = figures_in("".join(hit.passage.text for hit in own))
    foreign = figures_in(query) - held
    return np.array(
        [
            best.score,
            best.score - next(others, 0.0),
            best.score - nearest_anchor,
            missing,
            n_kinds > 0,
            len(foreign),
            len(query),
            query != rewritten,
        ],
        dtype=np.float64,
    )


class Scope:
    """A fitted model, ready to judge."""

    def __init__(self, weights: ScopeWeights) -> None:
        self._weights = weights
        self._centre = np.array(weights.centre)
        self._vector = np.array(weights.vector)
        self._mean, self._scale = np.array(weights.mean), np.array(weights.scale)
        self._signs = np.array(weights.signs)

    @classmethod
    def load(cls, embedder: str, scoring: str, path: Path = WEIGHTS) -> Scope | None:
        """The shipped model; None where it was fitted for another embedder or other scores."""
        if not path.is_file():
            return None
        weights = ScopeWeights.model_validate_json(path.read_bytes())
        fits = weights.embedder == embedder and weights.scoring == scoring
        return cls(weights) if fits else None

    @property
    def threshold(self) -> float:
        """The probability below which the policy is held to be silent."""
        return self._weights.threshold

    def probability(self, vector: np.ndarray, signs: np.ndarray) -> float:
        """That the policy answers: of the question's vector (dimension,) and its signs (8,)."""
        return float(self.probabilities(vector[None, :], signs[None, :])[0])

    def probabilities(self, vectors: np.ndarray, signs: np.ndarray) -> np.ndarray:
        """The same for many: (n, dimension) and (n, 8) give (n,) float64."""
        topic = (vectors - self._centre) * VECTOR_SCALE @ self._vector
        met = (signs - self._mean) / self._scale @ self._signs
        logit: np.ndarray = topic + met + self._weights.intercept
        found: np.ndarray = 1 / (1 + np.exp(-logit))
        return found
