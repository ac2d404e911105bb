"""The halves and the order of the questions are fixed, and nobody chooses."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from corpus.errors import PolicyQAError
from eval.question import QUESTIONS, Question, in_asking_order, load_questions, split_of


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


GOOD = QUESTIONS.read_text(encoding="utf-8").split("\n")[0]


def load(folder: Path, data: bytes) -> list[Question]:
    path = folder / "q.jsonl"
    path.write_bytes(data)
    return load_questions(path)


def test_a_bad_line_is_named_by_its_number_and_fault(tmp_path: Path) -> None:
    bad = json.dumps({**json.loads(GOOD), "answerable": "perhaps"})
    with pytest.raises(PolicyQAError, match=r"q\.jsonl, line 2: answerable: "):
        load(tmp_path, f"{GOOD}\n{bad}".encode())


@pytest.mark.parametrize(
    "data",
    [
        f"\ufeff{GOOD}\n",
        f"{GOOD}\r\n\r\n",
        GOOD.replace('"question": "', '"question": "\u2028', 1),
        GOOD[:-1] + ', "surprise": 1}',
    ],
    ids=["byte order mark", "blank line", "line separator", "unknown field"],
)
def test_what_does_no_harm_is_no_fault(tmp_path: Path, data: str) -> None:
    (question,) = load(tmp_path, data.encode())
    assert question.id == json.loads(GOOD)["id"]


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyQAError, match=r"q\.jsonl could not be read"):
        load(tmp_path, GOOD.encode("gb18030"))


def test_an_id_that_stands_twice_is_told(tmp_path: Path) -> None:
    question_id = json.loads(GOOD)["id"]
    with pytest.raises(PolicyQAError, match=f"id {question_id} stands 2 times"):
        load(tmp_path, f"{GOOD}\n{GOOD}".encode())
