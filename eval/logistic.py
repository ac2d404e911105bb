"""Fits the models of rag.logistic."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from eval.learning import rounded
from index.search import SCORING
from rag.logistic import VECTOR_SCALE, LogisticWeights


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
