"""A model's reply, cut into sentences while it streams."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"[。！？!?；]+[”’」）)》]*|(?<![\d.\s][A-Za-z])(?<!\b[A-Za-z])[.؟](?=\s|$)|\n+")
_NUMERAL = "一二三四五六七八九"
_LIST_MARK = re.compile(
    rf"^\s*(?:[-*•·]|\d{{1,2}}[.、)）](?!\d)|（\d{{1,2}}）|[{_NUMERAL}]是(?![{_NUMERAL}]))\s*"
)
# 方案提出，一是…: the mark of an item stands behind the words that the draft begins with, too.
_MARK_BEHIND = re.compile(rf"(?<=方案提出，)[{_NUMERAL}]是(?![{_NUMERAL}])")
# An item's end is no sentence's.
_ITEM_END = re.compile(r"[；;]+$")
# Marks that the model copies from its context: （七）, [2], 第（七）项 in front of a sentence, with the
# words that report it (根据第（七）项的规定，). Of two measures (第七项和第八项) a sentence keeps both.
_NUMBERED = r"(?:第?[（(\[【][一二三四五六七八九十\d]{1,4}[)）\]】][项条]?+|第[一二三四五六七八九十\d]{1,4}[项条])"
_LABEL = re.compile(
    r"^\s*(?:根据|按照|依据)?(?:《[^《》]{1,40}》)?(?:的)?"
    + _NUMBERED
    + r"(?!\s*(?:[、和与及]|以及)\s*"
    + _NUMBERED
    + r")(?:(?:措施|内容)?[中里]?的?(?:明确)?(?:规定|要求|提出|指出|提到)?[，,:：])?\s*"
)
_TRAILING_LABEL = re.compile(r"[（(\[【][一二三四五六七八九十\d]{1,4}[)）\]】](?=[。.!！?？]*$)")
_MARKUP = re.compile(r"\*\*|__|`+|^#+\s*")
_HAN = re.compile(r"[\u3400-\u9fff]")


def tidy(sentence: str) -> str:
    """A sentence without list marks, Markdown and the measure labels that code attaches itself."""
    sentence = _LIST_MARK.sub("", _MARKUP.sub("", sentence.strip()))
    sentence = _TRAILING_LABEL.sub("", _LABEL.sub("", _MARK_BEHIND.sub("", sentence)))
    sentence = _MARKUP.sub("", sentence).strip()
    return _ITEM_END.sub("。" if _HAN.search(sentence) else ".", sentence)


def split_sentences(pieces: Iterator[str]) -> Iterator[str]:
    """Each sentence as soon as its end has come; the last one may lack an end.

    An ASCII full stop ends a sentence only before white space, so that 1.5 and REITs.com stay.
    """
    buffer = ""
    for piece in pieces:
        buffer += piece
        # The last match may still grow (。” or 3. and 5), so one more character is awaited.
        while (match := _END.search(buffer)) and match.end() < len(buffer):
            sentence, buffer = buffer[: match.end()], buffer[match.end() :]
            if tidied := tidy(sentence):
                yield tidied
    for part in _split_rest(buffer):
        if tidied := tidy(part):
            yield tidied


def _split_rest(rest: str) -> Iterator[str]:
    position = 0
    for match in _END.finditer(rest):
        yield rest[position : match.end()]
        position = match.end()
    yield rest[position:]
