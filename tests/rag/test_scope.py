"""The scope reads its signs off the hits, and the gate goes by it."""

from __future__ import annotations

import pytest

from index.search import SCORING, Index
from rag.answer import Reason
from rag.gate import Gate
from rag.logistic import Logistic, LogisticWeights
from rag.scope import SIGNS, WEIGHTS, read_signs

MADE = LogisticWeights(
    embedder="made",
    scoring=SCORING,
    centre=(0.1, 0.2),
    vector=(0.5, -0.25),
    mean=(0.0,) * len(SIGNS),
    scale=(2.0,) * len(SIGNS),
    signs=(1.0, *(0.0,) * (len(SIGNS) - 1)),
    intercept=-1.0,
    threshold=0.5,
    fitted_on="made by hand",
)


def test_the_shipped_weights_fit_the_default_embedder() -> None:
    weights = LogisticWeights.model_validate_json(WEIGHTS.read_bytes())
    assert len(weights.vector) == len(weights.centre) == 384
    assert len(weights.signs) == len(weights.mean) == len(weights.scale) == len(SIGNS)
    assert min(weights.scale) > 0 and 0 < weights.threshold < 1
    assert weights.scoring == SCORING


def test_the_signs_are_those_of_the_hits(index: Index) -> None:
    hits = index.search("育儿补贴每月3000元吗", 50)
    signs = dict(
        zip(
            SIGNS,
            read_signs("每月3000元吗", "补贴", hits, nearest_anchor=0.5, n_kinds=1, missing=True),
            strict=True,
        )
    )
    best = hits[0].passage.locator.measure_locator
    other = next(h.score for h in hits if h.passage.locator.measure_locator != best)
    assert signs["best"] == hits[0].score and signs["margin"] == hits[0].score - other
    assert signs["over_anchor"] == hits[0].score - 0.5
    assert signs["foreign_figures"] == 1 and signs["leans"] == 1 and signs["missing"] == 1


@pytest.mark.parametrize(("intercept", "reason"), [(99.0, Reason.NONE), (-99.0, Reason.NO_DETAIL)])
def test_the_gate_asks_the_scope(index: Index, intercept: float, reason: Reason) -> None:
    dimension = index.embedder.dimension
    weights = MADE.model_copy(
        update={
            "centre": (0.0,) * dimension,
            "vector": (0.0,) * dimension,
            "intercept": intercept,
        }
    )
    gate = Gate(index, Logistic(weights))
    question = "研究建立育儿补贴制度吗"
    assert gate.judge(question, question, index.search(question, 10)).reason is reason
