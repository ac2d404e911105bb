"""Retrieval as the chain uses it, and as a LangChain retriever for anybody else's chain."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.passage import Hit
from index.search import Index
from rag.measure_attention import MeasureAttention
from rag.read_topics import ReadTopics

TOP_K = 10
# Searched this deep, so that the clauses of the best measure are all there.
_DEPTH = 200


def merge(rankings: Sequence[Sequence[Hit]], top_k: int) -> tuple[Hit, ...]:
    """Several rankings as one: each passage with its mean score, ranked anew.

    Where a ranking is without a passage, it counts with that ranking's last score. The mean of a
    follow-up alone and of the question made whole puts a right clause first for 27 of 35
    development follow-ups, the better of the two scores for 25.
    """
    rankings = [ranking for ranking in rankings if ranking]
    known = {hit.passage.id: hit for ranking in reversed(rankings) for hit in ranking}
    scores = dict.fromkeys(known, 0.0)
    for ranking in rankings:
        own = {hit.passage.id: hit.score for hit in ranking}
        for name in scores:
            scores[name] += own.get(name, ranking[-1].score) / len(rankings)
    ordered = sorted(known.values(), key=lambda hit: (-scores[hit.passage.id], hit.rank))[:top_k]
    return tuple(
        Hit(
            passage=hit.passage,
            rank=rank,
            score=scores[hit.passage.id],
            dense_rank=hit.dense_rank,
            lexical_rank=hit.lexical_rank,
        )
        for rank, hit in enumerate(ordered, start=1)
    )


def complete_best_measure(hits: Sequence[Hit], top_k: int) -> tuple[Hit, ...]:
    """The first `top_k` hits, and behind them the other clauses of the best hit's measure."""
    if not hits:
        return ()
    best = hits[0].passage.locator.measure_locator
    return tuple(
        hit for hit in hits if hit.rank <= top_k or hit.passage.locator.measure_locator == best
    )


class PolicyRetriever(BaseRetriever):
    """A LangChain retriever whose documents carry the Locator, rank and score as metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Index
    top_k: int = TOP_K
    read: ReadTopics | None = None
    attention: MeasureAttention | None = None

    def search(self, *queries: str) -> tuple[Hit, ...]:
        """The best hits over all queries: `top_k`, and the rest of the best measure's clauses."""
        return self.shown(self.rank(*queries))

    def shown(self, ranked: Sequence[Hit]) -> tuple[Hit, ...]:
        """What of a ranking `search` gives."""
        return complete_best_measure(ranked, self.top_k)

    def rank(self, *queries: str) -> tuple[Hit, ...]:
        """The ranking over all queries in depth, best first; a repeated query counts once."""
        depth = max(_DEPTH, self.top_k)
        rankings = [self.index.search(query, depth) for query in dict.fromkeys(queries)]
        return merge(rankings, depth)

    def rank_asked(self, question: str, rewritten: str) -> tuple[Hit, ...]:
        """The ranking of a question and of it made whole, and by the language model's reading of the
        latter, where there is one: reading takes a third of a second, a search a tenth of that."""
        ranked = self.rank(question, rewritten)
        return ranked if self.read is None else self.read.apply(rewritten, ranked)

    def search_asked(self, question: str, rewritten: str) -> tuple[Hit, ...]:
        """What `shown` leaves of `rank_asked`."""
        return self.shown(self.rank_asked(question, rewritten))

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return [
            LangChainDocument(
                id=hit.passage.id,
                page_content=hit.passage.text,
                metadata={
                    "locator": str(hit.passage.locator),
                    "heading_path": list(hit.passage.heading_path),
                    "rank": hit.rank,
                    "score": hit.score,
                },
            )
            for hit in self.search(query)[: self.top_k]
        ]
