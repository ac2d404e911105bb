"""The made-up plans are read like the real policy, and their questions fit them."""

from __future__ import annotations

from collections import Counter

import pytest
from fakes import FakeEmbedder

from corpus.load import load_corpus
from corpus.parse import load_document
from eval.plans import NAMES, PLANS, load_plan_questions, open_plan, text_of


@pytest.mark.parametrize("name", NAMES)
def test_each_plan_is_read_whole_and_its_questions_fit_it(name: str) -> None:
    document = load_document(text_of(name))
    numbers = [measure.number for part in document.parts for measure in part.measures]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 16
    asked = load_plan_questions(name)
    assert Counter(bool(q.measures) for q in asked) == {True: 60, False: 60}
    assert {number for q in asked for number in q.measures} == set(numbers)
    assert len({q.question for q in asked}) == len(asked)


def test_the_manifest_names_the_plans_and_says_that_they_are_made_up() -> None:
    assert {document.id for document in load_corpus(PLANS)} == {f"made-up-{n}" for n in NAMES}
    assert (PLANS / "manifest.toml").read_text(encoding="utf-8").count("Made up") == len(NAMES)


def test_a_plan_is_indexed_alone() -> None:
    with open_plan("parks", FakeEmbedder()) as index:
        assert {p.locator.document_id for p in index.passages} == {"made-up-parks"}
