"""What is searched and what is found: passages, each one clause or record, and hits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from corpus.document import Document, Locator, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One clause, or one record of a foreign corpus; `document.text[span]` is its text.

    `heading_path` are the headings above it, outermost first. `n_tokens` counts what is embedded,
    headings included. `id` derives from locator and text, so that rebuilds keep it; a record's
    passage keeps the record's own id.
    """

    id: str
    locator: Locator
    text: str
    heading_path: tuple[str, ...]
    span: Span
    n_tokens: int

    @property
    def embedded_text(self) -> str:
        """What the encoders read: the headings, then the text."""
        return "。".join((*self.heading_path, self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage with its rank, from 1. A rank of None: absent from that list."""

    passage: Passage
    rank: int
    score: float
    dense_rank: int | None
    lexical_rank: int | None


def passage_id(locator: Locator, text: str) -> str:
    """An id of ten hex digits that only a changed address or text changes."""
    return "p" + hashlib.sha256(f"{locator}\n{text}".encode()).hexdigest()[:10]


def cut_passages(
    documents: Iterable[Document], count_tokens: Callable[[str], int]
) -> tuple[Passage, ...]:
    """The clauses of the documents as passages, in the order of the texts."""
    passages = []
    for document in documents:
        for part, measure in document.measures():
            for clause in measure.clauses:
                locator = document.locate(measure, clause)
                text = clause.span.slice(document.text)
                headings = tuple(h for h in (part.heading, measure.heading) if h)
                passages.append(
                    Passage(
                        id=passage_id(locator, text),
                        locator=locator,
                        text=text,
                        heading_path=headings,
                        span=clause.span,
                        n_tokens=count_tokens("。".join((*headings, text))),
                    )
                )
    return tuple(passages)
