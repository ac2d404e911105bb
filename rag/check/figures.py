"""Every figure of a sentence must stand in its clause, however either writes it."""

from __future__ import annotations

import re
import unicodedata

from corpus.numerals import CHINESE_NUMERAL, parse_numeral
from rag.language import to_simplified

# Measure words that make a Chinese numeral a figure: 三年 counts, the 一 of 一体 does not.
_UNIT = (
    "万亿元|亿元|万元|元|块钱|块|角|分钱|美元|人民币|个百分点|年|个月|月|日|号|天|周|小时|分钟|刻钟|岁|"
    "周岁|个|名|人|户|家|项|条|种|类|次|倍|成|折|期|批|套|件|辆|部|台|亩|公斤|吨|公里|米|平方米|级|"
    "万|亿|点"
)
_PERCENT = re.compile(rf"百分之({CHINESE_NUMERAL}|\d+(?:\.\d+)?)")
_DECIMAL = re.compile(r"\d+(?:[.,]\d+)*")
_COUNTED = re.compile(rf"(?:第)?({CHINESE_NUMERAL})(?:多|余|几)?({_UNIT})")
_SCALES = {"万": 10_000.0, "亿": 100_000_000.0, "万亿": 1e12}
_SCALED = re.compile(r"(\d+(?:\.\d+)?)(万亿|万|亿)")
# 一 before these is no count: 一次性, 一年一度, 一批, 一类 and so on are fixed words.
_VAGUE_ONE = re.compile(
    r"一(?:次性|批|些|定|种|类|个|项|家|起|体|样|般|直|系列|户|名|期|点|件|套|部|成)"
)
_ENGLISH_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50,
    "hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000,
}  # fmt: skip
_ENGLISH = re.compile(rf"\b({'|'.join(_ENGLISH_NUMBERS)})\b", re.IGNORECASE)


def figures_in(text: str) -> frozenset[str]:
    """The figures of a text in one form: 三千元 → {3000}, 百分之二十 → {20%}, 2025年 → {2025}.

    Units other than percent are left aside, so that 3类 is three categories in any language.
    """
    text = to_simplified(unicodedata.normalize("NFKC", text))
    found: set[str] = set()
    text = _PERCENT.sub(lambda m: _keep(found, _value(m[1]), percent=True), text)
    text = _SCALED.sub(lambda m: _keep(found, float(m[1]) * _SCALES[m[2]]), text)
    text = _VAGUE_ONE.sub(" ", text)
    for match in _DECIMAL.finditer(text):
        after = text[match.end() : match.end() + 8].lstrip()
        percent = after.startswith("%") or after.lower().startswith(("percent", "per cent"))
        _keep(found, float(_plain(match[0])), percent=percent)
    for match in _COUNTED.finditer(text):
        _keep(found, _value(match[1]))
    for match in _ENGLISH.finditer(text):
        _keep(found, float(_ENGLISH_NUMBERS[match[1].lower()]))
    return frozenset(found)


def _value(numeral: str) -> float:
    return float(numeral) if numeral[0].isdecimal() else float(parse_numeral(numeral))


def _plain(number: str) -> str:
    """A decimal without its thousands separators: 3,000 → 3000; 1.5 stays."""
    head, *rest = re.split(r"[.,]", number)
    if "," in number and all(len(group) == 3 for group in rest):
        return head + "".join(rest)
    return head + ("." + rest[0] if rest else "")


def _keep(found: set[str], value: float, *, percent: bool = False) -> str:
    found.add(f"{value:g}" + ("%" if percent else ""))
    return " "


def foreign_figures(sentence: str, clause: str) -> tuple[str, ...]:
    """The figures of a sentence that its clause does not hold, sorted; empty when all stand."""
    return tuple(sorted(figures_in(sentence) - figures_in(clause)))
