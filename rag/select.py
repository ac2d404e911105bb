"""Which of the hits the answer is made from: few clauses, of as few measures as were asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.document import Locator
from index.passage import Hit

# For a compound question, a clause this much below its measure's best is left out.
SAME_MEASURE_MARGIN = 0.02
_MAX_CLAUSES_A_MEASURE = 2
# Whether a question is about one more measure: a logistic rule learned on 445 answerable development
# questions. In cross-validation it finds all gold measures and no other for 19 of 33 cross-measure
# questions (the rule before it 12) and costs 3 of 412 others. 我是农民工 in front of a question leads
# to a measure too, but to one that the whole question finds far behind its best.
_BIAS = -0.3
_PER_SCORE_BEHIND = 88.7  # the whole question's score for it, less that for the best measure
_PER_RANK_BEHIND = -0.985
_OF_A_PIECE = 2.603  # a part of a compound question finds it first
_PER_CLAUSE_LEAD = 53.1  # how much better one clause of the question finds it than the best measure
_MOST_RANKS = 4
# A whole measure goes to the model up to this length; a longer one is cut to its best clauses.
_MAX_CHARACTERS = 400
_MAX_MEASURES = 4
_COMPOUND = re.compile(
    r"又.+又|一边.+一边|既.+[又也]|一方面|同时|分别|各有|各自|两(?:件事|样|头|边)|以及|还想|还要|还有|也想|另外|和.+(?:分别|各|都有)|"
    r"\bboth\b|\band also\b|\bas well as\b|\beach\b|\band\b.+\brespectively\b|\balso\b|what about.+what about",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"[，,；;。.？?！!、]|又|一边|既|同时|以及|还想|还要|还有|也想|另外|和|\band\b|\bor\b|\bas well as\b|\balso\b|[–—]"
)
_MIN_PIECE = 2
_CLAUSE_ENDS = re.compile(r"[，,；;。.？?！!、]")
_MIN_CLAUSE = 4
# A question of five hundred characters may have a hundred commas; each search takes time.
_MAX_SEARCHED = 6


# A question after all that there is, not after one thing.
_ALL = re.compile(
    r"哪些|有哪几|哪几(?:方面|类|种|样|块|项|个|条)|都有(?:什么|啥|谁)|(?:有|做|干|提|说|搞|管)了?(?:什么|啥)(?:好处|措施|办法|安排|政策|支持|规定|动作|招)|"
    r"列(?:一下|出|举)|全(?:部|都)(?:列|说|讲)|几个方面|分别(?:是|有)|清单|所有的?|"
    r"\bwhich (?:\w+ ){0,3}\w+s\b|\bwhat (?:\w+ ){0,2}(?:measures|steps|kinds|types|ways|things|benefits|supports?|areas|sectors|products)\b|\blist\b|\ball the\b|"
    r"どんな|どのような|何が|어떤|quels?\b|quelles?\b|qu[eé] (?:medidas|tipos|productos)|какие|welche|ما هي",
    re.IGNORECASE,
)


def asks_for_all(question: str) -> bool:
    """Whether a question wants every item (有哪些, which products), not one."""
    return bool(_ALL.search(question))


def pieces_of(question: str) -> tuple[str, ...]:
    """The parts of a compound question (又…又…, both … and …); empty for a simple one."""
    if not _COMPOUND.search(question):
        return ()
    pieces = (re.sub(r"\s+", " ", piece).strip() for piece in _CUT.split(question))
    return tuple(piece for piece in pieces if len(piece) >= _MIN_PIECE)


def _best_clauses(hits: Sequence[Hit], found: _Found, measure: Locator) -> list[Hit]:
    """A measure's best clauses for the part of the question that found it, else for all of it."""
    own = [hit for hit in hits if hit.passage.locator.measure_locator == measure]
    asked = next((ranking for ranking in found.all if _first(ranking) == measure), ())
    place = {hit.passage.id: hit.rank for hit in asked}
    if asked:
        own.sort(key=lambda hit: place.get(hit.passage.id, len(place) + hit.rank))
    near = [hit for hit in own if hit.score >= own[0].score - SAME_MEASURE_MARGIN]
    return near[:_MAX_CLAUSES_A_MEASURE]


def _whole_measure(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The best hit's measure, its clauses in the order of their scores."""
    best = hits[0].passage.locator.measure_locator
    kept: list[Hit] = []
    length = 0
    for hit in hits:
        if hit.passage.locator.measure_locator == best:
            length += len(hit.passage.text)
            if not kept or length <= _MAX_CHARACTERS:
                kept.append(hit)
    return tuple(kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the parts of a question find by themselves: compound pieces, and its comma clauses."""

    pieces: tuple[tuple[Hit, ...], ...]
    clauses: tuple[tuple[Hit, ...], ...]

    @property
    def all(self) -> tuple[tuple[Hit, ...], ...]:
        return self.pieces + self.clauses


def _search_pieces(question: str, search: Callable[[str], tuple[Hit, ...]]) -> _Found:
    clauses = [c for c in _CLAUSE_ENDS.split(question) if len(c) >= _MIN_CLAUSE]
    return _Found(
        pieces=tuple(map(search, pieces_of(question)[:_MAX_SEARCHED])),
        clauses=tuple(map(search, clauses[:_MAX_SEARCHED])) if len(clauses) > 1 else (),
    )


def _other_measures(hits: Sequence[Hit], found: _Found) -> list[Locator]:
    """The measures beside the best one that a question is about as well, the surest first."""
    scores: dict[Locator, float] = {}
    for hit in hits:
        scores.setdefault(hit.passage.locator.measure_locator, hit.score)
    best, *others = scores
    of_pieces = {_first(ranking) for ranking in found.pieces}
    leads: dict[Locator, float] = {}
    for ranking in found.clauses:
        of_best = (h.score for h in ranking if h.passage.locator.measure_locator == best)
        lead = ranking[0].score - next(of_best, ranking[-1].score)
        leads[_first(ranking)] = max(lead, leads.get(_first(ranking), 0.0))
    sure = {
        other: _BIAS
        + _PER_SCORE_BEHIND * (scores[other] - scores[best])
        + _PER_RANK_BEHIND * min(rank, _MOST_RANKS)
        + _OF_A_PIECE * (other in of_pieces)
        + _PER_CLAUSE_LEAD * leads.get(other, 0.0)
        for rank, other in enumerate(others, start=1)
    }
    return sorted((o for o in others if sure[o] > 0), key=lambda other: -sure[other])


def _first(hits: Sequence[Hit]) -> Locator:
    return hits[0].passage.locator.measure_locator


def select(
    question: str, hits: Sequence[Hit], search: Callable[[str], tuple[Hit, ...]]
) -> tuple[Hit, ...]:
    """The clauses to answer from, the best first.

    All of the best measure for a simple question: shown the whole measure, the default model picked
    the right clause of it for 26 of 28 development questions, from its two best clauses for 24. For
    one about several measures the best clauses of each.
    """
    if not hits:
        return ()
    found = _search_pieces(question, search)
    others = _other_measures(hits, found)
    if not others:
        return _whole_measure(hits)
    measures = [hits[0].passage.locator.measure_locator, *others]
    return tuple(
        hit for measure in measures[:_MAX_MEASURES] for hit in _best_clauses(hits, found, measure)
    )
