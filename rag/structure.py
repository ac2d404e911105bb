"""Questions about the document's build, answered from the Document without any model.

What a measure says by its number, what a part holds, how many there are, which one speaks of what.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Clause, Document, Locator, Measure, Part, Span, Step
from corpus.numerals import format_numeral
from index.passage import Hit
from rag.answer import Citation, Reason, Statement, Turn, Verdict
from rag.asked import kinds_asked
from rag.check.verdict import VERBATIM
from rag.language import is_chinese, to_simplified
from rag.references import Marked, Reference, Unit, load_references, mark_references, normalize
from rag.select import pieces_of

# Words that may stand around a reference; a question with more than this of others is about a
# matter. A Chinese character weighs one, any other word two.
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
_MARK = re.compile(r"⟦[MPC]\d+⟧")
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_LISTED = re.compile(r"分别|哪|叫|什么|列|小标题|name|which|what")
_QUOTED = re.compile(r"[“\"'‘「『《]([^“”\"'‘’「」『』《》]{2,40})[”\"'’」』》]")
# “of part 3” beside a measure, 第二部分的 before one.
_WITHIN = re.compile(
    r"⟦P(\d+)⟧[的里中内下,、 ]*(?:面|头|边)?的?⟦M(\d+)⟧|"
    r"⟦M(\d+)⟧e?s? ?(?:of|in|de|en|in der|aus|von|dans|из|в|في|の)(?: the| la)? ?⟦P(\d+)⟧"
)
_OTHER_MATTER = 6
_LEANS = 2
# Words of other languages are no fillers here.
_OTHER_LANGUAGES = 14
_SHORT_LOOKUP = 12
_READ = ("zh", "zh-Hant", "en")
_MAX_FOUND = 8
_MIN_SHARED = 2
_COUNTED = Verdict(
    label=VERBATIM.label, score=1.0, method="count", reason="counted in the document"
)

Search = Callable[[str], tuple[Hit, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureReply:
    """Statements out of the Document; none, and a reason, when it has not what is asked for."""

    statements: tuple[Statement, ...]
    reason: Reason = Reason.NONE


_MISSING = StructureReply(statements=(), reason=Reason.NO_SUCH_MEASURE)


def answer_structure(
    question: str,
    documents: Sequence[Document],
    language: str,
    *,
    history: Sequence[Turn] = (),
    search: Search | None = None,
) -> StructureReply | None:
    """The reply to a question about the build, or None for any other question.

    `search` finds the measure that speaks of a matter (育儿补贴在第几条); without it only words
    that stand in the text are found.
    """
    if not documents:
        return None
    document = next((d for d in documents if d.title in to_simplified(question)), documents[0])
    reader = _Reader(document, language, history, search)
    return reader.answer(question.replace(f"《{document.title}》", " "))


@functools.cache
def _asks(name: str) -> re.Pattern[str]:
    return re.compile(load_references()["asks"][name], re.IGNORECASE)


def _weight(text: str) -> int:
    """How much a text says that is no filler."""
    rest = _FILLER.sub(" ", _MARK.sub(" ", text))
    return sum(1 if "\u3400" <= word[0] <= "\u9fff" else 2 for word in _WORD.findall(rest))


class _Reader:
    """Reads one question against one document."""

    def __init__(
        self, document: Document, language: str, history: Sequence[Turn], search: Search | None
    ) -> None:
        self._document = document
        self._language = language
        self._history = history
        self._search = search
        self._pairs = list(document.measures())
        self._measures = [measure for _, measure in self._pairs]
        self._parts = document.parts
        self._say = _Sayer(document, language)

    def answer(self, question: str) -> StructureReply | None:
        """By the most telling sign: a neighbour, a rule by number, a count, a heading, a place."""
        marked = mark_references(question)
        for read in (
            self._neighbour,
            self._by_number,
            self._superlative,
            self._outline,
            self._count,
            self._by_heading,
            self._place,
        ):
            reply = read(marked)
            if reply is not None:
                return reply
        return None

    def _neighbour(self, marked: Marked) -> StructureReply | None:
        """The rule before or after another: of this question, or of the conversation."""
        step = 1 if _asks("next").search(marked.text) else 0
        step = step or (-1 if _asks("previous").search(marked.text) else 0)
        rest = _asks("next" if step > 0 else "previous").sub(" ", marked.text)
        if not step or _weight(rest) > _OTHER_MATTER // 2:
            return None
        is_part = bool(re.search(load_references()["units"]["part"], marked.text))
        unit = Unit.PART if is_part and not marked.references else Unit.MEASURE
        focus = marked.references or self._focus(unit)
        if not focus:
            return None
        near = focus[-1 if step > 0 else 0]
        total = len(self._parts if near.unit is Unit.PART else self._measures)
        numbers = near.numbers(total)
        number = (numbers[-1] if step > 0 else numbers[0]) + step
        return self._tell(Reference(unit=near.unit, first=number, last=number), marked)

    def _focus(self, unit: Unit = Unit.MEASURE) -> tuple[Reference, ...]:
        """What the conversation spoke of last: a rule by number, else the measure searched for."""
        asked = [turn.content for turn in self._history if turn.role == "user"]
        moved = 0
        for turn in reversed(self._history):
            named = mark_references(turn.content)
            if kept := named.of(unit):
                return tuple(
                    Reference(unit=unit, first=r.first + moved, last=r.last + moved) for r in kept
                )
            if turn.role == "user":
                moved += bool(_asks("next").search(named.text))
                moved -= bool(_asks("previous").search(named.text))
        if not asked or self._search is None or unit is Unit.PART:
            return ()
        number = self._best_measure(asked[0] if moved else asked[-1])
        first = (number or 0) + moved
        return (Reference(unit=unit, first=first, last=first),) if number else ()

    def _by_number(self, marked: Marked) -> StructureReply | None:
        """What a measure or part named by its number holds, in whole or as far as is asked."""
        measures, parts = marked.of(Unit.MEASURE), marked.of(Unit.PART)
        is_part_asked = bool(_asks("part_of").search(marked.text))
        if not measures and not parts:
            return self._of_focus(marked, is_part_asked=is_part_asked)
        if (within := _WITHIN.search(marked.text)) and not is_part_asked:
            return self._within(marked, within)
        if measures:
            if not self._exist(measures):
                return _MISSING
            numbers = self._numbers(measures)
            if is_part_asked:
                return self._parts_of(numbers)
            if _weight(marked.text) > _SHORT_LOOKUP:
                return None
            return self._tell_measures(numbers, marked)
        if _weight(marked.text) > _SHORT_LOOKUP:
            return None
        if not self._exist(parts):
            return _MISSING
        statements = [s for part in parts for s in self._tell(part, marked).statements]
        return StructureReply(statements=tuple(statements))

    def _of_focus(self, marked: Marked, *, is_part_asked: bool) -> StructureReply | None:
        """它属于哪部分, 原文发我, 总共几句: of the measure that the conversation is about."""
        is_clause_asked = bool(re.search(load_references()["units"]["clause"], marked.text))
        asks_more = _asks("verbatim").search(marked.text) or (
            _asks("count").search(marked.text) and is_clause_asked
        )
        if not self._history or not (is_part_asked or marked.references or asks_more):
            return None
        rest = _asks("count").sub(" ", _asks("part_of").sub(" ", marked.text))
        numbers = self._numbers(self._focus()) if _weight(rest) <= _LEANS else []
        if not numbers or not self._exist(self._focus()):
            return None
        return self._parts_of(numbers) if is_part_asked else self._tell_measures(numbers, marked)

    def _within(self, marked: Marked, match: re.Match[str]) -> StructureReply:
        """第二部分第三条: counted inside the part."""
        part_at, measure_at = (match[1], match[2]) if match[1] else (match[4], match[3])
        part_ref = marked.references[int(part_at)]
        part_numbers = part_ref.numbers(len(self._parts))
        own = [
            measure
            for number in part_numbers
            if 0 < number <= len(self._parts)
            for measure in self._parts[number - 1].all_measures()
        ]
        wanted = marked.references[int(measure_at)].numbers(len(own))
        if not own or wanted[0] < 1 or wanted[-1] > len(own):
            return _MISSING
        return self._tell_measures([own[n - 1].number for n in wanted], marked)

    def _superlative(self, marked: Marked) -> StructureReply | None:
        """Which part has the most or the fewest measures."""
        most, fewest = _asks("most").search(marked.text), _asks("fewest").search(marked.text)
        limit = _OTHER_MATTER if self._language in _READ else 2 * _OTHER_LANGUAGES
        if not (most or fewest) or _weight(marked.text) > limit:
            return None
        if not (_asks("which_part").search(marked.text) or self._spoke_of_parts()):
            return None
        counts = [len(list(part.all_measures())) for part in self._parts]
        best = max(counts) if most else min(counts)
        chosen = [p for p, n in zip(self._parts, counts, strict=True) if n == best]
        return StructureReply(statements=tuple(self._say.part(part) for part in chosen))

    def _spoke_of_parts(self) -> bool:
        return any(_asks("which_part").search(normalize(t.content)) for t in self._history)

    def _outline(self, marked: Marked) -> StructureReply | None:
        """All parts with their headings and how many measures each has."""
        if not _asks("outline").search(marked.text) or _weight(marked.text) > _OTHER_MATTER:
            return None
        return StructureReply(statements=tuple(self._say.part(part) for part in self._parts))

    def _count(self, marked: Marked) -> StructureReply | None:
        """How many parts and measures there are in all, or in a part named by its heading."""
        if not _asks("count").search(marked.text):
            return None
        if part := self._headed(marked.text):
            listed = bool(_LISTED.search(marked.text))
            return StructureReply(statements=self._say.part_in_full(part, listed=listed))
        if not re.search(load_references()["units"]["measure"], marked.text) and not re.search(
            load_references()["units"]["part"], marked.text
        ):
            return None
        most = _OTHER_MATTER // 2 if self._language in _READ else _OTHER_LANGUAGES
        if _weight(_asks("count").sub(" ", marked.text)) > most:
            return None
        return StructureReply(statements=(self._say.counts(self._parts, len(self._measures)),))

    def _headed(self, text: str) -> Part | None:
        """The part whose heading a question names, its 行动 or its inner words left out or not."""
        return next((p for p in self._parts if p.heading and p.heading in text), None)

    def _by_heading(self, marked: Marked) -> StructureReply | None:
        """A part by its heading, or the part that a heading's words point to."""
        if part := self._headed(marked.text):
            if _weight(marked.text.replace(part.heading, " ")) > _OTHER_MATTER:
                return None
            wants_list = bool(re.search(r"哪些|什么|几条|内容|包括|list|what", marked.text))
            return StructureReply(statements=self._say.part_in_full(part, listed=wants_list))
        if not _asks("which_part").search(marked.text) or self._search is None:
            return None
        topic = _asks("which_part").sub(" ", marked.text)
        number = self._best_measure(topic)
        return self._parts_of([number]) if number and _weight(topic) else None

    def _place(self, marked: Marked) -> StructureReply | None:
        """Which measures speak of something: those that hold its words, else the best found."""
        asked = _asks("which_measure")
        if not asked.search(marked.text):
            return None
        topic = asked.sub(" ", marked.text)
        words = _topic_words(topic, self._document.text)
        if pieces_of(topic) and not _QUOTED.search(topic):
            return None
        by_title = bool(_asks("title").search(marked.text))
        if by_title and _QUOTED.search(topic) and not words:
            return _MISSING
        found = self._titled(words, topic) if by_title else []
        found = found or self._holding(words)
        if not found and self._search is not None and _weight(topic):
            number = self._best_measure(topic)
            found = [number] if number else []
        if not found:
            return None
        statements: list[Statement] = []
        for number in found[:_MAX_FOUND]:
            measure = self._measure(number)
            statements.append(self._say.measure(measure))
            text = self._document.text
            if not by_title:
                held = [c for c in measure.clauses if any(w in c.span.slice(text) for w in words)]
                statements += [self._say.clause(measure, c) for c in held[:1]]
        return StructureReply(statements=tuple(statements))

    def _holding(self, words: Sequence[str]) -> list[int]:
        """The measures that hold one of the words in their heading or text."""
        return [
            m.number
            for m in self._measures
            if any(w in m.heading or w in m.span.slice(self._document.text) for w in words)
        ]

    def _titled(self, words: Sequence[str], topic: str) -> list[int]:
        """The measures with one of the words in their heading, or at its start if that is asked."""
        is_start = bool(re.search(r"开头|打头|start|begin", topic))
        return [
            m.number
            for m in self._measures
            if any(m.heading.startswith(w) if is_start else w in m.heading for w in words)
        ]

    def _best_measure(self, text: str) -> int | None:
        hits = self._search(text) if self._search else ()
        return hits[0].passage.locator.measure if hits else None

    def _tell(self, reference: Reference, marked: Marked) -> StructureReply:
        if not self._exist((reference,)):
            return _MISSING
        if reference.unit is not Unit.PART:
            return self._tell_measures(self._numbers((reference,)), marked)
        parts = [self._parts[n - 1] for n in reference.numbers(len(self._parts))]
        only_count = bool(_asks("count").search(marked.text)) and not _LISTED.search(marked.text)
        only_title = bool(_asks("title").search(marked.text)) and not re.search(
            r"几条|哪些|分别|小标题|measures|items", marked.text
        )
        return StructureReply(
            statements=tuple(
                s
                for part in parts
                for s in self._say.part_in_full(part, listed=not (only_count or only_title))
            )
        )

    def _tell_measures(self, numbers: Sequence[int], marked: Marked) -> StructureReply:
        """Whole measures, or of each only its title, some sentences or their number."""
        statements: list[Statement] = []
        clauses = marked.of(Unit.CLAUSE)
        measures = [self._measure(number) for number in numbers]
        counts_clauses = bool(
            _asks("count").search(marked.text)
            or re.search(r"就一句|只有一句|only one sentence", marked.text)
        ) and bool(re.search(load_references()["units"]["clause"], marked.text))
        for measure in measures:
            if counts_clauses:
                statements.append(self._say.clause_count(measure))
            elif clauses:
                wanted = [n for c in clauses for n in c.numbers(len(measure.clauses))]
                if not all(0 < n <= len(measure.clauses) for n in wanted):
                    return _MISSING
                statements += [self._say.clause(measure, measure.clauses[n - 1]) for n in wanted]
            elif _asks("title").search(marked.text) and not _asks("verbatim").search(marked.text):
                statements.append(self._say.measure(measure))
            else:
                statements += self._say.measure_in_full(measure)
        if not (clauses or counts_clauses) and (reason := self._unheld(marked, measures)):
            return StructureReply(statements=(), reason=reason)
        return StructureReply(statements=tuple(statements))

    def _unheld(self, marked: Marked, measures: Sequence[Measure]) -> Reason | None:
        """The amount, date, place or way that is asked for and that none of the measures holds."""
        texts = [m.span.slice(self._document.text) for m in measures]
        if not _weight(marked.text):
            return None
        for kind in kinds_asked(_MARK.sub(" ", marked.text)):
            if not any(kind.holds.search(text) for text in texts):
                return kind.reason
        return None

    def _parts_of(self, numbers: Sequence[int]) -> StructureReply:
        """The parts that hold the measures, then the measures."""
        parts: dict[int, list[Measure]] = {}
        for place, part in enumerate(self._parts):
            own = [m for m in part.all_measures() if m.number in numbers]
            if own:
                parts[place] = own
        statements = []
        for place, own in parts.items():
            statements.append(self._say.part(self._parts[place]))
            statements += [self._say.measure(m) for m in own]
        return StructureReply(statements=tuple(statements))

    def _exist(self, references: Sequence[Reference]) -> bool:
        for reference in references:
            total = len(self._parts if reference.unit is Unit.PART else self._measures)
            numbers = reference.numbers(total)
            if numbers[0] < 1 or numbers[-1] > total:
                return False
        return True

    def _numbers(self, references: Sequence[Reference]) -> list[int]:
        """The numbers of the measures meant; from the end they are counted in the text's order."""
        found = dict.fromkeys(
            self._measures[n - 1].number if reference.first < 0 else n
            for reference in references
            for n in reference.numbers(len(self._measures))
        )
        return list(found)

    def _measure(self, number: int) -> Measure:
        return next(m for m in self._measures if m.number == number)


def _topic_words(topic: str, text: str) -> tuple[str, ...]:
    """What of a question stands in the text: what it quotes, else its longest runs of characters."""
    quoted = [q for q in _QUOTED.findall(topic) if q in text]
    if quoted:
        return tuple(quoted)
    rest = _FILLER.sub(" ", topic)
    runs = [run for run in re.findall(r"[\u3400-\u9fff]+|[a-z0-9][a-z0-9+]+", rest) if len(run) > 1]
    best = [w for run in runs if (w := _longest_shared(run, text.lower()))]
    length = max(map(len, best), default=0)
    return tuple(w for w in best if len(w) == length and length >= _MIN_SHARED)


def _longest_shared(run: str, text: str) -> str:
    for length in range(len(run), _MIN_SHARED - 1, -1):
        for start in range(len(run) - length + 1):
            if run[start : start + length] in text:
                return run[start : start + length]
    return ""


def heading_citation(document: Document, measure: Measure) -> Citation:
    """A measure cited by its label and heading."""
    head = measure.label + measure.heading
    start = document.text.rindex(head, 0, measure.span.start) if measure.heading else None
    span = measure.span if start is None else Span(start, start + len(head))
    return Citation(locator=document.locate(measure), quote=span.slice(document.text), span=span)


def _part_citation(document: Document, part: Part) -> Citation:
    """A part cited by its label and heading."""
    head = part.label + part.heading
    span = Span(part.span.start, part.span.start + len(head))
    locator = Locator(document.id, (Step("part", part.number or 0),))
    return Citation(locator=locator, quote=head, span=span)


class _Sayer:
    """Makes statements about a document, in Chinese or in English."""

    def __init__(self, document: Document, language: str) -> None:
        self._document = document
        self._chinese = is_chinese(language)

    def measure(self, measure: Measure) -> Statement:
        """Its label and heading."""
        citation = heading_citation(self._document, measure)
        if self._chinese or not measure.heading:
            return Statement(text=citation.quote, citations=(citation,), verdict=VERBATIM)
        text = f"Measure {measure.number}: {citation.quote}"
        return Statement(text=text, citations=(citation,), verdict=_COUNTED)

    def clause(self, measure: Measure, clause: Clause) -> Statement:
        """Its own words."""
        quote = clause.span.slice(self._document.text)
        locator = self._document.locate(measure, clause)
        citation = Citation(locator=locator, quote=quote, span=clause.span)
        return Statement(text=quote, citations=(citation,), verdict=VERBATIM)

    def measure_in_full(self, measure: Measure) -> list[Statement]:
        """Its label and heading, then its clauses."""
        head = [self.measure(measure)] if measure.heading else []
        return head + [self.clause(measure, clause) for clause in measure.clauses]

    def clause_count(self, measure: Measure) -> Statement:
        """How many sentences it has."""
        citation, n = heading_citation(self._document, measure), len(measure.clauses)
        text = f"{citation.quote} ({n} sentences)"
        if self._chinese:
            text = f"{citation.quote}：正文共{n}句（{format_numeral(n)}句）。"
        return Statement(text=text, citations=(citation,), verdict=_COUNTED)

    def part(self, part: Part) -> Statement:
        """Its place, label and heading, and which measures it has."""
        citation = _part_citation(self._document, part)
        numbers = [m.number for m in part.all_measures()]
        n, run = len(numbers), f"{numbers[0]}–{numbers[-1]}" if numbers else "–"
        text = f"Part {part.number}: {citation.quote} ({n} measures: {run})"
        if self._chinese:
            ends = "至".join(
                f"（{format_numeral(k)}）" for k in dict.fromkeys(numbers[:: max(1, n - 1)])
            )
            place = f"第{format_numeral(part.number)}部分" if part.number else ""
            text = f"{place}：{citation.quote}（共{n}条措施，第{ends}条）"
        return Statement(text=text, citations=(citation,), verdict=_COUNTED)

    def part_in_full(self, part: Part, *, listed: bool) -> tuple[Statement, ...]:
        """Its heading with the number of its measures, then, if asked for, theirs."""
        measures = part.all_measures() if listed else ()
        return (self.part(part), *map(self.measure, measures))

    def counts(self, parts: Sequence[Part], n_measures: int) -> Statement:
        """How many parts and measures there are, with every part's heading as the evidence."""
        text = f"The document has {len(parts)} parts and {n_measures} measures in all."
        if self._chinese:
            title = self._document.title
            text = f"《{title}》共{len(parts)}个部分、{n_measures}条措施。"
        citations = tuple(_part_citation(self._document, part) for part in parts)
        return Statement(text=text, citations=citations, verdict=_COUNTED)
