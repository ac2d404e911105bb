"""The labelled pairs are sound, and the checker's rates are counted rightly."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEmbedder

from corpus.errors import PolicyQAError
from corpus.load import DEFAULT_TEXTS, load_corpus
from eval import checker
from eval.checker import Judged, Pair, judge_pairs, load_pairs, rates, split_of_pair
from index.build import build
from index.passage import cut_passages
from index.search import Index


def test_the_pairs_are_many_and_cite_clauses_that_exist() -> None:
    pairs = load_pairs()
    locators = {str(p.locator) for p in cut_passages(load_corpus(), len)}
    assert len(pairs) >= 600 and len({p.id for p in pairs}) == len(pairs)
    assert {locator for pair in pairs for locator in pair.locators} == locators
    assert len({(p.statement, p.locators) for p in pairs}) == len(pairs)
    halves = Counter(map(split_of_pair, pairs))
    assert min(halves.values()) > 300


def test_a_line_that_is_no_pair_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.jsonl line 1"):
        load_pairs(path)


def make_pair(**given: Any) -> Pair:
    """A faithful paraphrase of a clause of another policy, unless told otherwise."""
    values: dict[str, Any] = {
        "id": "p1",
        "lang": "zh",
        "kind": "paraphrase",
        "statement": "x",
        "locators": ("d#measure:1",),
        "supported": True,
        "note": "",
    }
    return Pair(**(values | given))


def test_pairs_of_other_texts_are_told_before_any_is_judged(tmp_path: Path) -> None:
    build(DEFAULT_TEXTS, tmp_path, FakeEmbedder())
    index = Index.open(tmp_path, FakeEmbedder())
    with pytest.raises(PolicyQAError, match="pair p1 cites d#measure:1"):
        judge_pairs([make_pair()], index, None)


def test_ctrl_c_ends_in_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> list[Pair]:
        raise KeyboardInterrupt

    monkeypatch.setattr(checker, "load_pairs", interrupted)
    monkeypatch.setattr(sys, "argv", ["eval.checker"])
    assert checker.main() == 1
    assert capsys.readouterr().err == "stopped\n"


def test_rates_are_counted_by_label_language_and_kind() -> None:
    faithful, altered = make_pair(), make_pair(kind="figure", supported=False)
    judged = [
        Judged(pair=faithful, holds=True, seconds=0.0),
        Judged(pair=faithful, holds=False, seconds=0.0),
        Judged(pair=altered, holds=False, seconds=0.0),
    ]
    found = rates(judged)
    assert found["passed"] == found["passed zh"] == found["passed paraphrase"] == (1, 2)
    assert found["caught"] == found["caught figure"] == (1, 1)
