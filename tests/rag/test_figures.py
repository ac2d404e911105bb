"""Every way of writing a figure is one figure, and a figure that is not there is seen."""

from __future__ import annotations

import pytest

from corpus.numerals import format_numeral
from rag.check.figures import figures_in, foreign_figures, lost_figures

SAME = [
    ("三千元", "3000元"),
    ("3,000元", "三千元"),
    ("百分之二十", "20%"),
    ("20％", "20 percent"),
    ("百分之20", "20 percent"),
    ("3类数码产品", "three categories of digital products"),
    ("3类", "三类"),
    ("2025年", "in 2025"),
    ("２０２５年", "二〇二五年"),
    ("1.5万", "15000"),
    ("1.5万元", "一万五千元"),
    ("2万亿元", "两万亿元"),
    ("三年行动", "a three-year campaign"),
    ("1,500 yuan", "一千五百元"),
    ("第十五条", "15"),
    ("三十天", "30天"),
    ("三十個月", "三十个月"),
    ("٥٠٠", "500"),
    ("1.50", "1.5"),
    ("3千万", "30000000"),
    ("2万5千元", "25000元"),
    ("1亿2千万元", "120000000元"),
    ("1.2w元", "1.2万元"),
    ("千分之五", "0.5%"),
    ("5‰", "0.5%"),
    ("五%", "百分之五"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_figure_however_written(one: str, other: str) -> None:
    assert figures_in(one) == figures_in(other) != frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "一次性生活补贴",
        "推进商业一体化",
        "一批景区",
        "一系列",
        "一定额度",
        "统一",
        "专一",
        "",
        "。",
    ],
)
def test_fixed_words_are_no_figures(text: str) -> None:
    assert figures_in(text) == frozenset()


@pytest.mark.parametrize(
    ("sentence", "clause", "foreign"),
    [
        ("补贴3000元。", "补贴三千元。", ()),
        ("补贴500元。", "给予补贴。", ("500",)),
        ("提高20%。", "提高20元。", ("20%",)),
        ("提高20元。", "提高百分之二十。", ("20",)),
        ("2026年提高标准。", "2025年提高标准。", ("2026",)),
        ("In 2025 up to 500 yuan.", "2025年提高标准。", ("500",)),
        ("三类产品补贴15%。", "3类产品补贴。", ("15%",)),
        ("Three kinds of products", "手机、平板、智能手表（手环）3类数码产品", ()),
        ("没有数字。", "2025年提高标准。", ()),
        ("补贴１００元。", "补贴。", ("100",)),
        ("打3折。", "3类数码产品。", ("3",)),
        ("最多3倍。", "3类数码产品。", ("3",)),
        ("补贴500块钱。", "补贴500元。", ()),
        ("Three of them.", "3类数码产品。", ()),
        ("服务千家万户。", "便民服务。", ()),
        ("补贴万元。", "补贴。", ("10000",)),
        ("Applied on behalf of families.", "支持家庭。", ()),
        ("At half price.", "支持家庭。", ("1/2",)),
        ("3类产品，每类补贴3元。", "3类产品。", ("3",)),
        ("3类产品，补贴3个百分点。", "3类产品。", ("3",)),
        ("实施三个月行动。", "实施三年行动。", ("3",)),
        ("实施三年行动。", "实施3 年期行动。", ()),
        ("A three-month campaign.", "实施三年行动。A three-year campaign.", ("3",)),
        ("A 3-year campaign.", "实施三年行动。", ()),
        ("Living circles of 15 hours.", "15分钟生活圈。", ("15",)),
        ("15分钟生活圈。", "一刻钟生活圈。", ()),
        ("三刻钟生活圈。", "一刻钟生活圈。", ("45",)),
        ("2025年提高。", "2025—2027年提高。", ()),
    ],
)
def test_a_figure_that_the_clause_lacks_is_foreign(
    sentence: str, clause: str, foreign: tuple[str, ...]
) -> None:
    assert foreign_figures(sentence, clause) == foreign


@pytest.mark.parametrize("unit", ["元", "天", "个月", "人", "岁", "万元"])
def test_chinese_and_arabic_numerals_agree_up_to_a_thousand(unit: str) -> None:
    """Oracle: the numeral's own value. For those that end in 一 see below."""
    for number in (n for n in range(2, 1000, 7) if n % 10 != 1):
        assert figures_in(format_numeral(number) + unit) == figures_in(f"{number}{unit}"), number


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("五万", 50_000),
        ("二十五万", 250_000),
        ("三千亿", 300_000_000_000),
        ("一点五万元", 15_000),
    ],
)
def test_a_chinese_numeral_with_its_scale_is_one_figure(written: str, value: int) -> None:
    assert figures_in(f"补贴{written}。") == figures_in(f"补贴{value}。")


@pytest.mark.parametrize("text", ["十一个城市", "二十一项", "三十一家", "四十一批"])
def test_a_count_that_ends_in_one_is_a_figure(text: str) -> None:
    assert foreign_figures(f"共{text}。", "部分城市。")


def test_a_chinese_percentage_may_have_a_fraction() -> None:
    assert figures_in("百分之二点五") == figures_in("2.5%")


def test_per_cent_in_two_words_is_a_percentage() -> None:
    assert figures_in("20 per cent") == figures_in("20%")


def test_thousands_may_have_a_fraction() -> None:
    assert figures_in("3,000.50元") == figures_in("3000.5元")


@pytest.mark.parametrize(
    ("one", "other"), [("12345678", "12345679"), ("20250316", "20250317"), ("1234567", "1234568")]
)
def test_long_figures_are_told_apart(one: str, other: str) -> None:
    assert foreign_figures(f"编号{one}。", f"编号{other}。") == (one,)


@pytest.mark.parametrize("word", ["thirteen", "sixteen", "forty", "sixty", "eighty", "ninety"])
def test_an_invented_amount_in_words_is_foreign(word: str) -> None:
    assert foreign_figures(f"You get {word} yuan a month.", "研究建立育儿补贴制度。")


@pytest.mark.parametrize(
    ("words", "value"),
    [("twenty-five", "25"), ("five thousand", "5000"), ("1.5 million", "1500000")],
)
def test_number_words_make_one_figure(words: str, value: str) -> None:
    assert figures_in(f"{words} yuan") == figures_in(f"{value} yuan")


@pytest.mark.parametrize("text", ["每人补贴五千。", "最高三百。", "补五百吧"])
def test_an_invented_amount_without_a_unit_is_foreign(text: str) -> None:
    assert foreign_figures(text, "给予补贴。")


@pytest.mark.parametrize("text", ["补贴三分之一。", "提高千分之五。", "补贴壹仟元。", "半价购买。"])
def test_an_invented_share_is_foreign(text: str) -> None:
    assert foreign_figures(text, "给予补贴。")


def test_the_last_digit_behind_a_multiple_takes_the_next_place() -> None:
    assert figures_in("两万五") == figures_in("25000")


@pytest.mark.parametrize("text", ["by five % now", "five%", "twenty％ off", "one %", "hundred%"])
def test_a_number_word_before_a_percent_sign_is_a_percentage(text: str) -> None:
    assert any(figure.endswith("%") for figure in figures_in(text))


@pytest.mark.parametrize(
    ("sentence", "clause", "lost"),
    [
        ("手机、平板、智能手表可享补贴。", "手机、平板、智能手表3类产品给予补贴。", ()),
        ("完善半小时便民生活圈。", "完善一刻钟便民生活圈。", ("15",)),
        ("提高补贴标准。", "2025年提高补贴标准。", ("2025",)),
        ("给予补贴。", "给予500元补贴，最高15%。", ("15%", "500")),
        ("实施优化消费环境行动。", "实施优化消费环境三年行动。", ("3",)),
    ],
)
def test_what_is_no_count_may_not_be_left_out(
    sentence: str, clause: str, lost: tuple[str, ...]
) -> None:
    assert lost_figures(sentence, clause) == lost
