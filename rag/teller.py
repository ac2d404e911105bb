"""What is told of rules that are known by their numbers: in whole, by title, by sentence, or counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import Document, Measure
from rag.answer import Citation, Reason, Statement
from rag.asked import kinds_asked
from rag.compose import NEARBY
from rag.outline import wants_list
from rag.recite import Reciter
from rag.references import Marked, Reference, Unit, load_references
from rag.wording import asks, strip_marks, weight


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureReply:
    """Statements out of the Document; none, and a reason, when it has not what is asked for, with what
    the measures named do say nearby."""

    statements: tuple[Statement, ...]
    reason: Reason = Reason.NONE
    nearby: tuple[Citation, ...] = ()


MISSING = StructureReply(statements=(), reason=Reason.NO_SUCH_MEASURE)


def _asks_for_term(text: str) -> bool:
    """Whether it is asked when the rule itself begins or ends, and nothing of its matter is named."""
    return bool(asks("term").search(text)) and not weight(asks("term_words").sub(" ", text))


def _held_term() -> str:
    return load_references()["holds"]["term"]


def lie_within(reference: Reference, total: int) -> bool:
    """Whether all of a run exists where there are `total` units; to be asked before it is counted out,
    for a question may name a billion."""
    numbers = reference.numbers(total)
    return numbers[0] >= 1 and numbers[-1] <= total


class Teller:
    """Tells of the rules of one document."""

    def __init__(self, document: Document, say: Reciter) -> None:
        self._document = document
        self._parts = document.parts
        self._measures = [measure for _, measure in document.measures()]
        self._say = say

    def tell(self, reference: Reference, marked: Marked) -> StructureReply:
        """A run of measures or parts, as far as the question asks for them."""
        if not self.exist((reference,)):
            return MISSING
        if reference.unit is not Unit.PART:
            return self.tell_measures(self.numbers((reference,)), marked)
        parts = [self._parts[n - 1] for n in reference.numbers(len(self._parts))]
        is_counted = bool(asks("count").search(marked.text))
        only_count = is_counted and not wants_list(marked.text)
        only_title = bool(asks("title").search(marked.text)) and not re.search(
            r"几条|哪些|分别|小标题|measures|items", marked.text
        )
        own = [measure for part in parts for measure in part.all_measures()]
        if not (only_count or only_title) and (reason := self._unheld(marked, own)):
            return StructureReply(statements=(), reason=reason, nearby=self._nearby(own))
        return StructureReply(
            statements=tuple(
                s
                for part in parts
                for s in self._say.part_in_full(
                    part,
                    listed=not (only_count or only_title),
                    counted=is_counted or not only_title,
                )
            )
        )

    def tell_measures(self, numbers: Sequence[int], marked: Marked) -> StructureReply:
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
                if not all(lie_within(c, len(measure.clauses)) for c in clauses):
                    return MISSING
                wanted = [n for c in clauses for n in c.numbers(len(measure.clauses))]
                statements += [self._say.clause(measure, measure.clauses[n - 1]) for n in wanted]
            elif asks("title").search(marked.text) and not asks("verbatim").search(marked.text):
                statements.append(self._say.measure(measure))
            else:
                statements += self._say.measure_in_full(measure)
        if not (clauses or counts_clauses) and (reason := self._unheld(marked, measures)):
            return StructureReply(statements=(), reason=reason, nearby=self._nearby(measures))
        return StructureReply(statements=tuple(statements))

    def _unheld(self, marked: Marked, measures: Sequence[Measure]) -> Reason | None:
        """The amount, date, place or way that is asked for and that none of the measures holds."""
        texts = [m.span.slice(self._document.text) for m in measures]
        if not weight(marked.text):
            return None
        asked = strip_marks(marked.text)
        if _asks_for_term(asked) and not any(re.search(_held_term(), text) for text in texts):
            return Reason.NO_DATE
        for kind in kinds_asked(asked) + kinds_asked(asked, "asked_of_rule"):
            if not any(kind.holds.search(text) for text in texts):
                return kind.reason
        return None

    def _nearby(self, measures: Sequence[Measure]) -> tuple[Citation, ...]:
        told = (
            self._say.clause(measure, clause) for measure in measures for clause in measure.clauses
        )
        return tuple(c for statement in told for c in statement.citations)[:NEARBY]

    def exist(self, references: Sequence[Reference]) -> bool:
        """Whether the document has all of them."""
        return all(
            lie_within(r, len(self._parts if r.unit is Unit.PART else self._measures))
            for r in references
        )

    def numbers(self, references: Sequence[Reference]) -> list[int]:
        """The numbers of the measures meant; from the end they are counted in the text's order."""
        total = len(self._measures)
        by_place = [(r.first < 0, n) for r in references for n in r.numbers(total)]
        return list(dict.fromkeys(self._measures[n - 1].number if at else n for at, n in by_place))

    def _measure(self, number: int) -> Measure:
        return next(m for m in self._measures if m.number == number)
