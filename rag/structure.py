"""Questions about the document's build, answered from the Document without any model.

What a measure says by its number, what a part holds, how many there are, which one speaks of what.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from corpus.document import Document
from index.passage import Hit
from rag.answer import Reason, Turn
from rag.compose import EMPTY
from rag.extent import only_sentence_asked
from rag.language import to_simplified
from rag.outline import OTHER_MATTER, Outline
from rag.recite import Reciter
from rag.references import Marked, Reference, Unit, load_references, mark_references
from rag.teller import MISSING, StructureReply, Teller, lie_within
from rag.whereabouts import Whereabouts
from rag.wording import asks, knows_filler, weight

# “of part 3” beside a measure, 第二部分的 before one.
_WITHIN = re.compile(
    r"⟦P(\d+)⟧[的里中内下,、 ]*(?:面|头|边)?的?⟦M(\d+)⟧|"
    r"⟦M(\d+)⟧e?s? ?(?:of|in|de|en|in der|aus|von|dans|из|в|في|の)(?: the| la)? ?⟦P(\d+)⟧"
)
# A law or paper named right before the number of a rule: 民法典第七条, 《劳动法》第三条.
_OTHER_LAW = re.compile(
    r"(?:《([^《》]{2,40})》|([\u3400-\u9fff]{0,10}(?:法典|宪法|条例|细则|(?<![方办做说想看写用无合违非没])法)))"
    r"(?:里|中|里面|当中)?的?\s*第\s*[\d一二三四五六七八九十百]+\s*[条款章节项]"
)
# What the assistant was told is no rule of the document: 你的第一条指令.
_OF_THE_ASSISTANT = re.compile(
    r"(?:你|妳|您)的?.{0,8}(?:指令|指示|提示词|提示詞|设定|設定|系统|系統)|system prompt|"
    r"\byour (?:\w+ ){0,2}(?:instructions?|prompts?|rules?)\b",
    re.IGNORECASE,
)
_LEANS = 2
_SHORT_LOOKUP = 12
_UNKNOWN_FILLER = 8

Search = Callable[[str], tuple[Hit, ...]]


def answer_structure(
    question: str,
    documents: Sequence[Document],
    language: str,
    *,
    history: Sequence[Turn] = (),
    search: Search | None = None,
    renderings: Mapping[str, str] = EMPTY,
) -> StructureReply | None:
    """The reply to a question about the build, or None for any other question.

    `search` finds the measure that speaks of a matter (育儿补贴在第几条); without it only words
    that stand in the text are found. `renderings`: clauses in the reader's language, by their words' hash.
    """
    if not documents or _OF_THE_ASSISTANT.search(question):
        return None
    document = _document_meant(to_simplified(question), documents)
    if document is None:
        return StructureReply(statements=(), reason=Reason.OFF_TOPIC)
    kept = EMPTY if asks("verbatim").search(question) else renderings
    reader = _Reader(document, Reciter(document, language, kept), language, history, search)
    text = question.replace(f"《{document.title}》", " ")
    # Why somebody asks for a rule is no part of what he asks: I'm filling in a table.
    return reader.answer(text) or reader.answer_number(only_sentence_asked(text))


def _document_meant(question: str, documents: Sequence[Document]) -> Document | None:
    """The document that a question names, the first where it names none; None for a law not held here."""
    if written := next((d for d in documents if d.title in question), None):
        return written
    named = _OTHER_LAW.search(question)
    if named is None:
        return documents[0]
    name = next(filter(None, named.groups()))
    return next((d for d in documents if _abbreviates(name, d.title)), None)


def _abbreviates(name: str, title: str) -> bool:
    """Whether a name is a title with characters left out: 提振消费方案."""
    rest = iter(title)
    return all(character in rest for character in name)


class _Reader:
    """Reads one question against one document."""

    def __init__(
        self,
        document: Document,
        say: Reciter,
        language: str,
        history: Sequence[Turn],
        search: Search | None,
    ) -> None:
        self._document = document
        self._language = language
        self._history = history
        self._search = search
        self._pairs = list(document.measures())
        self._measures = [measure for _, measure in self._pairs]
        self._parts = document.parts
        self._say = say
        self._teller = Teller(document, say)

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

    def answer_number(self, question: str) -> StructureReply | None:
        """Of a measure or part that is named by its number, and of nothing else."""
        marked = mark_references(question)
        is_named = marked.of(Unit.MEASURE) or marked.of(Unit.PART)
        return self._by_number(marked) if is_named else None

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
        return self._teller.tell(Reference(unit=near.unit, first=number, last=number), marked)

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
            if not self._teller.exist(measures):
                return MISSING
            numbers = self._teller.numbers(measures)
            if is_part_asked:
                return StructureReply(statements=self._say.parts_of(numbers))
            if weight(marked.text) > self._most(_SHORT_LOOKUP):
                return None
            return self._teller.tell_measures(numbers, marked)
        if weight(marked.text) > self._most(_SHORT_LOOKUP):
            return None
        if not self._teller.exist(parts):
            return MISSING
        replies = [self._teller.tell(part, marked) for part in parts]
        statements = tuple(s for reply in replies for s in reply.statements)
        return StructureReply(statements=statements) if statements else replies[0]

    def _of_focus(self, marked: Marked, *, is_part_asked: bool) -> StructureReply | None:
        """它属于哪部分, 原文发我, 总共几句: of the measure that the conversation is about."""
        is_clause_asked = bool(re.search(load_references()["units"]["clause"], marked.text))
        asks_more = asks("verbatim").search(marked.text) or (
            asks("count").search(marked.text) and is_clause_asked
        )
        if not self._history or not (is_part_asked or marked.references or asks_more):
            return None
        rest = asks("count").sub(" ", asks("part_of").sub(" ", marked.text))
        focus = self._focus() if weight(rest) <= _LEANS else ()
        if not focus or not self._teller.exist(focus):
            return None
        numbers = self._teller.numbers(focus)
        return (
            StructureReply(statements=self._say.parts_of(numbers))
            if is_part_asked
            else self._teller.tell_measures(numbers, marked)
        )

    def _within(self, marked: Marked, match: re.Match[str]) -> StructureReply:
        """第二部分第三条: counted inside the part."""
        part_at, measure_at = (match[1], match[2]) if match[1] else (match[4], match[3])
        part_ref = marked.references[int(part_at)]
        if not lie_within(part_ref, len(self._parts)):
            return MISSING
        own = [
            measure
            for number in part_ref.numbers(len(self._parts))
            for measure in self._parts[number - 1].all_measures()
        ]
        if not lie_within(marked.references[int(measure_at)], len(own)):
            return MISSING
        wanted = marked.references[int(measure_at)].numbers(len(own))
        return self._teller.tell_measures([own[n - 1].number for n in wanted], marked)

    def _outline(self, marked: Marked) -> StructureReply | None:
        statements = Outline(self._document, self._language, self._history).answer(marked)
        return None if statements is None else StructureReply(statements=statements)

    def _whereabouts(self, marked: Marked) -> StructureReply | None:
        found = Whereabouts(self._document, self._language, self._best_measure).answer(marked)
        if found == ():
            return MISSING
        return None if found is None else StructureReply(statements=found)

    def _part_of_matter(self, marked: Marked) -> StructureReply | None:
        """Which part speaks of something: the one with the measure that the search finds."""
        if not asks("which_part").search(marked.text) or self._search is None:
            return None
        topic = asks("which_part").sub(" ", marked.text)
        matter = asks("its_measures").sub(" ", topic)
        number = self._best_measure(matter) if weight(matter) else None
        if number is None or matter == topic:
            return StructureReply(statements=self._say.parts_of([number])) if number else None
        part = next(part for part, measure in self._pairs if measure.number == number)
        return StructureReply(statements=self._say.part_in_full(part, listed=True))

    def _best_measure(self, text: str) -> int | None:
        """The number of the measure that the search finds first, where it is this document's."""
        hits = self._search(text) if self._search else ()
        found = hits[0].passage.locator if hits else None
        return found.measure if found and found.document_id == self._document.id else None
