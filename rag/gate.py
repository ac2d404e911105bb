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
from rag.scope import Scope, read_signs

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


class Gate:
    """Keeps questions from the model that the policy does not answer."""

    def __init__(self, index: Index, scope: Scope | None = None) -> None:
        """`scope` is the shipped one unless given, where it fits the index."""
        data = load_gate_data()["off_topic"]
        if not isinstance(data, dict):
            raise ValueError("gate.toml: `off_topic` must be a table")
        self._index = index
        self._embedder = index.embedder
        self._anchors = index.embedder.embed_queries(data["anchors"])
        self._anchor_tokens = index.embedder.embed_queries_tokens(data["anchors"])
        if scope is None and index.is_late:
            scope = Scope.load(index.embedder.name, SCORING)
        self._scope = scope

    def judge(self, query: str, rewritten: str, hits: Sequence[Hit]) -> Reason:
        """NONE when the question may be answered from the hits, else why it may not.

        What is asked for stands in the question itself (`query`); what it is about may stand in
        the conversation, so that the topic is judged on the `rewritten` question too.
        """
        if not hits:
            return Reason.OFF_TOPIC
        signs = self.read(query, rewritten, hits)
        is_off_topic = signs.over_anchor < (LATE_MARGIN if self._index.is_late else DENSE_MARGIN)
        if self._scope is None:
            return Reason.OFF_TOPIC if is_off_topic else signs.unheld
        vector = self._embedder.embed_query(query)
        if self._scope.probability(vector, signs.values) >= self._scope.threshold:
            return Reason.NONE
        if is_off_topic:
            return Reason.OFF_TOPIC
        return Reason.NO_DETAIL if signs.unheld is Reason.NONE else signs.unheld

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
