"""Whether the policy speaks of what is asked, decided before any model is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.late import similarity
from index.passage import Hit
from index.search import SCORING, Index
from rag.answer import Reason
from rag.asked import kinds_asked, load_gate_data
from rag.logistic import Logistic
from rag.reader import WEIGHTS as READING
from rag.reader import QuestionReader
from rag.scope import WEIGHTS, read_signs

# A question this much nearer to a thing off topic than to its best clause is off topic: for an index
# without late interaction, where no scope was learned. 9 of 9 off-topic development questions lie
# below, and 2 of 92 answerable ones; the anchors were written with the off-topic ones known.
DENSE_MARGIN = -0.045
LATE_MARGIN = -0.02
# The clauses that must hold the amount, date or place asked for.
_EVIDENCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the gate sees of a question. `values` are those of rag.scope.SIGNS."""

    values: np.ndarray
    unheld: Reason
    over_anchor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Why a question may not be answered, NONE where it may; and how likely it is that the policy
    says what is asked, in [0, 1], None where no scope was learned."""

    reason: Reason
    p_answered: float | None


def combine(guess: float, read: float) -> float:
    """Two probabilities as one: the mean of their logits."""
    logits = [np.log(p / (1 - p)) for p in np.clip([guess, read], 1e-6, 1 - 1e-6)]
    return float(1 / (1 + np.exp(-np.mean(logits))))


class Gate:
    """Keeps questions from the model that the policy does not answer."""

    def __init__(
        self,
        index: Index,
        scope: Logistic | None = None,
        *,
        reader: QuestionReader | None = None,
        reading: Logistic | None = None,
    ) -> None:
        """`scope` and `reading` are the shipped ones unless given, where they fit the index; with a
        `reader` what its reading of the question tells counts as much as the scope."""
        data = load_gate_data()["off_topic"]
        if not isinstance(data, dict):
            raise ValueError("gate.toml: `off_topic` must be a table")
        self._index = index
        self._embedder = index.embedder
        self._anchors = index.embedder.embed_queries(data["anchors"])
        self._anchor_tokens = index.embedder.embed_queries_tokens(data["anchors"])
        if scope is None and index.is_late:
            scope = Logistic.load(index.embedder.name, SCORING, WEIGHTS)
        self._scope = scope
        self._reader = reader
        self._reading = reading or Logistic.load(index.embedder.name, SCORING, READING)

    def wait(self) -> None:
        """Block until the reader, if there is one, is ready or has failed."""
        if self._reader is not None:
            self._reader.wait()

    def judge(self, query: str, rewritten: str, hits: Sequence[Hit]) -> Ruling:
        """Whether the question may be answered from the hits.

        What is asked for stands in the question itself (`query`); what it is about may stand in
        the conversation, so that the topic is judged on the `rewritten` question too.
        """
        if not hits:
            return Ruling(reason=Reason.OFF_TOPIC, p_answered=None)
        signs = self.read(query, rewritten, hits)
        is_off_topic = signs.over_anchor < (LATE_MARGIN if self._index.is_late else DENSE_MARGIN)
        if self._scope is None:
            reason = Reason.OFF_TOPIC if is_off_topic else signs.unheld
            return Ruling(reason=reason, p_answered=None)
        p_answered, threshold = self._weigh(self._scope, query, signs)
        if p_answered >= threshold:
            reason = Reason.NONE
        elif is_off_topic:
            reason = Reason.OFF_TOPIC
        else:
            reason = Reason.NO_DETAIL if signs.unheld is Reason.NONE else signs.unheld
        return Ruling(reason=reason, p_answered=p_answered)

    def first_guess(self, query: str, hits: Sequence[Hit]) -> float | None:
        """That the documents say what is asked, without the reader; None without a scope."""
        if self._scope is None or not hits:
            return None
        signs = self.read(query, query, hits)
        return self._scope.probability(self._embedder.embed_query(query), signs.values)

    def _weigh(self, scope: Logistic, query: str, signs: Signs) -> tuple[float, float]:
        """The probability that the documents say what is asked, and the least that is enough."""
        guess = scope.probability(self._embedder.embed_query(query), signs.values)
        vector = self._reader.vector(query) if self._reader and self._reading else None
        if vector is None or self._reading is None:
            return guess, scope.threshold
        read = self._reading.probability(vector, signs.values)
        return combine(guess, read), self._reading.threshold

    def read(self, query: str, rewritten: str, hits: Sequence[Hit]) -> Signs:
        """The signs of a question with at least one hit."""
        kinds = kinds_asked(query)
        evidence = [hit.passage.text for hit in hits[:_EVIDENCE]]
        unheld = (
            kind.reason for kind in kinds if not any(kind.holds.search(text) for text in evidence)
        )
        reason = next(unheld, Reason.NONE)
        nearest = self._nearest_anchor(rewritten)
        values = read_signs(
            query,
            rewritten,
            hits,
            nearest_anchor=nearest,
            n_kinds=len(kinds),
            missing=reason is not Reason.NONE,
        )
        return Signs(values=values, unheld=reason, over_anchor=hits[0].score - nearest)

    def _nearest_anchor(self, query: str) -> float:
        if self._index.is_late:
            tokens = self._embedder.embed_query_tokens(query)
            return max(similarity(tokens, anchor) for anchor in self._anchor_tokens)
        return float((self._anchors @ self._embedder.embed_query(query)).max())
