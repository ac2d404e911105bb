"""Numbers that name a person are taken out of a question before anything reads it.

By their shape alone, so that a mistyped one goes too: identity cards (18 or 15 digits, the last may
be an X), mobile and fixed telephones, and bank cards (13 to 19 digits), however they are spaced, and
whatever unseen characters or tags stand between the digits; mobile telephones in Chinese digits too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answer import Turn

MASK = "[***]"
_DIGIT = "[0-9０-９]"
# What rag.question takes out afterwards parts no number.
_UNSEEN = (
    r"(?:[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|</?[A-Za-z!]?[^<>]{0,80}>){0,8}"
)
_GAP = rf"{_UNSEEN}(?:[\s\u00a0\u3000\-－–—]{_UNSEEN}){{0,2}}"
_HAN_DIGIT = "[〇零幺一二三四五六七八九]"


def _digits(least: int, most: int) -> str:
    return rf"{_DIGIT}(?:{_GAP}{_DIGIT}){{{least - 1},{most - 1}}}"


_ALONE = rf"(?<!{_DIGIT})(?<!{_DIGIT}[.．])"
# Eleven digits before one of these are a sum of money, not a telephone.
_ENDS = rf"(?!{_GAP}{_DIGIT})(?!\s*(?:[元块万亿％%]|yuan|rmb))"
_NUMBERS = re.compile(
    "|".join(
        (
            rf"{_ALONE}{_digits(17, 17)}{_GAP}[0-9０-９xXｘＸ](?!{_DIGIT})",
            rf"{_ALONE}{_digits(13, 19)}{_ENDS}",
            rf"(?:(?:[+＋]|00){_GAP}[8８][6６]{_GAP}|{_ALONE})[1１]{_GAP}[3-9３-９]"
            rf"(?:{_GAP}{_DIGIT}){{9}}{_ENDS}",
            rf"(?<!{_HAN_DIGIT})[一幺][三四五六七八九]{_HAN_DIGIT}{{9}}(?!{_HAN_DIGIT})",
            rf"{_ALONE}[(（]?[0０]{_DIGIT}{{2,3}}[)）]?{_GAP}[2-9２-９]{_DIGIT}{{6,7}}{_ENDS}",
        )
    )
)


def mask_numbers(text: str) -> str:
    """The text with MASK in the place of every number that may name a person."""
    return _NUMBERS.sub(MASK, text)


def mask_conversation(question: str, history: Sequence[Turn]) -> tuple[str, tuple[Turn, ...]]:
    """A question and its turns without such numbers: nothing behind the door sees them."""
    masked = tuple(replace(turn, content=mask_numbers(turn.content)) for turn in history)
    return mask_numbers(question), masked
