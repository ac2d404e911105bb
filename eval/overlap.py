"""Texts as a reader takes them in, and the runs of content that two texts share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set

from rag.language import CJK, to_simplified

# Variation selectors, blanks that count as letters, and the combining grapheme joiner: neither
# controls nor format characters, and yet nothing is seen of them.
_UNSEEN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u115f\u1160\u3164\uffa0\u2800\u034f]")
_UNSEEN_CATEGORIES = {"Cf", "Cc", "Co", "Cs", "Cn"}
_UNIT = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")
_IS_CJK = re.compile(rf"[{CJK}]")
# A word says about as much as two characters, and twelve letters alone (“encourage the”) say
# nothing about where they are from.
_WORD_WEIGHT = 2


def invisible_in(text: str) -> str:
    """The characters of a text that nobody sees or that turn its direction; line breaks aside."""
    return "".join(
        c
        for c in text
        if c not in "\n\r\t" and (unicodedata.category(c) in _UNSEEN_CATEGORIES or _UNSEEN.match(c))
    )


def fold(text: str) -> str:
    """One form for all ways to write the same: NFKC, simplified, casefolded, one kind of blank.

    Zero-width and other unseen characters are left out.
    """
    unseen = dict.fromkeys(map(ord, invisible_in(text)))
    folded = unicodedata.normalize("NFKC", text.translate(unseen)).casefold()
    return re.sub(r"\s+", " ", to_simplified(folded))


def windows(text: str, weight: int) -> frozenset[str]:
    """Every shortest run of content that weighs `weight` content characters.

    A Chinese, Japanese or Korean character weighs one, a word or a number two; punctuation and
    blanks weigh nothing and part nothing. Two texts share a run of that weight exactly when they
    share a window.
    """
    units = _UNIT.findall(fold(text))
    weights = [1 if _IS_CJK.match(unit) else _WORD_WEIGHT for unit in units]
    found = set()
    end = total = 0
    for start, own in enumerate(weights):
        while end < len(units) and total < weight:
            total += weights[end]
            end += 1
        if total < weight:
            break
        found.add(" ".join(units[start:end]))
        total -= own
    return frozenset(found)


def shared(text: str, source: Set[str], allowed: Set[str], weight: int) -> str:
    """A run of a text that stands among the `source` windows and not the `allowed`; "" for none."""
    common = (windows(text, weight) & source) - allowed
    return min(common, default="")
