"""A policy's structure out of its text: preamble, parts, measures, clauses, closing.

`python -m corpus.parse FILE` prints it as JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.clean import MEASURE_MARK, PART_MARK, CleanText, clean
from corpus.cut import cut_sentences
from corpus.document import Clause, Document, Measure, Part, Span
from corpus.errors import PolicyQAError
from corpus.manifest import Facts, facts_of
from corpus.numerals import parse_numeral

# A measure's heading is its first sentence; a longer one is the rule itself, without a heading.
_HEADING_LIMIT = 40


@dataclass(slots=True)
class _Draft:
    """The structure while it is read, paragraph by paragraph."""

    text: str
    parts: list[Part] = field(default_factory=list)
    open_part: tuple[Span, int | None, str, str] | None = None
    measures: list[Measure] = field(default_factory=list)
    next_measure: int = 1
    next_part: int = 1
    others: list[Span] = field(default_factory=list)

    def read(self, paragraph: Span) -> None:
        """Take one paragraph: a part's heading, a measure, or neither."""
        line = paragraph.slice(self.text)
        part, measure = PART_MARK.match(line), MEASURE_MARK.match(line)
        if part and parse_numeral(part[1]) == self.next_part:
            self._close_part()
            heading = line[part.end() :].strip()
            self.open_part = (paragraph, self.next_part, part[0], heading)
            self.next_part += 1
        elif measure and parse_numeral(measure[1]) == self.next_measure:
            self.measures.append(_read_measure(self.text, paragraph, measure, self.next_measure))
            self.next_measure += 1
        else:
            self.others.append(paragraph)

    def _close_part(self) -> None:
        if self.open_part is None and not self.measures:
            return
        first = self.measures[0].span if self.measures else Span(0, 0)
        span, number, label, heading = self.open_part or (first, None, "", "")
        end = self.measures[-1].span.end if self.measures else span.end
        self.parts.append(
            Part(
                kind="part",
                number=number,
                suffix=0,
                label=label,
                heading=heading,
                span=Span(_line_start(self.text, span.start), end),
                measures=tuple(self.measures),
            )
        )
        self.measures, self.open_part = [], None

    def finish(self) -> tuple[tuple[Part, ...], Span | None, Span | None, tuple[Span, ...]]:
        """Parts, preamble, closing and what is none of them."""
        self._close_part()
        if not self.parts:
            return (), None, None, tuple(self.others)
        before = [s for s in self.others if s.end <= self.parts[0].span.start]
        after = [s for s in self.others if s.start >= self.parts[-1].span.end]
        between = tuple(s for s in self.others if s not in before and s not in after)
        return tuple(self.parts), _around(before), _around(after), between


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _around(spans: list[Span]) -> Span | None:
    return Span(spans[0].start, spans[-1].end) if spans else None


def _read_measure(text: str, paragraph: Span, mark: re.Match[str], number: int) -> Measure:
    """A measure from its paragraph: label, heading up to the first full stop, clauses."""
    body = paragraph.start + mark.end()
    stop = text.find("。", body, paragraph.end)
    heading = ""
    if 0 <= stop - body <= _HEADING_LIMIT and stop + 1 < paragraph.end:
        heading, body = text[body:stop].strip(), stop + 1
    spans = cut_sentences(text, Span(body, paragraph.end))
    return Measure(
        kind="measure",
        number=number,
        suffix=0,
        label=mark[0],
        heading=heading,
        span=Span(spans[0].start if spans else body, paragraph.end),
        clauses=tuple(Clause(number=i, span=s) for i, s in enumerate(spans, start=1)),
    )


def parse(cleaned: CleanText, facts: Facts) -> Document:
    """The structure of a clean text.

    Text that belongs to no part lies in `preamble` (before the first part), `closing` (behind the
    last) or `unparsed`; a text without any numbered measure is all `unparsed`.
    """
    draft = _Draft(cleaned.text)
    for match in re.finditer(r"\S[^\n]*", cleaned.text):
        draft.read(Span(match.start(), match.end()))
    parts, preamble, closing, unparsed = draft.finish()
    return Document(
        **facts.model_dump(include=Facts.DOCUMENT_FIELDS),
        sha256=hashlib.sha256(cleaned.text.encode()).hexdigest(),
        text=cleaned.text,
        preamble=preamble,
        parts=parts,
        closing=closing,
        unparsed=unparsed,
        left_out=cleaned.left_out,
    )


def load_document(path: Path) -> Document:
    """The document in a file, with the facts that the manifest beside it holds.

    Raises:
        PolicyQAError: the file is missing, empty or not UTF-8 text.
    """
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyQAError(
            f"{path} could not be read ({error}); wanted a text file in UTF-8."
        ) from error
    cleaned = clean(source)
    return parse(cleaned, facts_of(path, announced_title=cleaned.title))


def _measure_record(document: Document, measure: Measure) -> dict[str, Any]:
    return {
        "kind": measure.kind,
        "number": measure.number,
        "suffix": measure.suffix,
        "label": measure.label,
        "heading": measure.heading,
        "text": measure.span.slice(document.text),
        "start": measure.span.start,
        "end": measure.span.end,
        "clauses": [
            {
                "number": clause.number,
                "text": clause.span.slice(document.text),
                "start": clause.span.start,
                "end": clause.span.end,
            }
            for clause in measure.clauses
        ],
    }


def _part_record(document: Document, part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "number": part.number,
        "label": part.label,
        "heading": part.heading,
        "start": part.span.start,
        "end": part.span.end,
        "measures": [_measure_record(document, m) for m in part.measures],
        "parts": [_part_record(document, p) for p in part.parts],
    }


def document_record(document: Document) -> dict[str, Any]:
    """A document as JSON values, in the form that `corpus.parse` prints."""
    return {
        "id": document.id,
        "title": document.title,
        "text": document.text,
        "preamble": document.preamble.slice(document.text) if document.preamble else "",
        "parts": [_part_record(document, part) for part in document.parts],
        "closing": document.closing.slice(document.text) if document.closing else "",
        "unparsed": [span.slice(document.text) for span in document.unparsed],
        "left_out": list(document.left_out),
    }


def main() -> int:
    """Print a document's structure: indented for reading, on one line with --json."""
    parser = argparse.ArgumentParser(prog="corpus.parse", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="on one line, for programs")
    args = parser.parse_args()
    try:
        record = document_record(load_document(args.file))
    except PolicyQAError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(record, ensure_ascii=False, indent=None if args.json else 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
