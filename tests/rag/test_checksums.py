"""Check digits, dates and issuers of numbers: worked by hand, or from the standards' own examples."""

from __future__ import annotations

import pytest

from rag.checksums import (
    is_credit_code,
    is_fixed,
    is_identity,
    is_issued,
    is_luhn,
    is_mobile,
    looks_like_identity,
)


def test_an_identity_card_has_its_check_digit_and_another_has_not() -> None:
    assert is_identity("11010519491231002X")  # the example of GB 11643
    assert not is_identity("110105194912310021")
    assert looks_like_identity("110105194912310021")
    assert not looks_like_identity("110105189912310021")


def test_luhn_holds_for_test_cards_and_for_no_neighbour() -> None:
    assert is_luhn("4111111111111111") and is_luhn("79927398713")
    assert not any(is_luhn(f"7992739871{d}") for d in "012456789")


@pytest.mark.parametrize("number", ["4111111111111111", "6222021234567890128", "378282246310005"])
def test_known_issuers(number: str) -> None:
    assert is_issued(number)
    assert not is_issued("1000020000300001")


def test_a_credit_code_is_known_by_its_check_character() -> None:
    assert is_credit_code("91350100M000100Y43")  # the example of GB 32100
    assert not is_credit_code("91350100M000100Y44")


def test_telephones_have_known_beginnings() -> None:
    assert is_mobile("13812345678") and not is_mobile("12812345678")
    assert is_fixed("01087654321") and is_fixed("05718765432") and not is_fixed("010876543")
