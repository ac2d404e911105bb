"""A logistic model is applied as it was fitted, and only where it fits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.search import SCORING
from rag.logistic import VECTOR_SCALE, Logistic, LogisticWeights

MADE = LogisticWeights(
    embedder="made",
    scoring=SCORING,
    centre=(0.1, 0.2),
    vector=(0.5, -0.25),
    mean=(0.0, 0.0, 0.0),
    scale=(2.0, 2.0, 2.0),
    signs=(1.0, 0.0, 0.0),
    intercept=-1.0,
    threshold=0.5,
    fitted_on="made by hand",
)


def test_the_probability_is_that_of_the_formula() -> None:
    vector, signs = np.array([0.3, 0.1]), np.array([4.0, 9.0, 9.0])
    logit = VECTOR_SCALE * (0.2 * 0.5 + 0.1 * 0.25) + 4.0 / 2.0 - 1.0
    found = Logistic(MADE).probability(vector, signs)
    assert found == pytest.approx(1 / (1 + np.exp(-logit)))


def test_weights_for_another_embedder_or_other_scores_are_not_used(tmp_path: Path) -> None:
    path = tmp_path / "made.json"
    assert Logistic.load("made", SCORING, path) is None
    path.write_text(MADE.model_dump_json(), encoding="utf-8")
    assert Logistic.load("made", SCORING, path) is not None
    assert Logistic.load("other", SCORING, path) is None
    assert Logistic.load("made", "other", path) is None
