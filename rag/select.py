"""Which of the hits the answer is made from: few clauses, of as few measures as were asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from corpus.document import Locator
from index.passage import Hit

# For a compound question, a clause this much below its measure's best is left out.
SAME_MEASURE_MARGIN = 0.02
_MAX_CLAUSES_A_MEASURE = 2
# A part's best measure counts when the whole question finds it this near to its own best: 我是农民工
# in front of a question leads somewhere too, but to no measure that the question is about.
WHOLE_QUESTION_MARGIN = 0.03
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


def _best_clauses(hits: Sequence[Hit], measure: Locator) -> list[Hit]:
    own = [hit for hit in hits if hit.passage.locator.measure_locator == measure]
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
    question: str, hits: Sequence[Hit], search: Callable[[str], tuple[Hit, ...]]
) -> tuple[Hit, ...]:
    """The clauses to answer from, the best first.

    All of the best measure for a simple question: shown the whole measure, the default model picked
    the right clause of it for 26 of 28 development questions, from its two best clauses for 24. For
    a compound one the best clauses of each part's best measure, if the whole question is near that
    measure too.
    """
    if not hits:
        return ()
    measures = [hits[0].passage.locator.measure_locator]
    near = {
        hit.passage.locator.measure_locator
        for hit in hits
        if hit.score >= hits[0].score - WHOLE_QUESTION_MARGIN
    }
    for piece in pieces_of(question):
        best = search(piece)[0].passage.locator.measure_locator
        if best in near and best not in measures:
            measures.append(best)
    if len(measures) == 1:
        return _whole_measure(hits)
    return tuple(
        hit for measure in measures[:_MAX_MEASURES] for hit in _best_clauses(hits, measure)
    )
