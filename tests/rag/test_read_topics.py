"""What the language model's reading says of the measures moves the ranking; without it nothing does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeQuestionReader

from index.search import Index
from index.topics import READ_TOPIC_WEIGHT, UNKNOWN_ODDS, Topics
from rag.read_topics import WEIGHTS, ReadTopics
from rag.reader import READER, QuestionReader
from rag.retrieve import PolicyRetriever
from rag.settings import Settings

FIVE, SEVEN = "boosting-consumption-2025#measure:5", "boosting-consumption-2025#measure:7"
QUESTION = "研究建立育儿补贴制度吗"


def read_topics(*odds: tuple[str, float], reader: QuestionReader | None = None) -> ReadTopics:
    """The same odds for every question."""
    names, logits = zip(*odds, strict=True)
    flat = np.zeros((len(odds), 2))
    return ReadTopics(reader or FakeQuestionReader(), Topics(names, flat, np.array(logits)))


def moved_by(retriever: PolicyRetriever) -> dict[int, float]:
    """By how much the score of each measure's clauses was changed, in log odds."""
    before = {hit.passage.id: hit.score for hit in retriever.rank(QUESTION)}
    return {
        int(hit.passage.locator.measure or 0): (hit.score - before[hit.passage.id])
        / READ_TOPIC_WEIGHT
        for hit in retriever.rank_asked(QUESTION, QUESTION)
    }


def test_a_measure_is_set_back_by_how_much_less_likely_it_is(index: Index) -> None:
    moved = moved_by(PolicyRetriever(index=index, read=read_topics((FIVE, -3.0), (SEVEN, 2.0))))
    assert (moved[7], moved[20], moved[5]) == pytest.approx((0.0, UNKNOWN_ODDS - 2, -5.0), abs=1e-4)


def test_no_measure_is_set_back_without_end(index: Index) -> None:
    moved = moved_by(PolicyRetriever(index=index, read=read_topics((FIVE, -30.0), (SEVEN, -3.0))))
    assert (moved[20], moved[7], moved[5]) == pytest.approx(
        (0.0, -3.0 - UNKNOWN_ODDS, -8.0), abs=1e-4
    )


def test_the_ranking_is_in_order_and_whole(index: Index) -> None:
    retriever = PolicyRetriever(index=index, read=read_topics((FIVE, -8.0), (SEVEN, 8.0)))
    plain, asked = retriever.rank(QUESTION), retriever.rank_asked(QUESTION, QUESTION)
    assert {hit.passage.id for hit in asked} == {hit.passage.id for hit in plain}
    assert [hit.rank for hit in asked] == list(range(1, len(plain) + 1))
    assert [hit.score for hit in asked] == sorted((h.score for h in asked), reverse=True)
    assert retriever.search_asked(QUESTION, QUESTION) == retriever.shown(asked)


def test_a_reader_that_is_off_changes_nothing(index: Index) -> None:
    off = QuestionReader(Settings(reader=False))
    retriever = PolicyRetriever(index=index, read=read_topics((FIVE, -8.0), reader=off))
    assert retriever.rank_asked(QUESTION, QUESTION) == retriever.rank(QUESTION)


def test_the_shipped_ones_know_every_measure_and_are_the_readers_own(
    index: Index, tmp_path: Path
) -> None:
    topics = Topics.load(READER, WEIGHTS)
    assert topics is not None and WEIGHTS.stat().st_size < 200_000
    held = {passage.locator.measure_locator for passage in index.passages}
    assert set(topics.odds(np.zeros(1536, dtype=np.float32))) == held
    assert ReadTopics.load(FakeQuestionReader(), tmp_path / "none.npz") is None
