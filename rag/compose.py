"""A draft's sentences aligned, checked and cited, or replaced by the clause's own words."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from corpus.document import Locator
from corpus.questions import clause_hash
from index.passage import Hit, Passage
from rag.answer import Citation, Label, Method, Rejected, Statement, Verdict
from rag.check.caution import read_caution
from rag.check.segments import cover, segments_of
from rag.check.support import Support
from rag.check.verdict import VERBATIM, check
from rag.draft import Drafted
from rag.findings import Finding, FindingKind
from rag.language import to_traditional

MAX_STATEMENTS = 5
# A question after all that there is has every item: the clauses of a measure, two of each of four.
MAX_LISTED = 8
EMPTY: Mapping[str, str] = MappingProxyType({})
RENDERED = Verdict(
    label=Label.SUPPORTED,
    score=1.0,
    method=Method.RENDERING,
    finding=Finding(kind=FindingKind.RENDERING),
)
# About so many borderline sentences of an answer the language model is asked, a second or two each: the
# answer's time is kept, and by count, not by the clock, so that the same question has the same answer.
MAX_ASKED = 2
# So many clauses tell what is near, where there is no answer.
NEARBY = 3
_ALIGNED = 0.3
# A second clause of a measure is shown too when its score is this near to the best one's: of 448
# development and tuning questions 419 then hold every key fact, 410 with the best alone, in answers
# that are 115 characters long instead of 101.
AS_NEAR = 0.02


def cite(passage: Passage) -> Citation:
    """The citation of a clause: its address and its official words."""
    return Citation(locator=passage.locator, quote=passage.text, span=passage.span)


def nearest_of(hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """The best clause of each of the nearest measures, for an answer that abstains."""
    best: dict[Locator, Citation] = {}
    for hit in hits:
        best.setdefault(hit.passage.locator.measure_locator, cite(hit.passage))
    return tuple(best.values())[:NEARBY]


def render(
    citation: Citation, language: str = "zh", renderings: Mapping[str, str] = EMPTY
) -> Statement:
    """A clause as a statement in the words kept for it in another language, else in its own, in the
    reader's script."""
    text = renderings.get(clause_hash(citation.quote))
    if text is None:
        text = to_traditional(citation.quote) if language == "zh-Hant" else citation.quote
        return Statement(text=text, citations=(citation,), verdict=VERBATIM)
    return Statement(text=text, citations=(citation,), verdict=RENDERED)


class Composer:
    """Makes the statements of one answer from a draft and the clauses it may cite.

    After `compose` is exhausted, `rejected` holds the sentences that the checks withheld and
    `n_drafted` counts the sentences that passed.
    """

    def __init__(
        self,
        question: str,
        evidence: Sequence[Hit],
        *,
        language: str,
        wants_all: bool,
        search: Callable[[str], tuple[Hit, ...]],
        asked: Collection[str] = (),
        renderings: Mapping[str, str] = EMPTY,
        support: Support | None = None,
    ) -> None:
        """`wants_all`: the question is after all that there is. `asked` are the ids of clauses that it
        asks for one by one. `renderings` are clauses in the asker's language, by the hash of their
        own words."""
        self._asked = asked
        self._support = support
        self._wants_all = wants_all
        self._most = MAX_LISTED if wants_all else MAX_STATEMENTS
        self._renderings = renderings
        self._question = question
        self._evidence = [hit.passage for hit in evidence]
        self._scores = [hit.score for hit in evidence]
        self._language = language
        self._search = search
        self._chosen = self._choose()
        self._stated: set[str] = set()
        self._quoted: set[str] = set()
        self._texts: set[str] = set()
        self._n_asked = 0
        self.rejected: list[Rejected] = []
        self.n_drafted = 0

    def compose(self, draft: Iterable[Drafted]) -> Iterator[Statement]:
        """Each sentence that passes, as it comes; then the clauses that no sentence covers.

        A sentence that fails gives way to the clause it speaks of, in the clause's own words,
        unless that clause has been stated already. An interrupted draft loses nothing: what it
        did not reach is quoted.
        """
        n = 0
        for drafted in draft:
            statement = self._state(drafted)
            if statement is not None:
                n += 1
                yield statement
            if n >= self._most - len(self._unstated()):
                break
        for passage in self._unstated()[: max(0, self._most - n)]:
            yield self._quote(passage)

    def place(self, statement: Statement, stated: Sequence[Statement]) -> int:
        """How many of those stated already a statement follows: whatever the model began with, the
        clauses stand in their order, the one that answers best first."""
        return bisect_right([self._rank(other) for other in stated], self._rank(statement))

    def _rank(self, statement: Statement) -> int:
        cited = {citation.locator for citation in statement.citations}
        return next(i for i, p in enumerate(self._evidence) if p.locator in cited)

    def quotes(self) -> tuple[Statement, ...]:
        """The answer without a draft: what `compose` gives of an empty one. Before `compose`."""
        return tuple(self._worded(passage) for passage in self._chosen)

    def _unstated(self) -> list[Passage]:
        """The chosen clauses that nothing has stated yet: a place is kept for each."""
        return [passage for passage in self._chosen if passage.id not in self._stated]

    def _state(self, drafted: Drafted) -> Statement | None:
        sentence = drafted.text
        passage, share, rank = self._align(sentence, drafted.passage)
        verdict = check(
            sentence,
            passage,
            question=self._question,
            language=self._language,
            rank=rank,
            support=self._support,
            may_ask=self._n_asked < MAX_ASKED,
        )
        self._n_asked += verdict.method is Method.SECOND_READING
        if verdict.label is Label.SUPPORTED:
            if drafted.passage is None and self._misses_the_point(sentence, passage):
                return self._quote(passage)
            return self._keep(sentence, passage, verdict)
        self.rejected.append(Rejected(text=sentence, quote=passage.text, verdict=verdict))
        is_translation = drafted.passage is not None  # its next sentence may still pass
        if share < _ALIGNED or is_translation or passage.id in self._stated:
            return None
        return self._quote(passage)

    def _keep(self, sentence: str, passage: Passage, verdict: Verdict) -> Statement | None:
        text = to_traditional(sentence) if self._language == "zh-Hant" else sentence
        if text in self._texts or passage.id in self._quoted:
            return None  # said already
        self._texts.add(text)
        self._stated.add(passage.id)
        self.n_drafted += 1
        statement = Statement(text=text, citations=(cite(passage),), verdict=verdict)
        return self._with_caution(statement, passage, about=sentence)

    def _quote(self, passage: Passage) -> Statement:
        self._stated.add(passage.id)
        self._quoted.add(passage.id)
        return self._worded(passage)

    def _worded(self, passage: Passage) -> Statement:
        statement = render(cite(passage), self._language, self._renderings)
        return self._with_caution(statement, passage, about=self._question)

    def _with_caution(self, statement: Statement, passage: Passage, *, about: str) -> Statement:
        """With how firm the part of the clause is that sentence or question speaks of."""
        official = passage.text
        if self._support is not None:
            parts = segments_of(official)
            official = "".join(parts[i] for i in self._support.spoken_segments(about, passage))
        return replace(statement, caution=read_caution(official))

    def _align(self, sentence: str, passage: Passage | None) -> tuple[Passage, float, int | None]:
        """The clause a sentence speaks of, how well it fits in [0, 1], and where search finds it.

        A draft that names no clause is aligned by the characters it shares with each.
        """
        if passage is None:
            shares = [cover(sentence, p.text).share for p in self._evidence]
            best = max(range(len(shares)), key=lambda i: (shares[i], -i))
            return self._evidence[best], shares[best], None
        found = (hit.rank for hit in self._search(sentence) if hit.passage.id == passage.id)
        return passage, 1.0, next(found, None)

    def _misses_the_point(self, sentence: str, passage: Passage) -> bool:
        """Whether a clause's first sentence leaves out the part that the question is nearest to."""
        if self._support is None or passage.id in self._stated:
            return False
        asked = self._support.asked_segment(self._question, passage)
        return asked not in cover(sentence, passage.text).segments

    def _choose(self) -> tuple[Passage, ...]:
        """The clauses that the answer tells: the best of each measure, and one more if it is as near;
        each that is asked for by itself.

        At most `_most`, the second ones giving way. For a question after all that there is, every
        clause, in the order of the text; if there are too many, no measure goes without its best.
        """
        if self._wants_all:
            places = Counter[Locator]()
            ranked: list[tuple[int, Passage]] = []
            for passage in self._evidence:
                measure = passage.locator.measure_locator
                ranked.append((places[measure], passage))
                places[measure] += 1
            ranked.sort(key=lambda pair: pair[0])
            return tuple(sorted((p for _, p in ranked[: self._most]), key=lambda p: p.locator))
        best: dict[Locator, float] = {}
        first: list[int] = []
        second: dict[Locator, int] = {}
        for i, (passage, score) in enumerate(zip(self._evidence, self._scores, strict=True)):
            measure = passage.locator.measure_locator
            if measure not in best:
                best[measure] = score
                first.append(i)
            elif passage.id in self._asked:
                first.append(i)
            elif score >= best[measure] - AS_NEAR:
                second.setdefault(measure, i)
        chosen = [*first, *second.values()][: self._most]
        return tuple(self._evidence[i] for i in sorted(chosen))
