"""How the page names and opens a rule: its chip, its card, its full text with a mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.document import Clause, Document, Locator, Measure, Part, Span
from corpus.questions import clause_hash
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


class Standing(StrEnum):
    """Where the words that an answer quoted stand in the text as it is now: in their measure, in
    another, or nowhere."""

    HELD = "held"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A rule's full text in three pieces: before the mark, the marked words, after it.

    Words that stand there no more are not marked: then all of it is `before`. `measure` is None where a
    whole part is open.
    """

    document: Document
    part: Part
    measure: Measure | None
    locator: Locator
    before: str
    marked: str
    after: str
    standing: Standing = Standing.HELD

    @property
    def printed(self) -> str:
        """The address that people cite."""
        return self.locator.printed(self.document.title)


def name_place(locator: Locator, language: str, documents: Sequence[Document] = ()) -> str:
    """The short name on a chip: 第（十五）项, Measure 15; of several `documents` with the title of its own."""
    locator = locator.measure_locator
    titles = {document.id: document.title for document in documents}
    title = titles.get(locator.document_id, "") if len(titles) > 1 else ""
    if language == "zh":
        return locator.printed(title).removeprefix("《》")
    steps = (
        f"{_ENGLISH[s.kind]} {s.number}" + (f"-{s.suffix}" if s.suffix else "")
        for s in locator.path
    )
    return ", ".join((*((f"《{title}》",) if title else ()), *steps))


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
        )
        for c in citations
    )


def open_excerpt(documents: Iterable[Document], address: str, quote_sha: str = "") -> Excerpt:
    """The measure or part at an address, the words marked whose `clause_hash` is `quote_sha`.

    The text may have changed since they were quoted: they are looked for in their measure, then in
    the document's others. Without a hash the addressed clause is marked, or the whole measure.

    Raises:
        KeyError: no document has such a rule, nor the quoted words.
        ValueError: `address` is no locator.
    """
    locator = Locator.parse(address)
    for document in documents:
        if document.id == locator.document_id:
            if locator.path[-1].kind == "part":
                return _open_part(document, locator, quote_sha)
            if not quote_sha:
                part, measure, clause = document.find(locator)
                return _excerpt(document, part, measure, clause)
            return _find_quoted(document, locator, quote_sha)
    raise KeyError(address)


def _open_part(document: Document, locator: Locator, quote_sha: str) -> Excerpt:
    """A part with its heading marked; what is quoted of it is the heading or the whole."""
    number = locator.path[-1].number
    numbered = [part for part in _all_parts(document.parts) if (part.number or 0) == number]
    for part in numbered:
        heading = part.label + part.heading
        whole = part.span.slice(document.text)
        if quote_sha in ("", clause_hash(heading), clause_hash(whole)):
            mark = Span(part.span.start, part.span.start + len(heading))
            return _cut(document, part, None, locator, part.span, mark, Standing.HELD)
    for part in numbered:
        mark = Span(part.span.end, part.span.end)
        return _cut(document, part, None, locator, part.span, mark, Standing.CHANGED)
    raise KeyError(str(locator))


def _all_parts(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from _all_parts(part.parts)


def _find_quoted(document: Document, locator: Locator, quote_sha: str) -> Excerpt:
    def is_addressed(measure: Measure) -> bool:
        return document.locate(measure) == locator.measure_locator

    own_first = sorted(document.measures(), key=lambda found: not is_addressed(found[1]))
    for part, measure in own_first:
        standing = Standing.HELD if is_addressed(measure) else Standing.MOVED
        # A sentence may stand twice in a measure.
        clauses = sorted(measure.clauses, key=lambda c: document.locate(measure, c) != locator)
        for clause in clauses:
            if clause_hash(clause.span.slice(document.text)) == quote_sha:
                return _excerpt(document, part, measure, clause, standing)
        whole = measure.span.slice(document.text)
        if quote_sha in (clause_hash(measure.label + measure.heading), clause_hash(whole)):
            return _excerpt(document, part, measure, None, standing)
    part, measure, _ = document.find(locator.measure_locator)
    return _excerpt(document, part, measure, None, Standing.CHANGED)


def _excerpt(
    document: Document,
    part: Part,
    measure: Measure,
    clause: Clause | None,
    standing: Standing = Standing.HELD,
) -> Excerpt:
    whole = measure.span
    mark = clause.span if clause else whole
    if standing is Standing.CHANGED:
        mark = Span(whole.end, whole.end)
    locator = document.locate(measure, clause)
    return _cut(document, part, measure, locator, whole, mark, standing)


def _cut(
    document: Document,
    part: Part,
    measure: Measure | None,
    locator: Locator,
    whole: Span,
    mark: Span,
    standing: Standing,
) -> Excerpt:
    text = document.text
    return Excerpt(
        document=document,
        part=part,
        measure=measure,
        locator=locator,
        before=text[whole.start : mark.start],
        marked=mark.slice(text),
        after=text[mark.end : whole.end],
        standing=standing,
    )


def _heading(locator: Locator, documents: tuple[Document, ...]) -> str:
    for document in documents:
        if document.id == locator.document_id:
            try:
                return document.find(locator)[1].heading
            except KeyError:
                return ""
    return ""
