"""Whether the policy speaks of what is asked, decided before any model is."""

from __future__ import annotations

from collections.abc import Sequence

from index.late import similarity
from index.passage import Hit
from index.search import Index
from rag.answer import Reason
from rag.asked import kinds_asked, load_gate_data

# A question this much nearer to a thing off topic than to its best clause is off topic. By late
# interaction 13 of 14 off-topic development questions lie below, and 1 of 205 answerable ones; by
# dense and lexical scores 9 of 9 and 2 of 92 of an older set. The anchors were written with the
# off-topic ones known.
LATE_MARGIN = -0.02
DENSE_MARGIN = -0.045
# The clauses that must hold the amount, date or place asked for.
_EVIDENCE = 3


class Gate:
    """Keeps questions from the model that the policy does not answer."""

    def __init__(self, index: Index) -> None:
        data = load_gate_data()["off_topic"]
        if not isinstance(data, dict):
            raise ValueError("gate.toml: `off_topic` must be a table")
        self._index = index
        self._embedder = index.embedder
        self._anchors = index.embedder.embed_queries(data["anchors"])
        self._anchor_tokens = [index.embedder.embed_query_tokens(a) for a in data["anchors"]]

    def judge(self, query: str, rewritten: str, hits: Sequence[Hit]) -> Reason:
        """NONE when the question may be answered from the hits, else why it may not.

        What is asked for stands in the question itself (`query`); what it is about may stand in
        the conversation, so that the topic is judged on the `rewritten` question too.
        """
        if not hits or self._is_off_topic(rewritten, hits[0].score):
            return Reason.OFF_TOPIC
        evidence = [hit.passage.text for hit in hits[:_EVIDENCE]]
        for kind in kinds_asked(query):
            if not any(kind.holds.search(text) for text in evidence):
                return kind.reason
        return Reason.NONE

    def _is_off_topic(self, query: str, best_score: float) -> bool:
        if self._index.is_late:
            tokens = self._embedder.embed_query_tokens(query)
            nearest = max(similarity(tokens, anchor) for anchor in self._anchor_tokens)
            return best_score - nearest < LATE_MARGIN
        nearest = float((self._anchors @ self._embedder.embed_query(query)).max())
        return best_score - nearest < DENSE_MARGIN
