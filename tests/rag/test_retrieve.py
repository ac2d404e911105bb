"""Rankings merge into one, and a LangChain retriever gives the same hits."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from index.passage import Hit, Passage
from index.search import Index
from rag.retrieve import TOP_K, PolicyRetriever, merge


def ranking(passages: Sequence[Passage], *scores: tuple[int, float]) -> tuple[Hit, ...]:
    return tuple(
        Hit(passage=passages[i], rank=rank, score=score, dense_rank=rank, lexical_rank=None)
        for rank, (i, score) in enumerate(scores, 1)
    )


def test_each_passage_has_its_mean_score_and_ranks_run_anew(
    passages: tuple[Passage, ...],
) -> None:
    first = ranking(passages, (0, 0.9), (1, 0.5), (2, 0.4))
    second = ranking(passages, (1, 0.8), (3, 0.7), (0, 0.1))
    merged = merge((first, second), 10)
    assert [(passages.index(h.passage), round(h.score, 3)) for h in merged] == [
        (1, 0.65),
        (3, 0.55),
        (0, 0.5),
        (2, 0.25),
    ]
    assert [h.rank for h in merged] == [1, 2, 3, 4]


def test_no_more_than_asked_for(passages: tuple[Passage, ...]) -> None:
    hits = ranking(passages, *((i, 1 - i / 100) for i in range(20)))
    assert merge((hits,), 5) == hits[:5]
    assert merge((), 5) == merge(((), ()), 5) == ()


def test_one_ranking_merges_into_itself(passages: tuple[Passage, ...]) -> None:
    hits = ranking(passages, (4, 0.9), (1, 0.9), (2, 0.3))
    assert merge((hits,), 10) == hits
    assert merge((hits, hits), 10) == hits


def test_a_repeated_query_counts_once(index: Index) -> None:
    retriever = PolicyRetriever(index=index)
    hits = retriever.search("育儿补贴")
    assert retriever.search("育儿补贴", "育儿补贴") == hits
    assert hits[:TOP_K] == index.search("育儿补贴", TOP_K)


def test_two_queries_give_the_mean_of_both(index: Index) -> None:
    hits = PolicyRetriever(index=index).search("育儿补贴制度", "城市口岸免税店")
    assert {5, 13} <= {h.passage.locator.measure for h in hits[:4]}
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert len({h.passage.id for h in hits}) == len(hits) >= TOP_K
    assert [h.rank for h in hits[:TOP_K]] == list(range(1, TOP_K + 1))


def test_every_clause_of_the_best_measure_is_found(index: Index) -> None:
    for query in ("育儿补贴制度", "城市口岸免税店", "带薪年休假"):
        hits = PolicyRetriever(index=index).search(query)
        best = hits[0].passage.locator.measure_locator
        own = {p.id for p in index.passages if p.locator.measure_locator == best}
        assert own <= {h.passage.id for h in hits}
        assert {h.passage.locator.measure_locator for h in hits[TOP_K:]} <= {best}


def test_langchain_gets_the_same_hits_with_their_addresses(index: Index) -> None:
    retriever = PolicyRetriever(index=index, top_k=4)
    documents, hits = retriever.invoke("育儿补贴"), retriever.search("育儿补贴")[:4]
    assert [d.page_content for d in documents] == [h.passage.text for h in hits]
    assert [d.metadata["locator"] for d in documents] == [str(h.passage.locator) for h in hits]
    assert documents[0].metadata["score"] == pytest.approx(hits[0].score)
