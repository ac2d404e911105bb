"""Plain questions are kept by the clause's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import PolicyQAError
from corpus.load import DEFAULT_TEXTS, load_corpus
from corpus.questions import (
    ClauseQuestions,
    clause_hash,
    load_clause_questions,
    questions_hash,
    questions_path,
    read_questions_file,
)

ENTRY = ClauseQuestions(clause="ab", locator="d#measure:1", questions=("怎么办",), by="written")


def test_every_shipped_entry_belongs_to_a_clause_of_its_text() -> None:
    """A policy's clause that is changed leaves its questions behind; none is left behind here."""
    (document,) = load_corpus()
    clauses = {
        clause_hash(clause.span.slice(document.text)): str(document.locate(measure, clause))
        for _, measure in document.measures()
        for clause in measure.clauses
    }
    (path,) = DEFAULT_TEXTS.glob("*.questions.jsonl")
    entries = read_questions_file(path)
    assert {e.clause: e.locator for e in entries} == clauses
    assert all(e.questions and len(set(e.questions)) == len(e.questions) for e in entries)


def test_questions_lie_beside_their_text(tmp_path: Path) -> None:
    text = tmp_path / "plan.txt"
    path = questions_path(text)
    path.write_text(ENTRY.model_dump_json() + "\n", encoding="utf-8")
    text.write_text("一", encoding="utf-8")
    assert path.name == "plan.questions.jsonl"
    assert load_clause_questions(text) == load_clause_questions(tmp_path) == {"ab": ("怎么办",)}


def test_no_file_is_no_questions(tmp_path: Path) -> None:
    assert load_clause_questions(tmp_path) == {}
    assert questions_hash({}) == ""


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plan.questions.jsonl"
    path.write_text(ENTRY.model_dump_json() + "\n{}\n", encoding="utf-8")
    with pytest.raises(PolicyQAError, match="line 2"):
        load_clause_questions(tmp_path)


def test_the_hash_follows_the_questions_and_not_their_order_on_file() -> None:
    one, two = {"a": ("x",), "b": ("y",)}, {"b": ("y",), "a": ("x",)}
    assert questions_hash(one) == questions_hash(two) != questions_hash({"a": ("z",), "b": ("y",)})
