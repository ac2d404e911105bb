"""A document's rules as statements: their labels, headings, words and numbers, each with its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from corpus.document import Clause, Document, Locator, Measure, Part, Span, Step
from corpus.numerals import format_numeral
from rag.answer import Citation, Label, Method, Statement, Verdict
from rag.compose import EMPTY, render
from rag.findings import Finding, FindingKind
from rag.language import is_chinese, to_traditional

COUNTED = Verdict(
    label=Label.SUPPORTED,
    score=1.0,
    method=Method.COUNT,
    finding=Finding(kind=FindingKind.COUNTED),
)


def heading_citation(document: Document, measure: Measure) -> Citation:
    """A measure cited by its label and heading."""
    head = measure.label + measure.heading
    start = document.text.rindex(head, 0, measure.span.start) if measure.heading else None
    span = measure.span if start is None else Span(start, start + len(head))
    return Citation(locator=document.locate(measure), quote=span.slice(document.text), span=span)


def _whole_citation(document: Document, measure: Measure) -> Citation:
    """A measure cited with all of its sentences."""
    quote = measure.span.slice(document.text)
    return Citation(locator=document.locate(measure), quote=quote, span=measure.span)


def _part_citation(document: Document, part: Part, *, whole: bool) -> Citation:
    """A part cited by its label and heading, or `whole`, so that its measures can be counted."""
    head = Span(part.span.start, part.span.start + len(part.label + part.heading))
    span = part.span if whole else head
    locator = Locator(document.id, (Step("part", part.number or 0),))
    return Citation(locator=locator, quote=span.slice(document.text), span=span)


class Reciter:
    """Says of a document what it is made of, in Chinese or in English."""

    def __init__(
        self, document: Document, language: str, renderings: Mapping[str, str] = EMPTY
    ) -> None:
        """`renderings` are clauses in the reader's language, by the hash of their own words."""
        self._document = document
        self._language = language
        self._chinese = is_chinese(language)
        self._renderings = renderings

    def _written(self, text: str) -> str:
        return to_traditional(text) if self._language == "zh-Hant" else text

    def measure(self, measure: Measure) -> Statement:
        """Its label and heading."""
        citation = heading_citation(self._document, measure)
        if self._chinese or not measure.heading:
            return render(citation, self._language)
        text = f"Measure {measure.number}: {citation.quote}"
        return Statement(text=self._written(text), citations=(citation,), verdict=COUNTED)

    def clause(self, measure: Measure, clause: Clause) -> Statement:
        """Its own words, or those kept for it."""
        quote = clause.span.slice(self._document.text)
        locator = self._document.locate(measure, clause)
        citation = Citation(locator=locator, quote=quote, span=clause.span)
        return render(citation, self._language, self._renderings)

    def measure_in_full(self, measure: Measure) -> list[Statement]:
        """Its label and heading, then its clauses."""
        head = [self.measure(measure)] if measure.heading else []
        return head + [self.clause(measure, clause) for clause in measure.clauses]

    def clause_count(self, measure: Measure) -> Statement:
        """How many sentences it has."""
        title, n = heading_citation(self._document, measure).quote, len(measure.clauses)
        text = f"{title} ({n} sentences)"
        if self._chinese:
            text = f"{title}：正文共{n}句（{format_numeral(n)}句）。"
        citation = _whole_citation(self._document, measure)
        return Statement(text=self._written(text), citations=(citation,), verdict=COUNTED)

    def part(self, part: Part, *, counted: bool = True) -> Statement:
        """Its place, label and heading and, if `counted`, how many measures it has, from which to which."""
        heading = part.label + part.heading
        numbers = [m.number for m in part.all_measures()] if counted else []
        n, ends = len(numbers), numbers[:: max(1, len(numbers) - 1)]
        if self._chinese:
            place = f"第{format_numeral(part.number)}部分" if part.number else ""
            run = "至".join(f"（{format_numeral(number)}）" for number in ends)
            text = f"{place}：{heading}" + (f"（共{n}条措施，第{run}条）" if n else "")
        else:
            run = "–".join(map(str, ends))
            count = f" ({n} measure{'s' * (n > 1)}: {run})" if n else ""
            text = f"Part {part.number}: {heading}{count}"
        citation = _part_citation(self._document, part, whole=n > 0)
        return Statement(text=self._written(text), citations=(citation,), verdict=COUNTED)

    def part_in_full(
        self, part: Part, *, listed: bool, counted: bool = True
    ) -> tuple[Statement, ...]:
        """Its heading, with the number of its measures if `counted`, then, if `listed`, theirs."""
        measures = part.all_measures() if listed else ()
        return (self.part(part, counted=counted), *map(self.measure, measures))

    def parts_of(self, numbers: Collection[int]) -> tuple[Statement, ...]:
        """The parts that hold these measures, each before its measures."""
        statements: list[Statement] = []
        for part in self._document.parts:
            if own := [m for m in part.all_measures() if m.number in numbers]:
                statements += [self.part(part, counted=False), *map(self.measure, own)]
        return tuple(statements)

    def counts(self) -> Statement:
        """How many parts and measures there are, with every part as the evidence."""
        parts, n_measures = self._document.parts, sum(1 for _ in self._document.measures())
        text = f"The document has {len(parts)} parts and {n_measures} measures in all."
        if self._chinese:
            title = self._document.title
            text = f"《{title}》共{len(parts)}个部分、{n_measures}条措施。"
        citations = tuple(_part_citation(self._document, part, whole=True) for part in parts)
        return Statement(text=self._written(text), citations=citations, verdict=COUNTED)
