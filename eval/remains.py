"""What is left of a number in a text, in whatever form its digits are written.

Read by itself and more broadly than the product reads: everything that is no digit is passed over.
"""

from __future__ import annotations

import html
import re
import unicodedata

_HAN = str.maketrans(
    "〇零○一壹幺二贰貳三叁參四肆五伍六陆陸七柒八捌九玖", "0001112223334455666778899"
)
_WORDS = "zero one two three four five six seven eight nine".split()
_LETTERS = str.maketrans("OoIl|SZB", "00111528")
_MARKUP = re.compile(r"<[^<>]*>|\]\([^()]*\)|https?://[!-~]+")
_MAY_LACK = 3
"""Digits: whoever has all the others has the number."""


def remains_of(number: str, text: str) -> str:
    """The longest run of a number's digits in a text, if it is nearly the number; "" otherwise."""
    forms = [digits_of(form) for form in (text, _MARKUP.sub("", text), text.translate(_LETTERS))]
    least = len(number) - _MAY_LACK
    runs = (
        number[start : start + length]
        for length in range(len(number), least - 1, -1)
        for start in range(len(number) - length + 1)
    )
    return next((run for run in runs if any(run in form for form in forms)), "")


def digits_of(text: str) -> str:
    """All digits of a text, and every X, in order and as ASCII."""
    plain = html.unescape(text).translate(_HAN)
    for value, word in enumerate(_WORDS):
        plain = re.sub(rf"\b{word}\b", str(value), plain, flags=re.IGNORECASE)
    values = (_value(character) for character in plain)
    return "".join(values)


def _value(character: str) -> str:
    value = unicodedata.digit(character, None)
    if value is not None:
        return str(value)
    return "X" if unicodedata.normalize("NFKC", character) in ("X", "x") else ""
