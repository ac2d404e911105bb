"""Renderings are kept by the clause's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import PolicyQAError
from corpus.load import DEFAULT_TEXTS, load_corpus
from corpus.questions import clause_hash
from corpus.renderings import Rendering, load_renderings, read_renderings_file
from rag.check.figures import foreign_figures

ENTRY = Rendering(clause="ab", locator="d#measure:1", text="A rule.", by="written")


def test_every_clause_has_its_rendering_and_none_is_left_over() -> None:
    (document,) = load_corpus()
    clauses = {
        clause_hash(clause.span.slice(document.text)): str(document.locate(measure, clause))
        for _, measure in document.measures()
        for clause in measure.clauses
    }
    (path,) = DEFAULT_TEXTS.glob("*.en.jsonl")
    assert {e.clause: e.locator for e in read_renderings_file(path)} == clauses


# What the figure check cannot know: 三品一标 and 千集万店.
MEANT = {(3, 2): {"3"}, (23, 1): {"1000", "10000"}}


def test_no_rendering_has_a_foreign_figure() -> None:
    (document,) = load_corpus()
    english = load_renderings(DEFAULT_TEXTS)["en"]
    for _, measure in document.measures():
        for clause in measure.clauses:
            own = clause.span.slice(document.text)
            found = set(foreign_figures(english[clause_hash(own)], own))
            assert found == MEANT.get((measure.number, clause.number), set()), own


def test_renderings_lie_beside_their_text_by_language(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("一", encoding="utf-8")
    (tmp_path / "plan.en.jsonl").write_text(ENTRY.model_dump_json() + "\n", encoding="utf-8")
    (tmp_path / "plan.questions.jsonl").write_text("{}\n", encoding="utf-8")
    wanted = {"en": {"ab": "A rule."}}
    assert load_renderings(tmp_path) == load_renderings(tmp_path / "plan.txt") == wanted


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "plan.en.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(PolicyQAError, match="line 1"):
        load_renderings(tmp_path)
