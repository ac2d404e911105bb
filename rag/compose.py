"""A draft's sentences aligned, checked and cited, or replaced by the clause's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from index.passage import Hit, Passage
from rag.answer import Citation, Label, Rejected, Statement, Verdict
from rag.check.segments import cover
from rag.check.verdict import VERBATIM, check
from rag.language import is_chinese, to_traditional

MAX_STATEMENTS = 5
_ALIGNED = 0.3


def cite(passage: Passage) -> Citation:
    """The citation of a clause: its address and its official words."""
    return Citation(locator=passage.locator, quote=passage.text, span=passage.span)


def quote(passage: Passage) -> Statement:
    """A clause as a statement in its own words."""
    return Statement(text=passage.text, citations=(cite(passage),), verdict=VERBATIM)


class Composer:
    """Makes the statements of one answer from a draft and the clauses it may cite.

    After `compose` is exhausted, `rejected` holds the sentences that the checks withheld and
    `n_drafted` counts the sentences that passed.
    """

    def __init__(
        self,
        evidence: Sequence[Hit],
        *,
        language: str,
        search: Callable[[str], tuple[Hit, ...]],
    ) -> None:
        self._evidence = [hit.passage for hit in evidence]
        self._language = language
        self._search = search
        self._stated: set[str] = set()
        self._texts: set[str] = set()
        self.rejected: list[Rejected] = []
        self.n_drafted = 0

    def compose(self, sentences: Iterable[str]) -> Iterator[Statement]:
        """Each sentence that passes, as it comes; then the clauses that no sentence covers.

        A sentence that fails gives way to the clause it speaks of, in the clause's own words,
        unless that clause has been stated already. An interrupted draft loses nothing: what it
        did not reach is quoted.
        """
        n = 0
        for sentence in sentences:
            statement = self._state(sentence)
            if statement is not None:
                n += 1
                yield statement
            if n == MAX_STATEMENTS:
                return
        for passage in self._uncovered():
            yield self._quote(passage)

    def _state(self, sentence: str) -> Statement | None:
        passage, share, rank = self._align(sentence)
        verdict = check(sentence, passage, language=self._language, rank=rank)
        if verdict.label is Label.SUPPORTED:
            return self._keep(sentence, passage, verdict)
        self.rejected.append(Rejected(text=sentence, quote=passage.text, verdict=verdict))
        if share >= _ALIGNED and passage.id not in self._stated:
            return self._quote(passage)
        return None

    def _keep(self, sentence: str, passage: Passage, verdict: Verdict) -> Statement | None:
        text = to_traditional(sentence) if self._language == "zh-Hant" else sentence
        if text in self._texts:
            return None
        self._texts.add(text)
        self._stated.add(passage.id)
        self.n_drafted += 1
        return Statement(text=text, citations=(cite(passage),), verdict=verdict)

    def _quote(self, passage: Passage) -> Statement:
        self._stated.add(passage.id)
        return quote(passage)

    def _align(self, sentence: str) -> tuple[Passage, float, int | None]:
        """The clause a sentence speaks of, how well it fits in [0, 1], and where search finds it.

        Chinese is aligned by shared characters; another language by the multilingual embedding.
        """
        if is_chinese(self._language):
            shares = [cover(sentence, p.text).share for p in self._evidence]
            best = max(range(len(shares)), key=lambda i: (shares[i], -i))
            return self._evidence[best], shares[best], None
        ranks = {hit.passage.id: hit.rank for hit in self._search(sentence)}
        best_passage = min(self._evidence, key=lambda p: ranks.get(p.id, len(ranks) + 1))
        rank = ranks.get(best_passage.id)
        return best_passage, 1 / rank if rank else 0.0, rank

    def _uncovered(self) -> Iterator[Passage]:
        """The best clause of each measure that nothing has cited yet."""
        cited = {p.locator.measure_locator for p in self._evidence if p.id in self._stated}
        for passage in self._evidence:
            if passage.locator.measure_locator not in cited:
                cited.add(passage.locator.measure_locator)
                yield passage
