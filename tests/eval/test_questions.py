"""The halves and the order of the questions are fixed, and nobody chooses."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.question import QUESTIONS, in_asking_order, load_questions, split_of


@pytest.mark.parametrize(
    ("question_id", "split"),
    [("q001", "dev"), ("q002", "dev"), ("q298", "dev"), ("q301", "dev"), ("q302", "report")],
)
def test_the_split_of_an_id_never_changes(question_id: str, split: str) -> None:
    assert split_of(question_id) == split


def test_the_split_of_new_ids_is_about_even() -> None:
    splits = [split_of(f"q{n}") for n in range(1000, 2000)]
    assert 430 < splits.count("dev") < 570


def test_the_asking_order_does_not_hang_on_the_files_order() -> None:
    questions = load_questions(QUESTIONS)
    assert in_asking_order(questions) == in_asking_order(questions[::-1])


def test_the_first_questions_in_order_are_a_fair_sample_of_the_kinds() -> None:
    questions = in_asking_order(load_questions(QUESTIONS))
    whole = Counter(q.kind for q in questions)
    first = Counter(q.kind for q in questions[:100])
    for kind, n in whole.items():
        assert abs(first[kind] / 100 - n / len(questions)) < 0.12, kind


def test_a_bad_line_is_named_by_its_number(tmp_path: Path) -> None:
    good = QUESTIONS.read_text(encoding="utf-8").splitlines()[0]
    path = tmp_path / "q.jsonl"
    path.write_text(good + "\n" + json.dumps({**json.loads(good), "surprise": 1}), encoding="utf-8")
    with pytest.raises(ValueError, match=r"q\.jsonl line 2"):
        load_questions(path)
