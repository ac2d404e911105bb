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


_FIRST = re.compile(r"(?:打头|开头|最前面|头)的?(?:那|这)?(?:第?一|个)?(?=条|项|点|部分|章)")
_LAST = re.compile(r"(?:最末尾?|末尾|最后面?|结尾)的?(?:那|这)?(?:一|个)?(?=条|项|点|部分|章)")
_FOREIGN_COUNT = re.compile(
    r"сколько[^?]{0,20}(?:раздел|мер\b|пункт|част)|combien de (?:mesures|parties|sections|chapitres)|"
    r"cu[aá]nt[ao]s (?:medidas|partes|secciones|apartados)|wie viele (?:ma(?:ß|ss)nahmen|teile|abschnitte)|"
    r"(?:いくつの|何個の)(?:措置|部分|項目|章)|何(?:項目|部|章)(?:あり|に分|から)|"
    r"몇 ?(?:개|가지)의? ?(?:조치|부분|항목|장)|كم (?:عدد )?(?:ال)?(?:إجراء|تدبير|قسم|بند|أقسام|إجراءات)",
    re.IGNORECASE,
)
_FOREIGN_MEASURE = re.compile(
    r"\b(?:mesure|medida|ma(?:ß|ss)nahme|punkt|мер[аеуы]|пункт[аеу]?)\s*(?:no\.?|n°|nr\.?|№)?\s*(\d{1,3})\b|"
    r"(\d{1,3}) ?번째? ?(?:조치|항목|조)|제 ?(\d{1,3}) ?(?:항|조)|(?:الإجراء|البند|التدبير)(?: رقم)? (\d{1,3})|"
    r"第 ?(\d{1,3}) ?[项條条](?=[\u3041-\u30ff])",
    re.IGNORECASE,
)
_FOREIGN_WORDS = 10
_COUNTED = Verdict(
    label=VERBATIM.label, score=1.0, method="count", reason="counted in the document"
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
    question = _with_ordinals(question)
    if (match := _PART.search(question)) and _is_about_structure(question, _PART):
        number = _number(match, len(document.parts))
        part = next((p for p in document.parts if p.number == number), None)
        statements = _part_statements(document, part, language) if part else ()
        return StructureReply(statements=statements)
    is_count = bool(_COUNT.search(question)) and _is_about_structure(question, _COUNT)
    if is_count or _FOREIGN_COUNT.search(question):
        return StructureReply(statements=(_count_statement(document, measures, language),))
    if numbers := _measures_asked(question, measures[-1][1].number if measures else 0):
        found = [m for _, m in measures if m.number in numbers]
        statements = tuple(s for m in found for s in _measure_statements(document, m))
        return StructureReply(statements=statements if len(found) == len(numbers) else ())
    if _names_missing_measure(question, {m.number for _, m in measures}):
        return StructureReply(statements=())
    return None


def _with_ordinals(question: str) -> str:
    """打头那条 and 最末尾一条 as numbers."""
    question = _FIRST.sub("第一", question)
    return _LAST.sub("第最后一", question)


def _measures_asked(question: str, last: int) -> set[int]:
    """The numbers of the measures that a question about the build names; else none."""
    if _is_about_structure(question, _MEASURE):
        return {_number(match, last) for match in _MEASURE.finditer(question)}
    # Beside the number such a short question in another language has room for little else.
    match = _FOREIGN_MEASURE.search(question)
    if match and len(question.split()) <= _FOREIGN_WORDS:
        return {int(next(g for g in match.groups() if g))}
    return set()


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


def _part_heading(document: Document, part: Part) -> Citation:
    """A part cited by its label and heading."""
    head = part.label + part.heading
    span = Span(part.span.start, part.span.start + len(head))
    locator = Locator(document.id, (Step("part", part.number or 0),))
    return Citation(locator=locator, quote=head, span=span)


def _part_statements(document: Document, part: Part, language: str) -> tuple[Statement, ...]:
    """Its heading with the number of its measures, then theirs."""
    head = _part_heading(document, part)
    measures = list(part.all_measures())
    n_measures = len(measures)
    text = f"{head.quote} ({n_measures} measures)"
    if is_chinese(language):
        text = f"{head.quote}（共{n_measures}条措施）"
    citations = [heading_citation(document, m) for m in measures]
    return (
        _statement(text, head, verdict=_COUNTED),
        *(_statement(c.quote, c) for c in citations),
    )


def _count_statement(
    document: Document, measures: list[tuple[Part, Measure]], language: str
) -> Statement:
    """How many parts and measures there are, with every part's heading as the evidence."""
    citations = [_part_heading(document, part) for part in document.parts]
    n_parts, n_measures = len(document.parts), len(measures)
    text = f"The document has {n_parts} parts and {n_measures} measures in all."
    if is_chinese(language):
        text = f"《{document.title}》共{n_parts}个部分、{n_measures}条措施。"
    return _statement(text, *citations, verdict=_COUNTED)
