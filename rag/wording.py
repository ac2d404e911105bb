"""The words around a reference: what of them is a matter, what is asked, what stands in a text."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path

from corpus.document import Document
from rag.language import to_simplified
from rag.references import load_references

# Words that may stand around a reference; a question with more than this of others is about a
# matter. A Chinese character weighs one, any other word two.
_FILLER_WORDS = tuple(
    word
    for line in Path(__file__).with_name("structure.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
# Longest first, so that 分别 is not read as 分 and something else.
_FILLER = re.compile(
    "|".join(
        rf"\b{word}\b" if word.isascii() else word
        for word in sorted(_FILLER_WORDS, key=len, reverse=True)
    ),
    re.IGNORECASE,
)
_MARK = re.compile(r"⟦[MPC]\d+⟧")
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_QUOTED = re.compile(r"[“\"'‘「『《]([^“”\"'‘’「」『』《》]{2,40})[”\"'’」』》]")
_MIN_SHARED = 2
_MAX_NAME = 12


@functools.cache
def asks(name: str) -> re.Pattern[str]:
    """How something is asked for, by its name in references.toml."""
    return re.compile(load_references()["asks"][name], re.IGNORECASE)


def weight(text: str) -> int:
    """How much a text says that is no filler."""
    words = _WORD.findall(strip_filler(text))
    return sum(1 if "\u3400" <= word[0] <= "\u9fff" else 2 for word in words)


def knows_filler(language: str) -> bool:
    """Whether the fillers of a language are known, so that what is left is a matter."""
    return language in ("zh", "zh-Hant", "en")


def strip_filler(text: str) -> str:
    """What of a text is no filler and no mark."""
    return _FILLER.sub(" ", _MARK.sub(" ", text))


def topic_words(topic: str, text: str) -> tuple[str, ...]:
    """What of a question stands in the text: what it quotes, else its longest runs of characters."""
    quoted = [q for q in quoted_in(topic) if q in text]
    if quoted:
        return tuple(quoted)
    best = [w for run in _runs(topic) if (w := _longest_shared(run, text.lower()))]
    length = max(map(len, best), default=0)
    return tuple(w for w in best if len(w) == length and length >= _MIN_SHARED)


def names_in(question: str, text: str) -> tuple[str, ...]:
    """Every run of characters of a question that stands in a lower-case text, each as long as can be."""
    names = []
    for run in _runs(to_simplified(question).lower()):
        start = 0
        while start <= len(run) - _MIN_SHARED:
            longest = min(len(run) - start, _MAX_NAME)
            lengths = range(longest, _MIN_SHARED - 1, -1)
            length = next((n for n in lengths if run[start : start + n] in text), 0)
            if length:
                names.append(run[start : start + length])
            start += max(1, length)
    return tuple(dict.fromkeys(names))


def _runs(topic: str) -> list[str]:
    """What of a question is no filler: its runs of characters and its words."""
    rest = _FILLER.sub(" ", topic)
    return [run for run in re.findall(r"[\u3400-\u9fff]+|[a-z0-9][a-z0-9+]+", rest) if len(run) > 1]


def _longest_shared(run: str, text: str) -> str:
    for length in range(len(run), _MIN_SHARED - 1, -1):
        for start in range(len(run) - length + 1):
            if run[start : start + length] in text:
                return run[start : start + length]
    return ""


def quoted_in(text: str) -> list[str]:
    """What a text has in quotation marks."""
    return _QUOTED.findall(text)


def strip_marks(text: str) -> str:
    """A marked question without its marks."""
    return _MARK.sub(" ", text)


def measures_holding(words: Sequence[str], document: Document) -> list[int]:
    """The measures that hold one of the words in their heading or text."""
    return [
        m.number
        for _, m in document.measures()
        if any(w in m.heading or w in m.span.slice(document.text) for w in words)
    ]


def measures_titled(words: Sequence[str], topic: str, document: Document) -> list[int]:
    """The measures with one of the words in their heading, or at its start if that is asked."""
    is_start = bool(re.search(r"开头|打头|start|begin", topic))
    return [
        m.number
        for _, m in document.measures()
        if any(m.heading.startswith(w) if is_start else w in m.heading for w in words)
    ]
