"""Rules named by number are found, and numbers that name none are left alone."""

from __future__ import annotations

import pytest

from rag.references import Reference, Unit, mark_references


def read(question: str) -> list[str]:
    return [f"{r.unit}{r.first}..{r.last}" for r in mark_references(question).references]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("第十七项写的是什么", ["M17..17"]),
        ("倒数第二条", ["M-2..-2"]),
        ("第7到9条", ["M7..9"]),
        ("13条和14条", ["M13..13", "M14..14"]),
        ("第15、16两条，题目给我", ["M15..15", "M16..16"]),
        ("第六部分的最后一条", ["P6..6", "M-1..-1"]),
        ("第29条最末一句原话", ["M29..29", "C-1..-1"]),
        ("编号20那项", ["M20..20"]),
        ("#19 讲啥", ["M19..19"]),
        ("（四）念给我听", ["M4..4"]),
        ("前三个大标题", ["P1..3"]),
        ("measures 24–25", ["M24..25"]),
        ("the third-to-last measure", ["M-3..-3"]),
        ("9번째 조치", ["M9..9"]),
        ("О чём мера 9?", ["M9..9"]),
        ("ما هو البند الأول في الجزء السادس؟", ["M1..1", "P6..6"]),
        ("12", ["M12..12"]),
        ("我叫张三，第七项什么时候开始", ["M7..7"]),
        ("李四和第五项有什么关系", ["M5..5"]),
        ("第三、第七项", ["M3..3", "M7..7"]),
        ("（三）和第七项", ["M3..3", "M7..7"]),
        ("三和七项", ["M3..3", "M7..7"]),
        ("measures 5, 7 and 9", ["M5..5", "M7..7", "M9..9"]),
        ("measures five, seven, and twenty-one", ["M5..5", "M7..7", "M21..21"]),
        ("measures 5, 7 and 40", ["M5..5", "M7..7", "M40..40"]),
        ("Maßnahmen 5, 7 und 9", ["M5..5", "M7..7", "M9..9"]),
        ("меры 5, 7 и 9", ["M5..5", "M7..7", "M9..9"]),
        ("parts 1, 2, 3 and 4", ["P1..1", "P2..2", "P3..3", "P4..4"]),
        ("measure 7, and 3 children", ["M7..7"]),
        ("第5、7和9项", ["M5..5", "M7..7", "M9..9"]),
        ("5、7、9项", ["M5..5", "M7..7", "M9..9"]),
        ("24-25、27项讲什么", ["M24..25", "M27..27"]),
        ("第3到5条和第7条", ["M3..5", "M7..7"]),
        ("measures 24-25 and 27", ["M24..25", "M27..27"]),
        ("measures 2, 4 to 6 and 9", ["M2..2", "M4..6", "M9..9"]),
        ("第三、五、七、九条讲什么", ["M3..3", "M5..5", "M7..7", "M9..9"]),
        ("第（三）、（五）、第（七）项", ["M3..3", "M5..5", "M7..7"]),
        ("第29条第一、二、三句", ["M29..29", "C1..1", "C2..2", "C3..3"]),
        ("第5、7、9这三项", ["M5..5", "M7..7", "M9..9"]),
        ("第五、七两项", ["M5..5", "M7..7"]),
        ("第7到9这三条", ["M7..9"]),
        ("我叫张三、李四，五、第七项", ["M7..7"]),
    ],
)
def test_numbers_are_read_with_their_units(question: str, wanted: list[str]) -> None:
    assert read(question) == wanted


@pytest.mark.parametrize(
    "question",
    [
        "一共有30条吗",
        "三间瓦房，两条狗",
        "我六点下班",
        "第一时间",
        "一条龙",
        "第一批国家",
        "2025年",
        "一点钱",
    ],
)
def test_other_numbers_are_no_references(question: str) -> None:
    assert read(question) == []


def test_the_marks_stand_where_the_references_stood() -> None:
    assert mark_references("第二部分的第三条呢").text == "⟦P0⟧的⟦M1⟧呢"


def test_numbers_from_the_end_are_counted_back() -> None:
    assert list(Reference(unit=Unit.MEASURE, first=-3, last=-1).numbers(30)) == [28, 29, 30]
    assert list(Reference(unit=Unit.MEASURE, first=9, last=7).numbers(30)) == [7, 8, 9]
