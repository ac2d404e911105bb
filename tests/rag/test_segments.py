"""Which part of a clause a sentence uses, and how much of the sentence stands in it."""

from __future__ import annotations

import pytest

from index.passage import Passage
from rag.check.segments import cover, segments_of
from rag.language import to_traditional


def test_segments_together_are_the_clause(passages: tuple[Passage, ...]) -> None:
    for passage in passages:
        assert "".join(segments_of(passage.text)) == passage.text


def test_a_clause_covers_itself_whole(passages: tuple[Passage, ...]) -> None:
    """But for a lone character between brackets, 企（职）业, which is in no pair."""
    for passage in passages:
        coverage = cover(passage.text, passage.text)
        assert (coverage.share, coverage.missing) == (1.0, ()) or "（" in passage.text
        assert coverage.share > 0.95
        assert all(len(run) == 1 for run in coverage.missing)
        assert set(coverage.segments) <= set(range(len(segments_of(passage.text))))
        assert coverage.segments


def test_traditional_characters_and_full_width_cover_too(passages: tuple[Passage, ...]) -> None:
    for passage in passages[::5]:
        assert cover(to_traditional(passage.text), passage.text).share > 0.95


def test_the_unrelated_covers_nothing() -> None:
    for sentence in ("今夜月光皎洁", "hello world", "", "。", "的了是"):
        assert cover(sentence, "研究建立育儿补贴制度。").share == 0.0


def test_a_sentence_names_the_segment_it_speaks_of(passages: tuple[Passage, ...]) -> None:
    """Oracle: a segment said by itself is found again, with the segments that repeat it."""
    for passage in passages:
        for i, segment in enumerate(segments_of(passage.text)):
            if len(segment) > 4:
                assert i in cover(segment, passage.text).segments


def test_missing_are_the_runs_that_the_clause_does_not_hold() -> None:
    coverage = cover("每月发放育儿补贴五千。", "研究建立育儿补贴制度。")
    assert "育儿补贴" not in "".join(coverage.missing)
    assert {"每月", "五千"} <= {run[:2] for run in coverage.missing}
    assert 0.3 < coverage.share < 0.7


def test_single_shared_characters_count_for_nothing() -> None:
    assert cover("补丁贴纸", "补贴制度").share == 0.0


def test_headings_support_but_name_no_segment() -> None:
    coverage = cover("加大生育养育保障力度", "研究建立育儿补贴制度。", "加大生育养育保障力度")
    assert coverage.share == 1.0
    assert coverage.segments == ()


@pytest.mark.parametrize("sentence", ["育儿补贴", "育儿补贴的制度", "研究建立育儿补贴制度吗"])
def test_function_characters_weigh_nothing(sentence: str) -> None:
    assert cover(sentence, "研究建立育儿补贴制度。").share == 1.0
