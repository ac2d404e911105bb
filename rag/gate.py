"""Whether the policy speaks of what is asked, decided before any model is."""

from __future__ import annotations

from collections.abc import Sequence

from index.embed import Embedder
from index.passage import Hit
from rag.answer import Reason
from rag.asked import kinds_asked, load_gate_data

# A question this much nearer to a thing off topic than to its best clause is off topic. On the
# development questions 9 of 9 off-topic ones lie below, and 2 of 92 answerable ones. Those nine
# were known when the anchors were written.
OFF_TOPIC_MARGIN = -0.045
# The clauses that must hold the amount, date or place asked for.
_EVIDENCE = 3


class Gate:
    """Keeps questions from the model that the policy does not answer."""

    def __init__(self, embedder: Embedder) -> None:
        data = load_gate_data()["off_topic"]
        if not isinstance(data, dict):
            raise ValueError("gate.toml: `off_topic` must be a table")
        self._embedder = embedder
        self._anchors = embedder.embed_queries(data["anchors"])

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
        nearest = float((self._anchors @ self._embedder.embed_query(query)).max())
        return best_score - nearest < OFF_TOPIC_MARGIN
