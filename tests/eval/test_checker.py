"""The labelled pairs are sound, and the checker's rates are counted rightly."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from corpus.load import load_corpus
from eval.checker import Judged, Pair, load_pairs, rates, split_of_pair
from index.passage import cut_passages


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


def test_rates_are_counted_by_label_language_and_kind() -> None:
    faithful, altered = (
        Pair(
            id=f"p{i}",
            lang="zh",
            kind=kind,
            statement="x",
            locators=("d#measure:1",),
            supported=supported,
            note="",
        )
        for i, (kind, supported) in enumerate((("paraphrase", True), ("figure", False)))
    )
    judged = [
        Judged(pair=faithful, holds=True, seconds=0.0),
        Judged(pair=faithful, holds=False, seconds=0.0),
        Judged(pair=altered, holds=False, seconds=0.0),
    ]
    found = rates(judged)
    assert found["passed"] == found["passed zh"] == found["passed paraphrase"] == (1, 2)
    assert found["caught"] == found["caught figure"] == (1, 1)
