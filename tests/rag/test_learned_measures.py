"""What was learned of a measure holds while it stands, and stands as it was worded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeCross, FakeQuestionReader, made_logistic

from corpus.document import Locator
from index.search import Index
from index.topics import Topics
from rag.answer import Reason
from rag.gate import Gate, measure_texts
from rag.learned_measures import LearnedMeasures, save_learned
from rag.read_topics import ReadTopics
from rag.weighing import CROSS, SCOPE, Weighing, load_weighings

QUESTION = "研究建立育儿补贴制度吗"
ONE, TWO = Locator.parse("plan#measure:1"), Locator.parse("plan#measure:2")
ELSEWHERE = Locator.parse("other#measure:1")
TEXTS = {ONE: "第一项。", TWO: "第二项。"}


def test_a_measure_stands_while_its_words_do(tmp_path: Path) -> None:
    path = tmp_path / "learned.json"
    save_learned(TEXTS, path)
    assert ONE in LearnedMeasures.load(TEXTS, path)
    changed = LearnedMeasures.load({**TEXTS, ONE: "第一项改了。"}, path)
    assert ONE not in changed and TWO in changed
    assert ELSEWHERE not in LearnedMeasures.load({**TEXTS, ELSEWHERE: TEXTS[ONE]}, path)
    assert ONE not in LearnedMeasures.load(TEXTS, tmp_path / "none.json")


@pytest.mark.parametrize(
    ("odds", "found", "is_gone"),
    [
        ({ONE: 2.0, TWO: -3.0}, {TWO}, True),
        ({ONE: 2.0, TWO: -3.0}, {ONE, TWO}, False),
        ({ONE: 2.0, TWO: 1.5}, {TWO}, False),  # what was found is hardly less likely
        ({ONE: -2.0, TWO: -9.0}, {TWO}, False),  # about neither
        ({ONE: 2.0}, set(), True),
        ({ELSEWHERE: 2.0, TWO: -3.0}, {TWO}, False),  # of a document that is not here
        ({}, {TWO}, False),
    ],
)
def test_a_question_about_what_was_not_found_is_told(
    odds: Mapping[Locator, float], found: set[Locator], is_gone: bool
) -> None:
    assert LearnedMeasures({}, TEXTS).is_gone(odds, found) is is_gone


def test_the_shipped_ones_are_the_shipped_policy_as_it_stands(index: Index) -> None:
    present = measure_texts(index)
    learned = LearnedMeasures.load(present)
    assert all(measure in learned for measure in present)


def weighing(intercept: float, *, learned: bool, **weights: float) -> Weighing:
    return Weighing(
        weights=weights, intercept=intercept, threshold=0.5, fitted_on="made", learned=learned
    )


def gate(index: Index, learned: LearnedMeasures) -> Gate:
    """It answers what it has learned of, and refuses the rest."""
    return Gate(
        index,
        made_logistic(index.embedder.dimension, 1.0),
        reader=FakeQuestionReader(),
        cross=FakeCross(1.0),
        weighings=(
            weighing(4.0, learned=True, **{SCOPE: 1.0}),
            weighing(-4.0, learned=False, **{CROSS: 1.0}),
        ),
        learned=learned,
    )


def test_a_measure_worded_anew_is_judged_by_what_reads_it(index: Index) -> None:
    hits, present = index.search(QUESTION, 10), measure_texts(index)
    known = gate(index, LearnedMeasures.load(present))
    assert known.judge(QUESTION, QUESTION, hits).reason is Reason.NONE
    assert known.first_guess(QUESTION, hits) is not None
    best = hits[0].passage.locator.measure_locator
    changed = gate(index, LearnedMeasures.load({**present, best: "改了"}))
    assert changed.judge(QUESTION, QUESTION, hits).reason is Reason.NO_DETAIL
    assert changed.first_guess(QUESTION, hits) is None


def test_without_the_measure_that_it_is_about_a_question_is_refused(index: Index) -> None:
    hits = index.search(QUESTION, 10)
    best = hits[0].passage.locator.measure_locator
    flat = np.zeros((1, index.embedder.dimension))
    sure = index.with_topics(Topics([str(best)], flat, np.array([3.0])))
    judging = gate(sure, LearnedMeasures.load(measure_texts(index)))
    assert judging.judge(QUESTION, QUESTION, hits).reason is Reason.NONE
    left = tuple(hit for hit in hits if hit.passage.locator.measure_locator != best)
    assert judging.judge(QUESTION, QUESTION, left).reason is Reason.NO_DETAIL
    moved = tuple(
        replace(h, passage=replace(h.passage, locator=Locator("elsewhere", h.passage.locator.path)))
        for h in left
    )
    assert not judging.is_gone(QUESTION, moved)


def test_what_a_question_is_about_both_readings_tell(index: Index) -> None:
    hits = index.search(QUESTION, 10)
    best = hits[0].passage.locator.measure_locator
    left = tuple(hit for hit in hits if hit.passage.locator.measure_locator != best)
    for by_index, by_reader, is_gone in ((3.0, 1.0, True), (3.0, -9.0, False), (-3.0, 5.0, True)):
        topics = Topics([str(best)], np.zeros((1, index.embedder.dimension)), np.array([by_index]))
        read = Topics([str(best)], np.zeros((1, 2)), np.array([by_reader]))
        judging = Gate(
            index.with_topics(topics), read=ReadTopics(FakeQuestionReader(), read), weighings=()
        )
        assert judging.is_gone(QUESTION, left) is is_gone
        assert not judging.is_gone(QUESTION, hits)


def test_where_nothing_was_learned_what_reads_the_measure_is_weighed() -> None:
    unlearned = [one for one in load_weighings() if not one.learned]
    assert unlearned and all(CROSS in one.weights for one in unlearned)
