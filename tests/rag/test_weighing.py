"""The gate weighs what its models think of a question, as many of them as are at hand."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeCross, FakeQuestionReader, made_logistic, made_probe

from index.search import Index
from rag import reader as reading
from rag.answer import Reason
from rag.gate import MOST_READ, Gate, Ruling, measure_texts
from rag.reader import QuestionReader
from rag.settings import Settings
from rag.weighing import CROSS, PROBE, READING, SCOPE, Weighing, is_short, load_weighings

QUESTION = "研究建立育儿补贴制度吗"


class SlowReader(QuestionReader):
    """Loads until it is let go, then reads every question alike."""

    def __init__(self) -> None:
        super().__init__(Settings())
        self.go = threading.Event()
        self.waited_for = threading.Event()

    def wait(self, longest_s: float | None = None) -> None:
        self.waited_for.set()
        super().wait(longest_s)

    def _load(self) -> None:
        self.go.wait(20)
        self._server = object()

    def _embed(self, question: str) -> np.ndarray:
        return np.ones((3, 2))


@pytest.fixture
def slow() -> Iterator[SlowReader]:
    reader = SlowReader()
    yield reader
    reader.go.set()


def weighing(**weights: float) -> Weighing:
    return Weighing(weights=weights, intercept=-1.0, threshold=0.5, fitted_on="made by hand")


def gate(
    index: Index, *, reads: float, crosses: float | None, reader: QuestionReader | None = None
) -> Gate:
    return Gate(
        index,
        made_logistic(index.embedder.dimension, 1.0),
        reader=reader or FakeQuestionReader(),
        reading=made_logistic(2, reads),
        probe=made_probe(0.0),
        cross=FakeCross(crosses),
        weighings=(
            weighing(**{SCOPE: 1.0, READING: 1.0, CROSS: 2.0}),
            weighing(**{SCOPE: 1.0, READING: 3.0}),
        ),
    )


@pytest.mark.parametrize(
    ("reads", "crosses", "logit"),
    [(2.0, 3.0, 8.0), (2.0, -3.0, -4.0), (2.0, None, 6.0), (-2.0, None, -6.0)],
)
def test_the_opinions_at_hand_are_weighed(
    index: Index, reads: float, crosses: float | None, logit: float
) -> None:
    ruling = gate(index, reads=reads, crosses=crosses).judge(
        QUESTION, QUESTION, index.search(QUESTION, 10)
    )
    assert ruling.p_answered == pytest.approx(1 / (1 + math.exp(-logit)), rel=1e-3)
    assert ruling.reason is (Reason.NONE if logit > 0 else Reason.NO_DETAIL)


def test_the_probe_is_heard_where_the_reader_shows_its_states(
    index: Index, slow: SlowReader
) -> None:
    judging = Gate(
        index,
        made_logistic(index.embedder.dimension, 1.0),
        reader=slow,
        reading=made_logistic(2, 1.0),
        probe=made_probe(2.5),
    )
    slow.start()
    slow.go.set()
    slow.wait()
    hits = index.search(QUESTION, 10)
    opinions = judging.opinions(QUESTION, QUESTION, hits, judging.read(QUESTION, QUESTION, hits))
    assert opinions[PROBE] == pytest.approx(2.5) and opinions[READING] == pytest.approx(1.0)
    slow._server = None
    opinions = judging.opinions(QUESTION, QUESTION, hits, judging.read(QUESTION, QUESTION, hits))
    assert PROBE not in opinions and READING not in opinions


def test_without_a_weighing_the_scope_judges_alone(index: Index) -> None:
    alone = Gate(index, made_logistic(index.embedder.dimension, 1.0), weighings=())
    hits = index.search(QUESTION, 10)
    ruling = alone.judge(QUESTION, QUESTION, hits)
    assert ruling.p_answered == pytest.approx(1 / (1 + math.exp(-1.0)))
    assert alone.first_guess(QUESTION, hits) == pytest.approx(ruling.p_answered)


def test_the_whole_question_is_read_beside_each_of_the_first_measures(index: Index) -> None:
    cross = FakeCross(1.0)
    judging = Gate(index, made_logistic(index.embedder.dimension, 1.0), cross=cross, weighings=())
    hits = index.search(QUESTION, 10)
    judging.judge("那是怎么说的", QUESTION, hits)
    found = [*dict.fromkeys(hit.passage.locator.measure_locator for hit in hits)]
    assert len(found) > MOST_READ
    texts = measure_texts(index)
    assert cross.pairs == [(QUESTION, texts[measure]) for measure in found[:MOST_READ]]
    own = [p.text for p in index.passages if p.locator.measure_locator == found[0]]
    assert all(text in cross.pairs[0][1] for text in own)


@pytest.mark.parametrize("place", range(MOST_READ))
def test_the_measure_likeliest_to_answer_is_what_counts(index: Index, place: int) -> None:
    hits = index.search(QUESTION, 10)
    found = [*dict.fromkeys(hit.passage.locator.measure_locator for hit in hits)]
    answering = measure_texts(index)[found[place]]

    class Telling(FakeCross):
        def logit(self, question: str, passage: str) -> float | None:
            return 4.0 if passage == answering else super().logit(question, passage)

    judging = Gate(
        index, made_logistic(index.embedder.dimension, 1.0), cross=Telling(-4.0), weighings=()
    )
    opinions = judging.opinions(QUESTION, QUESTION, hits, judging.read(QUESTION, QUESTION, hits))
    assert opinions[CROSS] == 4.0


def test_the_shipped_weighings_rise_with_each_opinion() -> None:
    shipped = load_weighings()
    assert [len(one.weights) for one in shipped] == sorted(
        (len(one.weights) for one in shipped), reverse=True
    )
    assert shipped[0].weights.keys() == {SCOPE, READING, PROBE, CROSS}
    for one in shipped:
        assert all(weight > 0 for weight in one.weights.values()) and 0 < one.threshold < 1


def test_the_weighing_of_more_opinions_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "weighing.json"
    assert load_weighings(path) == ()
    made = [weighing(scope=1.0), weighing(scope=1.0, cross=1.0)]
    path.write_text(json.dumps([one.model_dump() for one in made]), encoding="utf-8")
    assert load_weighings(path) == (made[1], made[0])


def test_a_question_waits_for_the_reader_and_is_judged_as_it_is_later(
    index: Index, slow: SlowReader
) -> None:
    hits = index.search(QUESTION, 10)
    slow.start()
    judging = gate(index, reads=1.0, crosses=2.0, reader=slow)
    rulings: list[Ruling] = []
    asking = threading.Thread(
        target=lambda: rulings.append(judging.judge(QUESTION, QUESTION, hits))
    )
    asking.start()
    assert slow.waited_for.wait(20) and judging.is_starting and rulings == []
    slow.go.set()
    asking.join()
    assert not judging.is_starting
    assert rulings == [judging.judge(QUESTION, QUESTION, hits)]


def test_a_reader_that_takes_too_long_is_no_longer_waited_for(
    index: Index, slow: SlowReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LONGEST_WAIT_S", 0.01)
    hits = index.search(QUESTION, 10)
    slow.start()
    judging = gate(index, reads=1.0, crosses=2.0, reader=slow)
    opinions = judging.opinions(QUESTION, QUESTION, hits, judging.read(QUESTION, QUESTION, hits))
    assert READING not in opinions and judging.is_starting


def test_a_reader_without_a_say_is_not_waited_for(index: Index, slow: SlowReader) -> None:
    slow.start()
    judging = Gate(index, reader=slow)
    judging.judge(QUESTION, QUESTION, index.search(QUESTION, 10))
    assert slow.is_loading and not judging.is_starting and not slow.waited_for.is_set()


@pytest.mark.parametrize(
    "question",
    ["二孩", "退休金涨不涨", "电动车 换新", "免签", "job training", "paid leave overtime pay"],
)
def test_a_topic_is_short(question: str) -> None:
    assert is_short(question)


@pytest.mark.parametrize(
    "question",
    [
        QUESTION,
        "Will pensions go up again this year?",
        "我家老人住养老院有没有补贴",
        "育児手当はもう決まりましたか",
    ],
)
def test_a_sentence_is_not(question: str) -> None:
    assert not is_short(question)


def test_short_questions_are_weighed_by_themselves(index: Index) -> None:
    made = weighing(**{SCOPE: 1.0})
    both = (made, made.model_copy(update={"short": True, "intercept": 4.0}))
    judging = Gate(index, made_logistic(index.embedder.dimension, 1.0), weighings=both)
    for question, logit in (("育儿补贴", 5.0), (QUESTION, 0.0)):
        ruling = judging.judge(question, question, index.search(question, 10))
        assert ruling.p_answered == pytest.approx(1 / (1 + math.exp(-logit)))


def test_the_shipped_weighings_are_for_both_lengths_and_for_what_is_at_hand() -> None:
    found = {(one.short, frozenset(one.weights)) for one in load_weighings() if one.learned}
    at_hand = ({SCOPE, READING, PROBE, CROSS}, {SCOPE, CROSS}, {SCOPE, READING, PROBE})
    assert found == {(short, frozenset(names)) for short in (False, True) for names in at_hand}
