"""Numbers that name a person are taken out of a question before anything reads it.

Identity cards, telephones and bank cards, in whatever digits, however they are parted, whatever unseen
characters, markup or words stand between the digits (rag.personal says which digits are such numbers).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answer import Turn
from rag.digits import Reading
from rag.personal import personal_spans

MASK = "[***]"
# Twice what may be asked. What is longer is refused, and nobody waits for it to be read closely.
_READ_CLOSELY = 1_000
_ANY_DIGIT = r"[\d〇零○一壹幺二贰貳三叁參四肆五伍六陆陸七柒八捌九玖]"
_ANY_NUMBER = re.compile(rf"(?:{_ANY_DIGIT}[^\w\n]{{0,4}}){{10,20}}{_ANY_DIGIT}[Xx]?")


def mask_numbers(text: str) -> str:
    """The text with MASK in the place of every number that may name a person."""
    if len(text) > _READ_CLOSELY:
        return _ANY_NUMBER.sub(MASK, text)
    for reading in Reading:
        spans = list(personal_spans(text, reading))
        for start, end in reversed(spans):
            text = text[:start] + MASK + text[end:]
    return text


def mask_conversation(question: str, history: Sequence[Turn]) -> tuple[str, tuple[Turn, ...]]:
    """A question and its turns without such numbers: nothing behind the door sees them."""
    masked = tuple(replace(turn, content=mask_numbers(turn.content)) for turn in history)
    return mask_numbers(question), masked
