"""Wishes on which the policy is silent in a question that it answers otherwise, learned from questions.

A message may hold two (育儿补贴有吗，公交几点停？), and the answer to one must not pass for an answer to
both. A logistic model judges each part by its own vector and the reader's state, by what the gate makes of it
alone, and by how it meets the measures that the answer rests on. `eval.fit_unsaid` learns it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.document import Locator
from index.passage import Hit
from index.search import SCORING
from rag.extent import parts_of
from rag.gate import Gate
from rag.logistic import Logistic
from rag.retrieve import PolicyRetriever

WEIGHTS = Path(__file__).with_name("unsaid.json")
SIGNS = (
    "answered",
    "score",
    "behind",
    "odds",
    "odds_behind",
    "length",
    "share",
    "place",
    "n_parts",
    "probed",
)
# Beyond this logit the gate is as sure as it gets.
_SUREST = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a question: its words, what Gate.read_vector makes of it (dimension + 1536,) and the
    signs of SIGNS (10,)."""

    text: str
    vector: np.ndarray
    signs: np.ndarray


def read_parts(
    question: str, shown: Collection[Locator], retriever: PolicyRetriever, gate: Gate
) -> list[Part]:
    """The parts of a question as the model sees them; `shown` are the measures of its answer.

    None where the question has one part only, nothing reads it, or the gate learned nothing for the index.
    """
    index, cut = retriever.index, parts_of(question)
    parts = []
    for place, text in enumerate(cut):
        hits = retriever.rank(text)
        p_answered = gate.first_guess(text, hits)
        vector, probed = gate.read_vector(text), gate.probe(text)
        if p_answered is None or vector is None or probed is None:
            return []
        odds = index.topic_odds(text)
        signs = [
            float(np.clip(np.log(p_answered / (1 - p_answered)), -_SUREST, _SUREST)),
            hits[0].score,
            hits[0].score - _best_score(hits, shown),
            max(odds.values(), default=0.0),
            max(odds.values(), default=0.0)
            - max((logit for measure, logit in odds.items() if measure in shown), default=0.0),
            len(text),
            len(text) / len(question),
            place / (len(cut) - 1),
            len(cut),
            probed,
        ]
        parts.append(Part(text=text, vector=vector, signs=np.array(signs)))
    return parts


def _best_score(hits: Sequence[Hit], shown: Collection[Locator]) -> float:
    own = (hit.score for hit in hits if hit.passage.locator.measure_locator in shown)
    return next(own, hits[-1].score)


class Unsaid:
    """Finds the parts of a question on which the policy is silent."""

    def __init__(self, model: Logistic | None, retriever: PolicyRetriever, gate: Gate) -> None:
        """Without a model it finds none."""
        self._model = model
        self._retriever = retriever
        self._gate = gate

    @classmethod
    def load(cls, retriever: PolicyRetriever, gate: Gate, path: Path = WEIGHTS) -> Unsaid:
        """With the shipped model, where it was learned for the retriever's embedder."""
        return cls(Logistic.load(retriever.index.embedder.name, SCORING, path), retriever, gate)

    def find(self, question: str, shown: Collection[Locator]) -> tuple[str, ...]:
        """The words of each such part, in their order; `shown` are the measures of the answer."""
        if self._model is None:
            return ()
        parts = read_parts(question, shown, self._retriever, self._gate)
        if not parts:
            return ()
        found = self._model.probabilities(
            np.stack([part.vector for part in parts]), np.stack([part.signs for part in parts])
        )
        return tuple(
            part.text for part, p in zip(parts, found, strict=True) if p >= self._model.threshold
        )
