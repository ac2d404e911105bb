"""Words that widen a rule, narrow it or put a time to it must stand in the clause."""

from __future__ import annotations

import pytest

from rag.check.additions import added_word

SOME = "鼓励有条件的地方结合实际探索设置中小学春秋假。"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("不论有没有条件,都设置春秋假。", "不论"),
        ("首次设置中小学春秋假。", "首次"),
        ("只限有条件的地方设置。", "只限"),
        ("各类学校设置春秋假。", "各类"),
        ("优先设置春秋假。", "优先"),
        ("每年设置春秋假。", "每年"),
        ("2025年起设置春秋假。", "2025年起"),
    ],
)
def test_what_is_added_is_told(said: str, word: str) -> None:
    assert added_word(said, SOME, chinese=True) == word


@pytest.mark.parametrize(
    ("said", "clause"),
    [
        ("有条件的地方探索设置春秋假。", SOME),
        ("不仅鼓励,还要探索。", SOME),
        ("增发一次性生活补贴。", "发放救助金或增发一次性生活补贴。"),
        ("各类经营主体平等参与。", "保障各类经营主体平等参与社会集团采购。"),
    ],
)
def test_what_the_clause_has_is_not(said: str, clause: str) -> None:
    assert added_word(said, clause, chinese=True) == ""


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("whether or not they are able, places set breaks.", "whether or not"),
        ("breaks are tried for the first time.", "for the first time"),
        ("breaks every year.", "every year"),
        ("places that are able may try breaks.", ""),
    ],
)
def test_in_english(said: str, word: str) -> None:
    assert added_word(said, SOME, chinese=False) == word
    assert added_word(said, f"健全安全机制，{SOME}", chinese=False) == word
