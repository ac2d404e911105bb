"""Addresses and numerals."""

import pytest

from corpus.document import Locator, Span, Step
from corpus.numerals import format_numeral, parse_numeral


@pytest.mark.parametrize("number", [*range(130), 199, 200, 205, 999, 1000, 1005, 1050, 9999])
def test_a_numeral_reads_back_what_was_written(number: int) -> None:
    assert parse_numeral(format_numeral(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("三十", 30),
        ("十五", 15),
        ("二〇二五", 2025),
        ("三千", 3000),
        ("两万五千", 25000),
        ("一亿两千万", 120_000_000),
        ("一万亿", 10**12),
        ("１５", 15),
    ],
)
def test_numerals_as_people_write_them(text: str, number: int) -> None:
    assert parse_numeral(text) == number


@pytest.mark.parametrize("text", ["", "三个", "abc"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_numeral(text)


def test_a_locator_reads_back_what_was_printed() -> None:
    locator = Locator("plan", (Step("measure", 15), Step("clause", 2)))
    assert str(locator) == "plan#measure:15/clause:2"
    assert Locator.parse(str(locator)) == locator
    inserted = Locator("law", (Step("article", 120, 1),))
    assert Locator.parse("law#article:120-1") == inserted


def test_locators_sort_by_number_and_print_as_people_cite() -> None:
    two, fifteen = (Locator("plan", (Step("measure", n),)) for n in (2, 15))
    assert sorted([fifteen, two]) == [two, fifteen]
    assert fifteen.printed("提振消费专项行动方案") == "《提振消费专项行动方案》第（十五）项"
    law = Locator("law", (Step("article", 120, 1),))
    assert law.printed("刑法") == "《刑法》第一百二十条之一"


@pytest.mark.parametrize(
    "text", ["", "plan", "plan#", "#measure:1", "plan#measure", "plan#a:1/../x"]
)
def test_what_is_no_locator_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Locator.parse(text)


def test_a_span_cannot_run_backwards() -> None:
    with pytest.raises(ValueError):
        Span(3, 2)
