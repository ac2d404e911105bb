"""What the gate, the breadth and the search learn from holds no near-copy of a reported question."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from corpus.load import DEFAULT_TEXTS
from corpus.questions import load_clause_questions
from eval.fit_breadth import MEASURES, AboutMeasures
from eval.fit_scope import JUDGED
from eval.question import QUESTIONS, UNSEEN, load_questions, split_of
from index.lexical import tokenize

_LONG_ENOUGH = 5  # pieces of two characters: a bare topic word is nobody's question


def _asked(path_name: str) -> Iterator[str]:
    if path_name == "plain":
        for questions in load_clause_questions(DEFAULT_TEXTS).values():
            yield from questions
    else:
        path = {"measures": MEASURES, "scope": JUDGED}[path_name]
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["question"]


@pytest.mark.parametrize("source", ["measures", "scope", "plain"])
def test_no_reported_question_is_learned_from(source: str) -> None:
    reported = [q for q in load_questions(QUESTIONS) if split_of(q.id) == "report"]
    told = [set(tokenize(q.question)) for q in (*reported, *load_questions(UNSEEN))]
    for question in _asked(source):
        words = set(tokenize(question))
        if len(words) >= _LONG_ENOUGH:
            nearest = max(len(words & other) / len(words | other) for other in told)
            assert nearest < 0.6, question


def test_measures_are_sound() -> None:
    lines = MEASURES.read_text(encoding="utf-8").splitlines()
    entries = [AboutMeasures.model_validate_json(line) for line in lines]
    assert len({entry.question for entry in entries}) == len(entries) > 150
    for entry in entries:
        assert entry.measures and set(entry.measures) <= set(range(1, 31))
        assert len(entry.measures) > 1 or entry.kind != "cross"
        assert len(entry.measures) == 1 or entry.kind in ("cross", "list")
