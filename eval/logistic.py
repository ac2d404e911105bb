"""Fits the models of rag.logistic."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from eval.learning import rounded
from index.search import SCORING
from rag.logistic import VECTOR_SCALE, Logistic, LogisticWeights
from rag.second import logit_of

# What a model said before it goes on is one input of a kind with the others, made so large that the
# regularisation hardly holds it.
_BEFORE_SCALE = 5.0


def fit_logistic(
    vectors: np.ndarray,
    signs: np.ndarray,
    is_so: np.ndarray,
    weight: np.ndarray,
    *,
    inverse_regularisation: float,
    embedder: str,
    threshold: float,
    fitted_on: str,
) -> LogisticWeights:
    """A logistic regression with both sides weighing alike.

    (n, dimension), (n, n_signs), (n,) bool; `weight` (n,) is an example's share in the fit.
    """
    centre, mean, scale = vectors.mean(0), signs.mean(0), signs.std(0)
    inputs = np.hstack([(vectors - centre) * VECTOR_SCALE, (signs - mean) / scale])
    sides = np.where(is_so, weight[is_so].sum(), weight[~is_so].sum())
    model = LogisticRegression(C=inverse_regularisation, max_iter=5000)
    model.fit(inputs, is_so, weight / sides * weight.sum() / 2)
    coefficients = model.coef_[0]
    return LogisticWeights(
        embedder=embedder,
        scoring=SCORING,
        centre=rounded(centre),
        vector=rounded(coefficients[: vectors.shape[1]]),
        mean=rounded(mean),
        scale=rounded(scale),
        signs=rounded(coefficients[vectors.shape[1] :]),
        intercept=round(float(model.intercept_[0]), 5),
        threshold=round(threshold, 4),
        fitted_on=fitted_on,
    )


def go_on_logistic(
    start: LogisticWeights,
    vectors: np.ndarray,
    signs: np.ndarray,
    is_so: np.ndarray,
    *,
    inverse_regularisation: float,
) -> LogisticWeights:
    """A model that goes on from another with more questions, in which it changes as little as these ask for.

    (n, dimension), (n, n_signs), (n,) bool. The threshold stays.
    """
    before = np.array([logit_of(float(p)) for p in Logistic(start).probabilities(vectors, signs)])
    spread = (vectors - np.array(start.centre)) * VECTOR_SCALE
    met = (signs - np.array(start.mean)) / np.array(start.scale)
    inputs = np.hstack([before[:, None] * _BEFORE_SCALE, spread, met])
    model = LogisticRegression(C=inverse_regularisation, max_iter=5000).fit(inputs, is_so)
    share, *changes = model.coef_[0]
    kept = share * _BEFORE_SCALE
    of_vector, of_signs = changes[: len(start.vector)], changes[len(start.vector) :]
    return start.model_copy(
        update={
            "vector": rounded(kept * np.array(start.vector) + of_vector),
            "signs": rounded(kept * np.array(start.signs) + of_signs),
            "intercept": round(float(kept * start.intercept + model.intercept_[0]), 5),
            "fitted_on": f"{start.fitted_on}, then {len(is_so)} questions",
        }
    )
