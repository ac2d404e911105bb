"""Which of the hits the answer is made from: few clauses, of as few measures as were asked about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import Locator
from index.passage import Hit
from rag.breadth import Breadth, parts_of
from rag.language import to_simplified
from rag.retrieve import PolicyRetriever
from rag.wording import topic_words, weight

# For a compound question, a clause this much below its measure's best is left out.
SAME_MEASURE_MARGIN = 0.02
_MAX_CLAUSES_A_MEASURE = 2
# A whole measure goes to the model up to this length; a longer one is cut to its best clauses.
_MAX_CHARACTERS = 400
_MAX_MEASURES = 4
# A measure that names the thing asked about is near to the best one: within 0.03 of seven development
# lists' best scores, and 0.05 or more behind where the name was only part of the matter.
NAMED_MARGIN = 0.03
_MOST_BESIDE_NAME = 5
_COMPOUND = re.compile(
    r"又.+又|一边.+一边|既.+[又也]|一方面|同时|分别|各(?:自|有|是|怎么|在|叫|放|讲|写|说)|[这那]?(?:两|三|四|俩|仨)(?:样|件|块|头|边|手|方面|"
    r"个(?:问题|事|方面)|项|条|种|桩|处|类|部分)|以及|顺便|还想|还要|还有|也想|另外|一起|和.+(?:分别|各|都有)|"
    r"\bboth\b|\band also\b|\bas well as\b|\beach\b|\brespectively\b|\btwo\b|\balso\b|what about.+what about|"
    r"それぞれ|각각|respectivement|respectivamente|jeweils|соответственно",
    re.IGNORECASE,
)
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


def is_compound(question: str) -> bool:
    """Whether a question says of itself that it has several parts (又…又…, both … and …)."""
    return bool(_COMPOUND.search(to_simplified(question)))


def _best_clauses(
    hits: Sequence[Hit], parts: Sequence[Sequence[Hit]], measure: Locator
) -> list[Hit]:
    """A measure's best clauses for the parts of the question that found it, else for all of it."""
    own = [hit for hit in hits if hit.passage.locator.measure_locator == measure]
    found: dict[str, float] = {}
    for part in parts:
        if part[0].passage.locator.measure_locator == measure:
            for hit in part:
                found[hit.passage.id] = max(hit.score, found.get(hit.passage.id, 0.0))
    if found:
        own.sort(key=lambda hit: (-found.get(hit.passage.id, 0.0), hit.rank))
    near = [hit for hit in own if hit.score >= own[0].score - SAME_MEASURE_MARGIN]
    return near[:_MAX_CLAUSES_A_MEASURE]


def _naming_clauses(question: str, retriever: PolicyRetriever) -> tuple[Hit, ...]:
    """The clauses that name the one thing a question after all that there is is about.

    跟工会有关的要求有哪些 asks for every measure that speaks of 工会, not for all of the nearest one.
    Empty where the question is about more than a name, the name stands in one measure or in many,
    or the corpus is too large for late interaction.
    """
    if not retriever.index.is_late or not asks_for_all(question):
        return ()
    asked = to_simplified(question).lower()
    texts = "\n".join(passage.text.lower() for passage in retriever.index.passages)
    names = set(topic_words(asked, texts))
    if len(names) != 1:
        return ()
    (name,) = names
    if weight(asked.replace(name, " ")) > _MOST_BESIDE_NAME:
        return ()
    hits = retriever.index.search(question, len(retriever.index.passages))
    naming = [hit for hit in hits if name in hit.passage.text.lower()]
    best: dict[Locator, float] = {}
    for hit in hits:
        best.setdefault(hit.passage.locator.measure_locator, hit.score)
    measures = {hit.passage.locator.measure_locator for hit in naming}
    near = all(best[measure] >= hits[0].score - NAMED_MARGIN for measure in measures)
    if not near or not 1 < len(measures) <= _MAX_MEASURES:
        return ()
    if hits[0].passage.locator.measure_locator not in measures:
        return ()
    return tuple(naming[: 2 * _MAX_MEASURES])


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
    hits: Sequence[Hit],
    retriever: PolicyRetriever,
    breadth: Breadth,
    *,
    is_whole: bool = True,
) -> tuple[Hit, ...]:
    """The clauses to answer from, the best first.

    All of the best measure for a simple question: shown the whole measure, the default model picked
    the right clause of it for 26 of 28 development questions, from its two best clauses for 24. For
    one about several measures the best clauses of each. The parts of a question that is not
    `is_whole`, because it leans on the conversation, are not searched.
    """
    if not hits:
        return ()
    if is_whole and (naming := _naming_clauses(question, retriever)):
        return naming
    cut = parts_of(question) if is_whole else ()
    parts = [found for part in cut if (found := retriever.search(part))]
    others = breadth.others(
        retriever.index.embedder.embed_query(question),
        hits,
        parts,
        says_several=is_compound(question),
    )
    if not others:
        return _whole_measure(hits)
    measures = [hits[0].passage.locator.measure_locator, *others]
    return tuple(
        hit for measure in measures[:_MAX_MEASURES] for hit in _best_clauses(hits, parts, measure)
    )
