"""Which measures beside the best a question is about as well, learned from questions.

One question may be about two measures (育儿补贴和免税店分别怎么说) though nothing but a 和 tells so, and
another names a matter only in passing (我是农民工，…). Two logistic models decide: how much the question's
vector looks like one about several things, and then, for each measure, a few signs of how the whole
question and its parts find it. `eval.fit_breadth` learns both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from corpus.document import Locator
from index.passage import Hit

WEIGHTS = Path(__file__).with_name("breadth.json")
# Vectors of one encoder lie close together; spread so far, they count like other signs.
VECTOR_SCALE = 20.0
SIGNS = ("behind", "rank", "part_lead", "of_a_part", "part_score", "several")
_MOST_RANKS = 4
# Looked at by rank; one further behind only if a part of the question finds it first.
_LOOKED_AT = 6
# A part that finds a measure with this score says neither yes nor no.
_USUAL_SCORE = 0.83
# A question of five hundred characters may have a hundred commas; each search takes time.
_MOST_PARTS = 8
_SHORTEST_PART = 2
# The least logit with which a measure is taken; less is enough where the question says of itself that
# it has several parts: of 162 questions about several measures 103 instead of 96 come out exact, and of
# 460 others one is lost (cross-validation).
_LEAST = 0.0
_LEAST_OF_SEVERAL = -1.0
_CUT = re.compile(
    r"[，,；;。.？?！!、：:…—–]|和|与|跟|及|还有|还想|另外|又|再|以及|顺便|或|"
    r"\b(?:and|or|but|plus|also|et|ou|y|o|und|oder|и|или)\b|と|과 |와 | و(?=ال)",
    re.IGNORECASE,
)


class BreadthWeights(BaseModel):
    """Both fitted models: of the vector, and of the signs in the order of SIGNS."""

    model_config = ConfigDict(frozen=True)
    embedder: str
    asked_weight: float
    centre: tuple[float, ...]
    vector: tuple[float, ...]
    vector_intercept: float
    signs: tuple[float, ...]
    intercept: float
    fitted_on: str


def parts_of(question: str) -> tuple[str, ...]:
    """What a question names one after the other; empty where it cannot be cut."""
    pieces = (re.sub(r"\s+", " ", piece).strip() for piece in _CUT.split(question))
    parts = tuple(dict.fromkeys(piece for piece in pieces if len(piece) >= _SHORTEST_PART))
    return parts[:_MOST_PARTS] if len(parts) > 1 else ()


def _best_scores(hits: Sequence[Hit]) -> dict[Locator, float]:
    """The best score of each measure, best first."""
    scores: dict[Locator, float] = {}
    for hit in hits:
        scores.setdefault(hit.passage.locator.measure_locator, hit.score)
    return scores


def read_signs(
    hits: Sequence[Hit], parts: Sequence[Sequence[Hit]], several: float
) -> dict[Locator, np.ndarray]:
    """The signs (6,) float64 of each measure beside the best, best first; there must be a hit.

    `parts` are what each part of the question finds, `several` the first model's logit.
    """
    scores = _best_scores(hits)
    best, *others = scores
    found: dict[Locator, list[tuple[float, float]]] = {}
    for part in map(_best_scores, parts):
        first = next(iter(part))
        behind = part.get(best, min(part.values()))
        found.setdefault(first, []).append((part[first] - behind, part[first]))
    signs = {}
    for rank, other in enumerate(others, start=1):
        own = found.get(other, [])
        if rank > _LOOKED_AT and not own:
            continue
        signs[other] = np.array(
            [
                scores[other] - scores[best],
                min(rank, _MOST_RANKS),
                max((lead for lead, _ in own), default=0.0),
                bool(own),
                max((score for _, score in own), default=_USUAL_SCORE) - _USUAL_SCORE,
                several,
            ]
        )
    return signs


class Breadth:
    """The fitted models, ready to judge; without weights a plain rule stands in."""

    def __init__(self, weights: BreadthWeights | None) -> None:
        self._weights = weights
        if weights is not None:
            self._centre, self._vector = np.array(weights.centre), np.array(weights.vector)
            self._signs = np.array(weights.signs)

    @classmethod
    def load(cls, embedder: str, asked_weight: float, path: Path = WEIGHTS) -> Breadth:
        """The shipped models, where they were fitted for this embedder and these scores."""
        weights = None
        if path.is_file():
            weights = BreadthWeights.model_validate_json(path.read_bytes())
            if (weights.embedder, weights.asked_weight) != (embedder, asked_weight):
                weights = None
        return cls(weights)

    def others(
        self,
        vector: np.ndarray,
        hits: Sequence[Hit],
        parts: Sequence[Sequence[Hit]],
        *,
        says_several: bool = False,
    ) -> list[Locator]:
        """The measures beside the best one, the surest first; `vector` is the question's.

        `says_several`: the question says of itself that it has several parts.
        """
        if self._weights is None:
            signs = read_signs(hits, parts, 0.0)
            return [other for other, (_, rank, lead, *_) in signs.items() if lead > 0 and rank < 3]
        topic = (vector - self._centre) * VECTOR_SCALE @ self._vector
        signs = read_signs(hits, parts, float(topic) + self._weights.vector_intercept)
        sure = {
            other: float(values @ self._signs) + self._weights.intercept
            for other, values in signs.items()
        }
        least = _LEAST_OF_SEVERAL if says_several else _LEAST
        return sorted((o for o in sure if sure[o] > least), key=lambda other: -sure[other])
