"""Digits as people type them: in groups, whatever script they are in, with what stands between.

A digit may be full-width, circled, of another script, Chinese (一 幺 壹), an English word, or a
letter that a scanner took for one (O, l, S). What nobody sees parts no digits.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

_HAN = dict(zip("〇零○洞一壹幺二贰貳三叁參四肆五伍六陆陸七柒拐八捌九玖勾", "0000111222333445566677788999", strict=True))  # fmt: skip
_WORDS = dict(zip("zero one two three four five six seven eight nine".split(), "0123456789", strict=True))  # fmt: skip
_WORD = re.compile(rf"(?<![a-z])(?:{'|'.join(_WORDS)})(?![a-z])", re.IGNORECASE | re.ASCII)
# What a scanner reads for a digit, in a word that is nothing but digits and these.
_LETTERS = dict(zip("OoQDIl|iZzSsB", "0000111122558", strict=True))
_SCANNED = re.compile(rf"(?<![0-9A-Za-z])[0-9{re.escape(''.join(_LETTERS))}]+(?![0-9A-Za-z])")
_MARKUP = re.compile(
    r"</?[A-Za-z!][^<>]{0,80}>|!?\]\([^()]{0,200}\)|https?://[^\s\u3000-\u9fff\uff00-\uffef]+"
)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|nbsp|zwnj|zwj|shy);")
_NAMED = {"&nbsp;": " ", "&zwnj;": "", "&zwj;": "", "&shy;": ""}
# A single Chinese digit before one of these counts something: 四位, 一个.
_COUNTERS = "位个個条條项項款章节節年月日天次种種部分人家户十百千万萬亿億岁歲元块塊号號起直定样般下"
# Seen by nobody, and no format characters: variation selectors, keycaps, blank letters.
_BLANK = re.compile(
    "[\ufe00-\ufe0f\U000e0100-\U000e01ef\u115f\u1160\u3164\uffa0\u2800\u034f\u20e3]"
)
_UNSEEN = {"Cf", "Cc", "Co", "Cs", "Cn", "Mn", "Me"}


class Reading(Enum):
    """How a text is read: without its markup, as it stands, or with a scanner's letters as digits."""

    WITHOUT_MARKUP = auto()
    PLAIN = auto()
    SCANNED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Digits of one script with nothing between; text[start:end] is where they stand. The X that may
    end an identity card is a group by itself. `gap` is what is seen between the group before and this."""

    digits: str
    start: int
    end: int
    gap: str


@dataclass(frozen=True, slots=True)
class _Sign:
    """What is seen in one place; `script` is "" for anything but a digit."""

    seen: str
    script: str
    start: int
    end: int


def read_groups(text: str, reading: Reading) -> list[Group]:
    """The groups of digits of a text, in order."""
    groups: list[Group] = []
    digits, gap, script, start, end = "", "", "", 0, 0
    for sign in (*_counted_out(_signs(text, reading)), _Sign(" ", "", len(text), len(text))):
        if digits and (sign.script != script or script == "w"):
            groups.append(Group(digits=digits, start=start, end=end, gap=gap))
            digits, gap = "", ""
        if not sign.script:
            gap += sign.seen
            continue
        script, end = sign.script, sign.end
        start = start if digits else sign.start
        digits += sign.seen
    return groups


def _counted_out(signs: Iterator[_Sign]) -> Iterator[_Sign]:
    """Without the Chinese digits that count something, and every X that ends no digits."""
    row = list(signs)
    for i, sign in enumerate(row):
        before = [other.script or other.seen for other in row[max(0, i - 2) : i]]
        after = row[i + 1] if i + 1 < len(row) else _Sign(" ", "", sign.end, sign.end)
        is_digit = bool(sign.script)
        if sign.script == "h":
            is_digit = before[-1:] == ["h"] or after.seen not in _COUNTERS
        elif sign.script == "x":
            parted = len(before) == 2 and before[0] in ("a", "h") and not before[1].isalnum()
            ends = before[-1:] in (["a"], ["h"]) or parted
            is_digit = ends and not (after.script or re.match("[a-z]", after.seen))
        yield sign if is_digit else replace(sign, script="")


def _signs(text: str, reading: Reading) -> Iterator[_Sign]:
    scanned: set[int] = set()
    if reading is Reading.SCANNED:
        for match in _SCANNED.finditer(text):
            scanned.update(range(match.start(), match.end()))
    at = 0
    while at < len(text):
        if reading is Reading.WITHOUT_MARKUP and (markup := _MARKUP.match(text, at)):
            at = markup.end()
            continue
        if text[at] == "&" and (entity := _ENTITY.match(text, at)):
            for seen, script in _read(_meant(entity[0])):
                yield _Sign(seen, script, at, entity.end())
            at = entity.end()
            continue
        if text[at].isascii() and text[at].isalpha() and (word := _WORD.match(text, at)):
            yield _Sign(_WORDS[word[0].lower()], "w", at, word.end())
            at = word.end()
            continue
        letter = _LETTERS.get(text[at]) if at in scanned else None
        for seen, script in ((letter, "a"),) if letter else _read(text[at]):
            yield _Sign(seen, script, at, at + 1)
        at += 1


def _meant(entity: str) -> str:
    if entity in _NAMED:
        return _NAMED[entity]
    number = entity[2:-1]
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return chr(code) if code < 0x110000 else ""


def _read(characters: str) -> Iterator[tuple[str, str]]:
    for character in characters:
        yield from _seen(character)


@functools.lru_cache(maxsize=4096)
def _seen(character: str) -> tuple[tuple[str, str], ...]:
    """What is seen of a character: itself and its script, or nothing."""
    if character in _HAN:
        return ((_HAN[character], "h"),)
    value = unicodedata.digit(character, None)
    if value is not None:
        return ((str(value), "a"),)
    if character not in "\n\r\t" and (
        unicodedata.category(character) in _UNSEEN or _BLANK.match(character)
    ):
        return ()
    folded = unicodedata.normalize("NFKC", character).lower() or character
    if folded in ("x", "×", "х"):
        return (("X", "x"),)
    if len(folded) > 1 and folded.isdecimal():  # ⑬
        return ((folded, "a"),)
    return ((" " if folded.isspace() else folded, ""),)
