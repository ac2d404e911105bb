"""Which of the hits the answer is made from: few clauses, of as few measures as were asked about."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.document import Locator
from index.passage import Hit
from rag.breadth import Breadth, sight
from rag.retrieve import PolicyRetriever

# For a compound question, a clause this much below its measure's best is left out.
SAME_MEASURE_MARGIN = 0.03
_MAX_CLAUSES_A_MEASURE = 3
# A whole measure goes to the model up to this length; a longer one is cut to its best clauses.
_MAX_CHARACTERS = 400
_MAX_MEASURES = 4


def _best_clauses(
    hits: Sequence[Hit], parts: Sequence[Sequence[Hit]], measure: Locator
) -> list[Hit]:
    """A measure's best clauses: for the parts of the question that found it, and for all of it.

    Of 595 questions about several measures, given these, all clauses that answer are shown for 564;
    by the parts alone, as far as they go, for 554. With three of a measure within 0.03 the answers to
    789 calibration questions hold every key fact for 743, with two within 0.02 for 739.
    """
    own = [hit for hit in hits if hit.passage.locator.measure_locator == measure]
    found: dict[str, float] = {}
    for part in parts:
        if part[0].passage.locator.measure_locator == measure:
            for hit in part:
                found[hit.passage.id] = max(hit.score, found.get(hit.passage.id, 0.0))
    if found:
        by_part = sorted(own, key=lambda hit: -found.get(hit.passage.id, 0.0))
        own = list(dict.fromkeys((by_part[0], own[0], *by_part)))
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


def select(
    question: str,
    rewritten: str,
    hits: Sequence[Hit],
    retriever: PolicyRetriever,
    breadth: Breadth,
) -> tuple[Hit, ...]:
    """The clauses to answer from, the best first.

    All of the best measure for a simple question: shown the whole measure, the default model picked
    the right clause of it for 26 of 28 development questions, from its two best clauses for 24. For
    one about several measures the best clauses of each.
    """
    if not hits:
        return ()
    sighting = sight(question, rewritten, hits, retriever)
    others = breadth.others(sighting)
    if not others:
        return _whole_measure(hits)
    return tuple(
        hit
        for measure in (sighting.best, *others)[:_MAX_MEASURES]
        for hit in _best_clauses(hits, sighting.parts, measure)
    )
