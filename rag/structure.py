"""Questions about the document's build, answered from the Document without any model.

What a measure says by its number, what a part holds, how many there are, which one speaks of what.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.document import Document, Measure
from index.passage import Hit
from rag.answer import Reason, Statement, Turn
from rag.asked import kinds_asked
from rag.language import to_simplified
from rag.outline import OTHER_MATTER, Outline, wants_list
from rag.recite import Reciter
from rag.references import Marked, Reference, Unit, load_references, mark_references
from rag.whereabouts import Whereabouts
from rag.wording import asks, knows_filler, strip_marks, weight

# “of part 3” beside a measure, 第二部分的 before one.
_WITHIN = re.compile(
    r"⟦P(\d+)⟧[的里中内下,、 ]*(?:面|头|边)?的?⟦M(\d+)⟧|"
    r"⟦M(\d+)⟧e?s? ?(?:of|in|de|en|in der|aus|von|dans|из|в|في|の)(?: the| la)? ?⟦P(\d+)⟧"
)
_LEANS = 2
_SHORT_LOOKUP = 12
_UNKNOWN_FILLER = 8

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
        self._say = Reciter(document, language)

    def answer(self, question: str) -> StructureReply | None:
        """By the most telling sign: a neighbour, a rule by number, a count, a heading, a place."""
        marked = mark_references(question)
        for read in (
            self._neighbour,
            self._by_number,
            self._outline,
            self._part_of_matter,
            self._whereabouts,
        ):
            reply = read(marked)
            if reply is not None:
                return reply
        return None

    def _most(self, most: int) -> int:
        """How much weight other words may have; where fillers are not known, they count too."""
        return most if knows_filler(self._language) else most + _UNKNOWN_FILLER

    def _neighbour(self, marked: Marked) -> StructureReply | None:
        """The rule before or after another: of this question, or of the conversation."""
        step = 1 if asks("next").search(marked.text) else 0
        step = step or (-1 if asks("previous").search(marked.text) else 0)
        rest = asks("next" if step > 0 else "previous").sub(" ", marked.text)
        if not step or weight(rest) > self._most(OTHER_MATTER // 2):
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
                moved += bool(asks("next").search(named.text))
                moved -= bool(asks("previous").search(named.text))
        if not asked or self._search is None or unit is Unit.PART:
            return ()
        number = self._best_measure(asked[0] if moved else asked[-1])
        first = (number or 0) + moved
        return (Reference(unit=unit, first=first, last=first),) if number else ()

    def _by_number(self, marked: Marked) -> StructureReply | None:
        """What a measure or part named by its number holds, in whole or as far as is asked."""
        measures, parts = marked.of(Unit.MEASURE), marked.of(Unit.PART)
        is_part_asked = bool(asks("part_of").search(marked.text))
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
            if weight(marked.text) > self._most(_SHORT_LOOKUP):
                return None
            return self._tell_measures(numbers, marked)
        if weight(marked.text) > self._most(_SHORT_LOOKUP):
            return None
        if not self._exist(parts):
            return _MISSING
        statements = [s for part in parts for s in self._tell(part, marked).statements]
        return StructureReply(statements=tuple(statements))

    def _of_focus(self, marked: Marked, *, is_part_asked: bool) -> StructureReply | None:
        """它属于哪部分, 原文发我, 总共几句: of the measure that the conversation is about."""
        is_clause_asked = bool(re.search(load_references()["units"]["clause"], marked.text))
        asks_more = asks("verbatim").search(marked.text) or (
            asks("count").search(marked.text) and is_clause_asked
        )
        if not self._history or not (is_part_asked or marked.references or asks_more):
            return None
        rest = asks("count").sub(" ", asks("part_of").sub(" ", marked.text))
        numbers = self._numbers(self._focus()) if weight(rest) <= _LEANS else []
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

    def _outline(self, marked: Marked) -> StructureReply | None:
        statements = Outline(self._document, self._language, self._history).answer(marked)
        return None if statements is None else StructureReply(statements=statements)

    def _whereabouts(self, marked: Marked) -> StructureReply | None:
        found = Whereabouts(self._document, self._language, self._best_measure).answer(marked)
        if found == ():
            return _MISSING
        return None if found is None else StructureReply(statements=found)

    def _part_of_matter(self, marked: Marked) -> StructureReply | None:
        """Which part speaks of something: the one with the measure that the search finds."""
        if not asks("which_part").search(marked.text) or self._search is None:
            return None
        topic = asks("which_part").sub(" ", marked.text)
        matter = asks("its_measures").sub(" ", topic)
        number = self._best_measure(matter) if weight(matter) else None
        if number is None or matter == topic:
            return self._parts_of([number]) if number else None
        part = next(part for part, measure in self._pairs if measure.number == number)
        return StructureReply(statements=self._say.part_in_full(part, listed=True))

    def _best_measure(self, text: str) -> int | None:
        hits = self._search(text) if self._search else ()
        return hits[0].passage.locator.measure if hits else None

    def _tell(self, reference: Reference, marked: Marked) -> StructureReply:
        if not self._exist((reference,)):
            return _MISSING
        if reference.unit is not Unit.PART:
            return self._tell_measures(self._numbers((reference,)), marked)
        parts = [self._parts[n - 1] for n in reference.numbers(len(self._parts))]
        only_count = bool(asks("count").search(marked.text)) and not wants_list(marked.text)
        only_title = bool(asks("title").search(marked.text)) and not re.search(
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
            asks("count").search(marked.text)
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
            elif asks("title").search(marked.text) and not asks("verbatim").search(marked.text):
                statements.append(self._say.measure(measure))
            else:
                statements += self._say.measure_in_full(measure)
        if not (clauses or counts_clauses) and (reason := self._unheld(marked, measures)):
            return StructureReply(statements=(), reason=reason)
        return StructureReply(statements=tuple(statements))

    def _unheld(self, marked: Marked, measures: Sequence[Measure]) -> Reason | None:
        """The amount, date, place or way that is asked for and that none of the measures holds."""
        texts = [m.span.slice(self._document.text) for m in measures]
        if not weight(marked.text):
            return None
        for kind in kinds_asked(strip_marks(marked.text)):
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
        total = len(self._measures)
        by_place = [(r.first < 0, n) for r in references for n in r.numbers(total)]
        return list(dict.fromkeys(self._measures[n - 1].number if at else n for at, n in by_place))

    def _measure(self, number: int) -> Measure:
        return next(m for m in self._measures if m.number == number)
