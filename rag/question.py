"""A question as typed, made fit to be worked with, or refused with a kind word."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from corpus.numerals import CHINESE_NUMERAL
from rag.answer import Reason
from rag.privacy import MASK

MAX_CHARACTERS = 500
# Zero-width and direction marks can hide text from the reader; controls have no place in a question.
_INVISIBLE = {"Cf", "Cc", "Co", "Cs", "Cn"}
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,80}>")
_RULE_NUMBER = re.compile(rf"\W*(?:\d{{1,3}}|{CHINESE_NUMERAL})\W*")
_PIECE = re.compile(r"(?<=[，,。；;！!？?\n])")
_LEADING_UP = 10  # characters
# Letters of other scripts that look like Latin ones (Unicode TR 39): in a word of both they hide it.
_MIXED = re.compile(r"[A-Za-z\u0370-\u03ff\u0400-\u04ff]+")
_LOOKALIKES = str.maketrans(
    "аеорсхуіјѕԁһАВЕКМНОРСТХУІЈЅοαρνιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcxyijsdhABEKMHOPCTXYIJSoapviABEZHIKMNOPTYX",
)
_DISGUISED = re.compile(r"[A-Za-z]\d+[A-Za-z]")
_LEAST_DISGUISED = 2  # words, while more than half of all hold a digit and a letter
_ENDS_MASKED = re.compile(rf"{re.escape(MASK)}\W*$")
# A masked number before a bracket is no link.
_LINK = re.compile(
    r"!?\[(?!\*{3}\])([^\[\]]*)\]\([^()]*\)|https?://[^\s\u3000-\u9fff\uff00-\uffef]+"
)


def printable(typed: str) -> str:
    """The question as it can be shown and stored: half surrogates are no characters."""
    return typed.encode("utf-8", "replace").decode("utf-8").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`text` is what is shown, `query` what is searched: without markup, links and line breaks."""

    text: str
    query: str


def read_question(typed: str) -> Question | Reason:
    """The question, or the reason why there is none: EMPTY, TOO_LONG or GARBAGE."""
    text = "".join(
        c for c in typed if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE
    ).strip()
    if not text:
        return Reason.EMPTY
    if len(text) > MAX_CHARACTERS:
        return Reason.TOO_LONG
    searched = _without_masked(_TAG.sub(" ", _LINK.sub(r" \1 ", text)))
    searched = _MIXED.sub(lambda word: _in_latin(word[0]), searched)
    query = re.sub(r"\s+", " ", searched).strip()
    if _is_garbage(query) and not _RULE_NUMBER.fullmatch(query):
        return Reason.GARBAGE
    return Question(text=text, query=query)


def _without_masked(text: str) -> str:
    """Without the places of masked numbers, and without the words that only lead up to one (身份证[***]，):
    they ask nothing, and the gate would take them for a matter."""
    if MASK not in text:
        return text
    pieces = (
        ""
        if _ENDS_MASKED.search(piece) and len(piece) - len(MASK) <= _LEADING_UP
        else piece.replace(MASK, " ")
        for piece in _PIECE.split(text)
    )
    return "".join(pieces).strip(" ，,。.；;、") or text.replace(MASK, " ")


def _in_latin(word: str) -> str:
    latin = word.translate(_LOOKALIKES)
    return latin if latin.isascii() and re.search("[A-Za-z]", word) else word


def _is_garbage(text: str) -> bool:
    """No letter at all, one character over and over, Latin letters that make no word, or words
    with digits for letters (1gn0r3)."""
    letters = [c for c in text.lower() if c.isalpha()]
    if len(letters) < 2 or (len(letters) > 3 and len(set(letters)) == 1):
        return True
    mixed = re.findall(r"[^\W_]+", text)
    with_digits = [w for w in mixed if w.isascii() and not w.isalpha() and not w.isdigit()]
    disguised = sum(map(bool, map(_DISGUISED.search, with_digits)))
    if disguised >= _LEAST_DISGUISED and len(with_digits) * 2 > len(mixed):
        return True
    words = re.findall(r"[a-z]+", text.lower())
    latin_only = letters and all(c.isascii() for c in letters)
    return bool(latin_only and all(len(w) > 4 and not re.search(r"[aeiouy]", w) for w in words))
