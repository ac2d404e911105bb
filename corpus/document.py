"""What a policy is made of: a document, its parts, measures and clauses, and their addresses."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.numerals import format_numeral


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open character offsets [start, end) into the owner's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"wanted 0 <= start <= end, got {self.start}, {self.end}")

    def slice(self, text: str) -> str:
        """The characters of `text` that the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One level of an address: 第一百二十条之一 is kind article, number 120, suffix 1.

    `number` is 0 for an unnumbered unit, `suffix` 0 where there is none.
    """

    kind: str
    number: int
    suffix: int = 0

    def __str__(self) -> str:
        return f"{self.kind}:{self.number}" + (f"-{self.suffix}" if self.suffix else "")


_STEP = re.compile(r"([a-z]+):(\d+)(?:-(\d+))?")


@dataclass(frozen=True, slots=True, order=True)
class Locator:
    """The address of a rule: printable, parseable, sortable, unique.

    Measures are numbered through the whole document, so a measure's path does not name its part.
    """

    document_id: str
    path: tuple[Step, ...]

    def __str__(self) -> str:
        return f"{self.document_id}#" + "/".join(map(str, self.path))

    @classmethod
    def parse(cls, text: str) -> Locator:
        """Read back what `str` printed.

        Raises:
            ValueError: the text is no locator.
        """
        document_id, sign, path = text.partition("#")
        matches = [_STEP.fullmatch(step) for step in path.split("/")]
        if not (document_id and sign and all(matches)):
            raise ValueError(f"not a locator (wanted ID#measure:15/clause:2): {text!r}")
        steps = (Step(m[1], int(m[2]), int(m[3] or 0)) for m in matches if m)
        return cls(document_id, tuple(steps))

    @property
    def measure(self) -> int | None:
        """The number of the measure or article addressed; None for a part or a preamble."""
        return next((s.number for s in self.path if s.kind in ("measure", "article")), None)

    @property
    def measure_locator(self) -> Locator:
        """The address of the measure that holds this rule."""
        kept = tuple(s for s in self.path if s.kind != "clause")
        return Locator(self.document_id, kept)

    def printed(self, title: str) -> str:
        """The form people cite: 《提振消费专项行动方案》第（十五）项."""
        return f"《{title}》" + "".join(_PRINTED[s.kind](s) for s in self.path)


def _suffix(step: Step) -> str:
    return f"之{format_numeral(step.suffix)}" if step.suffix else ""


_PRINTED = {
    "part": lambda s: f"第{format_numeral(s.number)}部分",
    "measure": lambda s: f"第（{format_numeral(s.number)}）项{_suffix(s)}",
    "article": lambda s: f"第{format_numeral(s.number)}条{_suffix(s)}",
    "clause": lambda s: f"第{format_numeral(s.number)}句",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A sentence of a measure; `document.text[span]` is its text."""

    number: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The numbered rule that people cite; `document.text[span]` is what follows its heading."""

    kind: str
    number: int
    suffix: int
    label: str
    heading: str
    span: Span
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A headed group of measures; its span runs from its heading to its last measure's end.

    A document without parts has one part whose number is None.
    """

    kind: str
    number: int | None
    suffix: int
    label: str
    heading: str
    span: Span
    measures: tuple[Measure, ...]
    parts: tuple[Part, ...] = ()

    def all_measures(self) -> Iterator[Measure]:
        """The measures of this part and of the parts within it, in the order of the text."""
        yield from self.measures
        for part in self.parts:
            yield from part.all_measures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A policy: its clean text and its structure. A fact that the source does not give is empty.

    Every character of `text` but line ends is in the preamble, a part, the closing or `unparsed`.
    `left_out` are the pieces of the source that are not the document: other articles, furniture.
    """

    id: str
    title: str
    issuer: str
    document_number: str
    issued_on: dt.date | None
    published_on: dt.date | None
    in_force_from: dt.date | None
    repealed_on: dt.date | None
    source_url: str
    sha256: str
    text: str
    preamble: Span | None
    parts: tuple[Part, ...]
    closing: Span | None
    unparsed: tuple[Span, ...]
    left_out: tuple[str, ...]

    def measures(self) -> Iterator[tuple[Part, Measure]]:
        """Every measure with the top-level part that holds it, in the order of the text."""
        for part in self.parts:
            for measure in part.all_measures():
                yield part, measure

    def locate(self, measure: Measure, clause: Clause | None = None) -> Locator:
        """The address of a measure, or of one of its clauses."""
        path = (Step(measure.kind, measure.number, measure.suffix),)
        return Locator(self.id, path + ((Step("clause", clause.number),) if clause else ()))

    def find(self, locator: Locator) -> tuple[Part, Measure, Clause | None]:
        """The rule at an address.

        Raises:
            KeyError: this document has no such rule.
        """
        for part, measure in self.measures():
            if self.locate(measure) == locator.measure_locator:
                if locator.path[-1].kind != "clause":
                    return part, measure, None
                for clause in measure.clauses:
                    if clause.number == locator.path[-1].number:
                        return part, measure, clause
        raise KeyError(str(locator))
