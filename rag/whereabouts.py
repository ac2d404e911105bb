"""Which measures speak of something: 育儿补贴在第几条, every sentence with a word, a title."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from corpus.document import Document, Measure
from rag.answer import Statement
from rag.extent import is_compound
from rag.recite import Reciter
from rag.references import Marked
from rag.wording import (
    asks,
    measures_holding,
    measures_titled,
    quoted_in,
    strip_filler,
    topic_words,
    weight,
)

_MAX_FOUND = 8
_SHORTEST = 2
_HAN = re.compile(r"[\u3400-\u9fff]")
_MOST_HAN, _MOST_WORDS, _LEAST_COVERED = 6, 16, 0.6
_YEAR = re.compile(r"\d{4}年?")
# This asks what the measures are, and of one alone all that it says.
_WHAT = re.compile(r"有(?:哪些|什么)(?:具体)?措施")
# A word named as a word, without quotation marks: 民宿这两个字, 提到民宿的有几处, 民宿被提到几回.
_NAMED = re.compile(
    r"([\u3400-\u9fff]{2,8}?)(?:这|那)?[一二两三四五六七八]个字|"
    r"(?:提|写|讲|说)(?:到|及|了)?过?([\u3400-\u9fff]{2,8}?)的(?:地方)?(?:一共|总共|都)?有(?:几|多少)处|"
    r"([\u3400-\u9fff]{2,8}?)(?:一共|总共|都)*被(?:提|写|讲|说)(?:到|及|了|过)*(?:几|多少)[处回次]"
)


class Whereabouts:
    """Reads one question against one document.

    `best_measure` gives the number of the measure that a search finds first, or None.
    """

    def __init__(
        self, document: Document, language: str, best_measure: Callable[[str], int | None]
    ) -> None:
        self._document = document
        self._best_measure = best_measure
        self._measures = {measure.number: measure for _, measure in document.measures()}
        self._say = Reciter(document, language)

    def answer(self, marked: Marked) -> tuple[Statement, ...] | None:
        """The places; none of them when a title that is quoted does not exist, None if not asked."""
        if mentions := self._mentions(marked):
            return mentions
        asked = asks("which_measure")
        if not asked.search(marked.text):
            return None
        topic = asked.sub(" ", marked.text)
        if is_compound(topic) and not quoted_in(topic):
            return None
        words = topic_words(topic, self._document.text)
        if _is_told_at_length(topic, words):
            return None
        by_title = bool(asks("title").search(marked.text))
        if by_title and quoted_in(topic) and not words:
            return ()
        found = measures_titled(words, topic, self._document) if by_title else []
        found = found or measures_holding(words, self._document)
        if len(found) > _MAX_FOUND and not quoted_in(topic):
            return None  # 消费 is what the whole document is about, no matter of its own
        if not found and weight(topic) and (number := self._best_measure(topic)):
            found = [number]
        if len(found) == 1 and _WHAT.search(marked.text):
            return None
        statements: list[Statement] = []
        for number in found[:_MAX_FOUND]:
            statements.append(self._say.measure(self._measures[number]))
            if not by_title:
                statements += self._holding(self._measures[number], words)[:1]
        return tuple(statements) or None

    def _mentions(self, marked: Marked) -> tuple[Statement, ...]:
        """写着“试点”的都有哪些: every sentence that holds what is named as a word, or the year."""
        if not (asks("mentions").search(marked.text) and asks("every").search(marked.text)):
            return ()
        words = (*quoted_in(marked.text), *_YEAR.findall(marked.text), *self._named(marked.text))
        measures = self._measures.values()
        return tuple(s for measure in measures for s in self._holding(measure, words))

    def _named(self, text: str) -> list[str]:
        """The end of what is named that stands in the document: of 跟二手两个字 it is 二手."""
        held = []
        for match in _NAMED.finditer(text):
            run = next(filter(None, match.groups()))
            ends = (run[start:] for start in range(len(run) - _SHORTEST + 1))
            held += [end for end in ends if end in self._document.text][:1]
        return held

    def _holding(self, measure: Measure, words: tuple[str, ...]) -> list[Statement]:
        text = self._document.text
        held = [c for c in measure.clauses if any(w in c.span.slice(text) for w in words)]
        return [self._say.clause(measure, clause) for clause in held]


def _is_told_at_length(topic: str, words: Sequence[str]) -> bool:
    """Whether a matter is told in many words of which few stand in the document: for the search."""
    covered = sum(map(len, words)) / max(1, weight(topic))
    is_long = weight(topic) > _MOST_WORDS or len(_HAN.findall(strip_filler(topic))) > _MOST_HAN
    return is_long and covered < _LEAST_COVERED and not quoted_in(topic)
