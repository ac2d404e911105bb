"""How the page names and opens a rule: its chip, its card, its full text with a mark."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.document import Clause, Document, Locator, Measure, Part, Span
from index.passage import Hit
from rag.answer import Citation

_ENGLISH = {"measure": "Measure", "article": "Article", "part": "Part", "clause": "sentence"}
_CHINESE_TEXT = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One measure that bears on the question, with its best clause."""

    locator: Locator
    heading: str
    quote: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A measure's full text in three pieces: before the mark, the marked words, after it."""

    document: Document
    part: Part
    measure: Measure
    locator: Locator
    before: str
    marked: str
    after: str

    @property
    def printed(self) -> str:
        """The address that people cite."""
        return self.locator.printed(self.document.title)


def name_place(locator: Locator, language: str) -> str:
    """The short name on a chip: 第（十五）项, Measure 15."""
    locator = locator.measure_locator
    if language == "zh":
        return locator.printed("").removeprefix("《》")
    steps = (
        f"{_ENGLISH[s.kind]} {s.number}" + (f"-{s.suffix}" if s.suffix else "")
        for s in locator.path
    )
    return ", ".join(steps)


def is_chinese(text: str) -> bool:
    """Whether the text has Chinese characters."""
    return bool(_CHINESE_TEXT.search(text))


def cards_of(hits: Iterable[Hit]) -> tuple[Card, ...]:
    """One card a measure, in the order of its best hit, which it quotes."""
    cards: dict[Locator, Card] = {}
    for hit in hits:
        passage = hit.passage
        card = Card(
            locator=passage.locator,
            heading=passage.heading_path[-1] if passage.heading_path else "",
            quote=passage.text,
            span=passage.span,
        )
        cards.setdefault(passage.locator.measure_locator, card)
    return tuple(cards.values())


def nearby_cards(citations: Iterable[Citation], documents: Iterable[Document]) -> tuple[Card, ...]:
    """One card a citation, headed by its measure's heading."""
    documents = tuple(documents)
    return tuple(
        Card(
            locator=c.locator,
            heading=_heading(c.locator, documents),
            quote=c.quote,
            span=c.span,
        )
        for c in citations
    )


def open_excerpt(documents: Iterable[Document], address: str, start: int, end: int) -> Excerpt:
    """The measure at an address, with the characters from `start` to `end` of its document marked.

    Offsets that do not lie in the measure mark the addressed clause, or the whole measure.

    Raises:
        KeyError: no document has such a rule.
        ValueError: `address` is no locator.
    """
    locator = Locator.parse(address)
    for document in documents:
        if document.id == locator.document_id:
            part, measure, clause = document.find(locator)
            mark = _mark(measure, clause, start, end)
            text, whole = document.text, measure.span
            return Excerpt(
                document=document,
                part=part,
                measure=measure,
                locator=locator,
                before=text[whole.start : mark.start],
                marked=mark.slice(text),
                after=text[mark.end : whole.end],
            )
    raise KeyError(address)


def _mark(measure: Measure, clause: Clause | None, start: int, end: int) -> Span:
    if measure.span.start <= start < end <= measure.span.end:
        return Span(start, end)
    return clause.span if clause else measure.span


def _heading(locator: Locator, documents: tuple[Document, ...]) -> str:
    for document in documents:
        if document.id == locator.document_id:
            try:
                return document.find(locator)[1].heading
            except KeyError:
                return ""
    return ""
