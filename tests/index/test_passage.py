"""A passage is a clause with an id that outlives a rebuild."""

from __future__ import annotations

import dataclasses
import re

import pytest

from corpus.document import Document, Locator
from corpus.load import load_corpus
from index.passage import Passage, cut_passages, passage_id


@pytest.fixture(scope="module")
def document() -> Document:
    return load_corpus()[0]


@pytest.fixture(scope="module")
def passages(document: Document) -> tuple[Passage, ...]:
    return cut_passages((document,), len)


def test_a_passage_is_the_slice_at_its_span(
    document: Document, passages: tuple[Passage, ...]
) -> None:
    assert all(document.text[p.span.start : p.span.end] == p.text for p in passages)


def test_every_clause_is_a_passage_in_the_order_of_the_text(
    document: Document, passages: tuple[Passage, ...]
) -> None:
    clauses = [c.span for _, measure in document.measures() for c in measure.clauses]
    assert [p.span for p in passages] == clauses
    assert clauses == sorted(clauses)


def test_ids_are_unique_and_the_same_at_every_cut(
    document: Document, passages: tuple[Passage, ...]
) -> None:
    again = [p.id for p in cut_passages((document,), len)]
    assert [p.id for p in passages] == again
    assert len(set(again)) == len(again)
    assert all(re.fullmatch("p[0-9a-f]{10}", i) for i in again)


def test_an_id_changes_with_address_or_text_alone() -> None:
    here, there = Locator.parse("plan#measure:5/clause:1"), Locator.parse("plan#measure:5/clause:2")
    first = passage_id(here, "研究建立育儿补贴制度。")
    assert first == passage_id(here, "研究建立育儿补贴制度。")
    assert (
        len({first, passage_id(there, "研究建立育儿补贴制度。"), passage_id(here, "别的。")}) == 3
    )


def test_a_changed_heading_keeps_the_id(document: Document) -> None:
    part = document.parts[0]
    renamed = dataclasses.replace(document, parts=(dataclasses.replace(part, heading="新"),))
    before = [p for p in cut_passages((document,), len) if (p.locator.measure or 0) <= 4]
    after = cut_passages((renamed,), len)
    assert [p.id for p in after] == [p.id for p in before]
    assert after[0].heading_path[0] == "新"


def test_a_passage_stands_under_its_headings_and_counts_them(
    passages: tuple[Passage, ...],
) -> None:
    childcare = next(p for p in passages if p.locator.measure == 5)
    assert childcare.heading_path == ("消费能力保障支持行动", "加大生育养育保障力度")
    assert childcare.embedded_text.endswith("。研究建立育儿补贴制度。")
    assert all(p.n_tokens == len(p.embedded_text) for p in passages)


def test_every_locator_leads_back_to_the_clause(
    document: Document, passages: tuple[Passage, ...]
) -> None:
    for passage in passages:
        _, _, clause = document.find(Locator.parse(str(passage.locator)))
        assert clause is not None
        assert clause.span == passage.span
