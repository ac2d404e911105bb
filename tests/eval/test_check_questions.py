"""The evaluation questions are true to the policy, and the proof of it sees what is not."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from corpus.load import DEFAULT_TEXTS
from corpus.questions import load_clause_questions
from eval.check_questions import (
    QUESTIONS,
    TEXT,
    Question,
    check_all,
    check_independence,
    check_question,
    load_questions,
)
from eval.question import LEARNED, UNSEEN

POLICY = "（一）育儿。研究建立育儿补贴制度。\n（二）免税店。支持开设免税店。"
MEASURES = {1: "育儿。研究建立育儿补贴制度。", 2: "免税店。支持开设免税店。"}
SOUND: dict[str, Any] = {
    "id": "q001",
    "lang": "zh",
    "kind": "plain",
    "question": "养孩子有钱拿吗？",
    "history": [],
    "answerable": True,
    "measures": [1],
    "acceptable_measures": [],
    "must_include": [["补贴"], ["研究", "探索"]],
    "must_not_include": ["已建立"],
    "evidence": ["研究建立育儿补贴制度"],
    "note": "parent",
}
TURNS = [{"role": "user", "content": "前"}, {"role": "assistant", "content": "后"}]


def problems(**changes: Any) -> list[str]:
    return check_question(Question(**(SOUND | changes)), MEASURES, POLICY)


def test_the_shipped_questions_have_no_problem() -> None:
    questions = load_questions(QUESTIONS)
    assert len(questions) > 200
    assert check_all(questions, TEXT.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("path", "n_questions"),
    list(
        zip(
            (*LEARNED, *UNSEEN),
            (
                155,
                146,
                150,
                160,
                239,
                236,
                235,
                233,
                232,
                233,
                231,
                240,
                236,
                230,
                227,
                234,
                230,
                235,
                227,
                227,
                238,
                79,
                80,
            ),
            strict=True,
        )
    ),
)
def test_the_blind_authors_questions_are_sound(path: Path, n_questions: int) -> None:
    questions = load_questions(path)
    assert len({q.id for q in questions} - {q.id for q in load_questions(QUESTIONS)}) == n_questions
    found = check_all(questions, TEXT.read_text(encoding="utf-8"))
    assert [problem for problem in found if not problem.startswith("measure ")] == []


def test_a_sound_question_has_no_problem() -> None:
    assert problems() == []
    assert problems(must_include=[["補貼"], ["研究"]]) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"evidence": ["发放育儿补贴"]}, "evidence stands in none"),
        ({"measures": [3]}, "not all in the policy"),
        ({"measures": [1, 1]}, "repeat"),
        ({"measures": [1, 2]}, "no evidence for gold measure 2"),
        ({"measures": [], "evidence": []}, "without a gold measure"),
        ({"must_include": []}, "must_include is empty"),
        ({"must_include": [["五千元"]]}, "meets no alternative"),
        ({"must_not_include": ["免税店"]}, "must_not_include stands in the policy"),
        ({"must_not_include": ["免稅店"]}, "must_not_include stands in the policy"),
        ({"answerable": False}, "unanswerable, yet has gold"),
        ({"kind": "offtopic"}, "this kind has no answer"),
        ({"kind": "followup"}, "a followup needs a history"),
        ({"history": TURNS}, "this kind takes no history"),
        ({"kind": "followup", "history": TURNS[:1]}, "not user, assistant"),
        ({"kind": "slang", "question": "育儿补贴咋领"}, "slang shares"),
        ({"asks": "amount"}, "asks is for unanswerable"),
    ],
)
def test_each_fault_is_told(changes: dict[str, Any], problem: str) -> None:
    assert any(problem in told for told in problems(**changes)), problems(**changes)


def test_faults_of_the_whole_file_are_told() -> None:
    told = check_all([Question(**SOUND), Question(**SOUND)], POLICY)
    assert any("asked 2 times" in t for t in told)
    assert any("measure 2 is gold 0 times" in t for t in told)


def test_a_measure_that_is_not_asked_after_in_every_form_is_told() -> None:
    told = check_all(
        [Question(**SOUND), Question(**(SOUND | {"id": "q002", "kind": "slang"}))], POLICY
    )
    assert "measure 1 has no foreign-language question" in told
    assert {f"measure 2 has no {f} question" for f in ("plain", "slang")} <= set(told)
    assert "measure 1 has no plain question" not in told


def test_a_question_that_the_index_holds_is_told() -> None:
    (told,) = check_independence([Question(**SOUND)], ["養孩子，有錢拿嗎", "别的"])
    assert "q001" in told


def test_no_shipped_question_stands_in_the_index() -> None:
    indexed = itertools.chain.from_iterable(load_clause_questions(DEFAULT_TEXTS).values())
    asked = [q for path in (QUESTIONS, *LEARNED, *UNSEEN) for q in load_questions(path)]
    assert check_independence(asked, indexed) == []
