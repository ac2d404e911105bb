"""What the gate, the breadth and the search learn from holds no near-copy of a reported question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.load import DEFAULT_TEXTS
from corpus.questions import load_clause_questions
from eval.checker import PAIRS, load_pairs, split_of_pair
from eval.fit_support import BLIND, HARD, TUNING
from eval.fit_support_encoder import WRITTEN
from eval.learning import (
    MISUSE_UNSEEN,
    load_about_measures,
    load_alike,
    load_follow_ups,
    load_halves,
    load_judged,
    load_like_asked,
    load_misuse,
    load_short,
)
from eval.question import QUESTIONS, UNSEEN, load_questions, split_of
from index.lexical import tokenize

_ALIKE = 0.6
_LONG_ENOUGH = 5  # pieces of two characters: a bare topic word is nobody's question


def _asked(path_name: str) -> Iterator[str]:
    if path_name == "plain":
        for questions in load_clause_questions(DEFAULT_TEXTS).values():
            yield from questions
    else:
        load = {
            "measures": load_about_measures,
            "scope": load_judged,
            "follow-ups": load_follow_ups,
            "halves": load_halves,
            "misuse": load_misuse,
            "like asked": load_like_asked,
        }[path_name]
        for entry in load():
            yield entry.question


_SOURCES = ("measures", "scope", "follow-ups", "halves", "misuse", "like asked", "plain")


@pytest.mark.parametrize("source", _SOURCES)
def test_no_reported_question_is_learned_from(source: str) -> None:
    reported = [q.question for q in load_questions(QUESTIONS) if split_of(q.id) == "report"]
    reported += [q.question for path in UNSEEN for q in load_questions(path)]
    reported += [line.question for line in load_misuse(MISUSE_UNSEEN)]
    told = [set(tokenize(question)) for question in reported]
    holding: dict[str, list[int]] = {}
    for place, words in enumerate(told):
        for word in words:
            holding.setdefault(word, []).append(place)
    for question in _asked(source):
        words = set(tokenize(question))
        if len(words) >= _LONG_ENOUGH:
            # Only questions that share a word are looked at; millions of pairs share none.
            shared = Counter(place for word in words for place in holding.get(word, ()))
            nearest = max(
                (n / (len(words) + len(told[place]) - n) for place, n in shared.items()),
                default=0.0,
            )
            assert nearest < _ALIKE, question


@pytest.mark.parametrize("path", [BLIND, HARD, TUNING, WRITTEN])
def test_no_reported_sentence_is_learned_from(path: Path) -> None:
    told: dict[tuple[str, ...], list[set[str]]] = {}
    reported = [pair for pair in load_pairs() if split_of_pair(pair) == "report"]
    for pair in [*reported, *load_pairs(PAIRS.with_name("support_unseen.jsonl"))]:
        told.setdefault(pair.locators, []).append(set(tokenize(pair.statement)))
    for pair in load_pairs(path):
        words = set(tokenize(pair.statement))
        nearest = max((_likeness(words, o) for o in told.get(pair.locators, ())), default=0.0)
        assert nearest < 0.8, pair.statement


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def test_measures_are_sound() -> None:
    entries = load_about_measures()
    assert len({entry.question for entry in entries}) == len(entries) > 150
    for entry in entries:
        assert entry.measures and set(entry.measures) <= set(range(1, 31))
        assert len(entry.measures) > 1 or entry.kind != "cross"
        assert len(entry.measures) == 1 or entry.kind in (
            "cross",
            "list",
            "everyday",
            "premise",
            "short",
        )


def test_questions_asked_as_the_evaluation_s_are_sound() -> None:
    alike = load_alike()
    assert len({typed.question for typed in alike}) == len(alike) > 2000
    assert all(set(typed.measures) <= set(range(1, 31)) for typed in alike)
    answered = sum(bool(typed.measures) for typed in alike)
    assert 0.5 < answered / len(alike) < 0.65


def test_halves_are_sound() -> None:
    halves = load_halves()
    assert len({half.question for half in halves}) == len(halves) > 400
    for half in halves:
        assert bool(half.measures) == (half.kind != "none")
        assert set(half.measures) <= set(range(1, 31))
        assert bool(half.unsaid) == (half.kind in ("half", "none"))
        assert all(mark in half.question != mark for mark in half.unsaid), half.question


def test_short_queries_are_sound_and_none_of_them_is_learned_from() -> None:
    short = load_short()
    asked = {query.question.casefold() for query in short}
    assert len(asked) == len(short) > 200
    for query in short:
        assert set(query.measures) <= set(range(1, 31))
    answered = sum(bool(query.measures) for query in short)
    assert 0.4 < answered / len(short) < 0.6
    for source in _SOURCES:
        assert not asked & {question.casefold() for question in _asked(source)}
