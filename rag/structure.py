"""Questions about the document's build, answered from the Document without any model.

What a measure says by its number, what a part holds, how many there are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Document, Locator, Measure, Part, Span, Step
from corpus.numerals import CHINESE_NUMERAL, parse_numeral
from rag.answer import Citation, Statement, Verdict
from rag.check.verdict import VERBATIM
from rag.language import is_chinese, to_simplified

_NUMBER = rf"({CHINESE_NUMERAL}|\d{{1,4}}|最后一)"
_ENGLISH_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
).split()
_ENGLISH_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
).split()
_ENGLISH_NUMBER = rf"(\d{{1,4}}|{'|'.join(_ENGLISH_NUMBERS[1:])})"
_MEASURE = re.compile(
    rf"第?\s*[(（]\s*{_NUMBER}\s*[)）]\s*(?:项|条|点|款)?|第?\s*{_NUMBER}\s*(?:条|项|点)(?:措施|政策|举措|内容|规定)?"
    rf"|\b(?:measure|article|item|point|clause)\s*(?:number|no\.?|#)?\s*[(（]?{_ENGLISH_NUMBER}\b[)）]?",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"第?\s*{_NUMBER}\s*(?:个)?(?:大)?(?:部分|大项|章|方面)"
    rf"|\b(?:part|section|chapter)\s*(?:number|no\.?|#)?\s*{_ENGLISH_NUMBER}\b"
    rf"|\b(?:the\s+)?({'|'.join(_ENGLISH_ORDINALS[1:])})\s+(?:part|section|chapter)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"(?:多少|几)\s*(?:个)?(?:条|项|点|部分|大部分|方面|章|大项)|"
    r"how many (?:\w+ )?(?:measures?|parts?|sections?|articles?|items?|points?|chapters?)",
    re.IGNORECASE,
)
_NAMED_MEASURE = re.compile(
    rf"第\s*[(（]?\s*({CHINESE_NUMERAL}|\d{{1,4}})\s*[)）]?\s*(?:条|项)|\b(?:measure|article)\s+(\d{{1,4}})\b",
    re.IGNORECASE,
)
# What may stand around a reference in a question about the build; anything else is a matter.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureReply:
    """Statements out of the Document; none when the number asked for does not exist."""

    statements: tuple[Statement, ...]


def _is_about_structure(question: str, reference: re.Pattern[str]) -> bool:
    rest = reference.sub(" ", question)
    rest = re.sub(r"《[^》]*》", " ", rest)
    rest = _FILLER.sub("", rest)
    return not re.sub(r"[\W_]", "", rest)


def _number(match: re.Match[str], last: int) -> int:
    text = next(g for g in match.groups() if g is not None).lower()
    if text == "最后一":
        return last
    for names in (_ENGLISH_NUMBERS, _ENGLISH_ORDINALS):
        if text in names:
            return names.index(text)
    return parse_numeral(text)


def answer_structure(
    question: str, documents: Sequence[Document], language: str
) -> StructureReply | None:
    """The reply to a question about the build, or None for any other question."""
    if not documents:
        return None
    question = to_simplified(unicodedata.normalize("NFKC", question))
    document = next((d for d in documents if d.title in question), documents[0])
    measures = list(document.measures())
    if (match := _PART.search(question)) and _is_about_structure(question, _PART):
        number = _number(match, len(document.parts))
        part = next((p for p in document.parts if p.number == number), None)
        return StructureReply(statements=_part_statements(document, part) if part else ())
    if (match := _COUNT.search(question)) and _is_about_structure(question, _COUNT):
        return StructureReply(statements=(_count_statement(document, measures, language),))
    if (match := _MEASURE.search(question)) and _is_about_structure(question, _MEASURE):
        number = _number(match, measures[-1][1].number if measures else 0)
        measure = next((m for _, m in measures if m.number == number), None)
        return StructureReply(statements=_measure_statements(document, measure) if measure else ())
    if _names_missing_measure(question, {m.number for _, m in measures}):
        return StructureReply(statements=())
    return None


def _names_missing_measure(question: str, numbers: set[int]) -> bool:
    """Whether a question about some matter leans on a measure that does not exist."""
    named = [parse_numeral(m[1] or m[2]) for m in _NAMED_MEASURE.finditer(question)]
    return any(number not in numbers for number in named)


def heading_citation(document: Document, measure: Measure) -> Citation:
    """A measure cited by its label and heading."""
    head = measure.label + measure.heading
    start = document.text.rindex(head, 0, measure.span.start) if measure.heading else None
    span = measure.span if start is None else Span(start, start + len(head))
    return Citation(locator=document.locate(measure), quote=span.slice(document.text), span=span)


def _statement(text: str, *citations: Citation, verdict: Verdict = VERBATIM) -> Statement:
    return Statement(text=text, citations=citations, verdict=verdict)


def _measure_statements(document: Document, measure: Measure) -> tuple[Statement, ...]:
    """Its label and heading, then its clauses."""
    citations = [heading_citation(document, measure)] if measure.heading else []
    for clause in measure.clauses:
        quote = clause.span.slice(document.text)
        locator = document.locate(measure, clause)
        citations.append(Citation(locator=locator, quote=quote, span=clause.span))
    return tuple(_statement(c.quote, c) for c in citations)


def _part_statements(document: Document, part: Part) -> tuple[Statement, ...]:
    citations = [heading_citation(document, m) for m in part.all_measures()]
    return tuple(_statement(c.quote, c) for c in citations)


def _count_statement(
    document: Document, measures: list[tuple[Part, Measure]], language: str
) -> Statement:
    """How many parts and measures there are, with every part's heading as the evidence."""
    citations = []
    for part in document.parts:
        head = part.label + part.heading
        span = Span(part.span.start, part.span.start + len(head))
        locator = Locator(document.id, (Step("part", part.number or 0),))
        citations.append(Citation(locator=locator, quote=head, span=span))
    n_parts, n_measures = len(document.parts), len(measures)
    text = f"The document has {n_parts} parts and {n_measures} measures in all."
    if is_chinese(language):
        text = f"《{document.title}》共{n_parts}个部分、{n_measures}条措施。"
    verdict = Verdict(
        label=VERBATIM.label, score=1.0, method="count", reason="counted in the document"
    )
    return _statement(text, *citations, verdict=verdict)
