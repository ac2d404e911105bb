"""Questions about the parts of a document: their headings, how many there are, the longest."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import Document, Part
from rag.answer import Statement, Turn
from rag.recite import Reciter
from rag.references import Marked, load_references, normalize
from rag.wording import asks, knows_filler, weight

# More weight of other words than this, and a question is about a matter; in languages whose fillers
# are not known here, all words are other words.
OTHER_MATTER = 6
_OTHER_LANGUAGES = 14
# A part named by the beginning of its heading: 大宗消费那一部分.
_NAMED = re.compile(r"([\u3400-\u9fff]{2,12}?)(?:那|这|的)*(?:一|个|大)*(?:部分|部份|板块|章)")
_SHORTEST_NAME = 3
_LISTED = re.compile(r"分别|哪|叫|什么|列|小标题|name|which|what")


def wants_list(text: str) -> bool:
    """Whether a question that counts wants the things named as well."""
    return bool(_LISTED.search(text))


class Outline:
    """Reads one question against the parts of one document; each reading is None if it is none."""

    def __init__(self, document: Document, language: str, history: Sequence[Turn]) -> None:
        self._document = document
        self._is_read = knows_filler(language)
        self._history = history
        self._say = Reciter(document, language)

    def answer(self, marked: Marked) -> tuple[Statement, ...] | None:
        """By the most telling sign."""
        for read in (self._superlative, self._all, self._count, self._by_heading):
            statements = read(marked)
            if statements is not None:
                return statements
        return None

    def _superlative(self, marked: Marked) -> tuple[Statement, ...] | None:
        """Which part has the most or the fewest measures."""
        most, fewest = asks("most").search(marked.text), asks("fewest").search(marked.text)
        limit = OTHER_MATTER if self._is_read else 2 * _OTHER_LANGUAGES
        if not (most or fewest) or weight(marked.text) > limit:
            return None
        if not (asks("which_part").search(marked.text) or self._spoke_of_parts()):
            return None
        counts = [len(list(part.all_measures())) for part in self._document.parts]
        best = max(counts) if most else min(counts)
        pairs = zip(self._document.parts, counts, strict=True)
        return tuple(self._say.part(part) for part, n in pairs if n == best)

    def _spoke_of_parts(self) -> bool:
        return any(asks("which_part").search(normalize(t.content)) for t in self._history)

    def _all(self, marked: Marked) -> tuple[Statement, ...] | None:
        """All parts with their headings and, if measures are named, how many each has."""
        if not asks("outline").search(marked.text) or weight(marked.text) > OTHER_MATTER:
            return None
        counted = bool(re.search(load_references()["units"]["measure"], marked.text))
        return tuple(self._say.part(part, counted=counted) for part in self._document.parts)

    def _count(self, marked: Marked) -> tuple[Statement, ...] | None:
        """How many parts and measures there are in all, or in a part named by its heading."""
        if not asks("count").search(marked.text):
            return None
        if part := self._headed(marked.text):
            return self._say.part_in_full(part, listed=wants_list(marked.text))
        units = load_references()["units"]
        counted = {
            unit
            for unit in ("measure", "part")
            if re.search(f"(?:{asks('count').pattern}).{{0,3}}(?:{units[unit]})", marked.text)
        }
        named = any(re.search(units[unit], marked.text) for unit in ("measure", "part"))
        most = OTHER_MATTER // 2 if self._is_read else _OTHER_LANGUAGES
        rest = weight(asks("count").sub(" ", marked.text))
        # Who counts both speaks of the document, whatever else he tells.
        if not named or (rest > most and len(counted) < 2):
            return None
        return (self._say.counts(),)

    def _by_heading(self, marked: Marked) -> tuple[Statement, ...] | None:
        """A part named by its heading."""
        part = self._headed(marked.text)
        if part is None or weight(marked.text.replace(part.heading, " ")) > OTHER_MATTER:
            return None
        listed = bool(re.search(r"哪些|什么|几条|内容|包括|list|what", marked.text))
        return self._say.part_in_full(part, listed=listed)

    def _headed(self, text: str) -> Part | None:
        headed = [part for part in self._document.parts if part.heading]
        named = [part for part in headed if part.heading in text]
        for match in _NAMED.finditer(text) if not named else ():
            ends = (match[1][i:] for i in range(len(match[1]) - _SHORTEST_NAME + 1))
            begun = ([part for part in headed if part.heading.startswith(end)] for end in ends)
            named += next(filter(None, begun), [])
        return named[0] if len(named) == 1 else None
