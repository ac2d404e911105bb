"""Which measures beside the best a question is about as well, learned from questions.

One question may be about two measures (育儿补贴和免税店分别怎么说) though nothing but a 和 tells so, and
another names a matter only in passing (我是农民工，…). Two logistic models decide: how much the question's
vector looks like one about several things, and then, for each measure, a few signs of how the whole
question, its parts and its single words find it, the products of each two of them, and, where both it and
the best are known to `index.topics`, how much the question and any part of it speak of either. `eval.fit_breadth` learns all.
Where the language model reads the question, what each measure attends to in it is weighed in (`rag.measure_attention`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from corpus.document import Locator
from index.passage import Hit
from rag.extent import asks_for_all, is_compound, parts_of, sentences_asked
from rag.measure_attention import Attended
from rag.products import SignWeights
from rag.retrieve import PolicyRetriever
from rag.wording import names_in

WEIGHTS = Path(__file__).with_name("breadth.json")
# Vectors of one encoder lie close together; spread so far, they count like other signs.
VECTOR_SCALE = 20.0
SIGNS = ("behind", "rank", "part_lead", "of_a_part", "part_score", "several",
         "gain", "nearer", "peak", "ahead", "length", "score", "same_name")  # fmt: skip
TOPIC_SIGNS = ("odds", "odds_lead", "n_likely", "odds_of_best",
               "part_odds", "part_lead", "n_parts", "n_likely_by_part")  # fmt: skip
# A measure with a logit above this is one that the question may be about.
_LIKELY = -1.0
_MOST_RANKS = 4
# Looked at by rank; one further behind only if a part of the question finds it first or is likely to
# be about it.
_LOOKED_AT = 6
# A part that finds a measure with this score says neither yes nor no.
_USUAL_SCORE = 0.83
# How far the next measure is behind the last one that was found.
_USUAL_GAP = 0.02
# What stands in more measures than this is no name of a matter (消费, 支持).
_MOST_NAMED = 4
# The least logit with which a measure is taken; less is enough where the question says of itself that
# it has several parts. In cross-validation 0 makes four more of 5,248 exact, and 24 fewer whole.
_LEAST = -0.2
_LEAST_OF_SEVERAL = -0.8
# And of one that a sentence with a question mark of its own finds first, where there are several such:
# of 769 calibration questions four more are exact, and none more has a measure too many.
_LEAST_OF_ASKED = -2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """How a question finds the measures.

    `vector` (dimension,) is the question's, `hits` the ranking by the whole of it, `parts` those by
    each of its parts. `reach` has for each measure how near it comes to each token of the question
    (n_tokens,); empty where there is no late interaction. `named` are the measures that hold each
    name that stands in the question and in few of them. `asked` are the rankings by each of several
    sentences with a question mark. `odds` are those of Index.topic_odds; `attended` is None where
    the language model does not read.
    """

    vector: np.ndarray
    hits: tuple[Hit, ...]
    parts: tuple[tuple[Hit, ...], ...]
    reach: Mapping[Locator, np.ndarray]
    named: tuple[frozenset[Locator], ...]
    asked: tuple[tuple[Hit, ...], ...]
    odds: Mapping[Locator, float]
    part_odds: Mapping[Locator, float]
    attended: Attended | None
    wants_all: bool
    says_several: bool

    @property
    def best(self) -> Locator:
        """The best hit's measure."""
        return self.hits[0].passage.locator.measure_locator


def sight(
    question: str, rewritten: str, hits: Sequence[Hit], retriever: PolicyRetriever
) -> Sighting:
    """How a question finds the measures; there must be a hit.

    Of a question that leans on the conversation, and so was rewritten, the parts are searched only
    where it says that it has several: those of others are mostly too little to be found by.
    """
    index = retriever.index
    says_several = is_compound(question)
    cut = parts_of(question) if rewritten == question or says_several else ()
    reach: dict[Locator, np.ndarray] = {}
    named: tuple[frozenset[Locator], ...] = ()
    if index.late is not None:
        measures = [passage.locator.measure_locator for passage in index.passages]
        near = index.late.nearness(index.embedder.embed_query_tokens(rewritten))
        places: dict[Locator, list[int]] = {}
        for place, measure in enumerate(measures):
            places.setdefault(measure, []).append(place)
        reach = {measure: near[:, own].max(axis=1) for measure, own in places.items()}
        texts = [passage.text.lower() for passage in index.passages]
        holders = (
            frozenset(m for m, text in zip(measures, texts, strict=True) if name in text)
            for name in names_in(question, "\n".join(texts))
        )
        named = tuple(held for held in holders if 1 < len(held) <= _MOST_NAMED)
    odds = index.topic_odds(rewritten)
    odds_by_part = [index.topic_odds(part) for part in cut] or [odds]
    return Sighting(
        vector=index.embedder.embed_query(question),
        hits=tuple(hits),
        parts=tuple(found for part in cut if (found := retriever.rank(part))),
        reach=reach,
        named=named,
        asked=tuple(
            found
            for sentence in (sentences_asked(question) if rewritten == question else ())
            if (found := retriever.rank(sentence))
        ),
        odds=odds,
        part_odds={measure: max(part[measure] for part in odds_by_part) for measure in odds},
        attended=None if retriever.attention is None else retriever.attention.attend(rewritten),
        wants_all=asks_for_all(question),
        says_several=says_several,
    )


class BreadthWeights(BaseModel):
    """The fitted models: of the vector, of SIGNS, and of SIGNS and TOPIC_SIGNS, in their order."""

    model_config = ConfigDict(frozen=True)
    embedder: str
    scoring: str
    centre: tuple[float, ...]
    vector: tuple[float, ...]
    vector_intercept: float
    signs: SignWeights
    signs_with_topics: SignWeights
    fitted_on: str


def _best_scores(hits: Sequence[Hit]) -> dict[Locator, float]:
    """The best score of each measure, best first."""
    scores: dict[Locator, float] = {}
    for hit in hits:
        scores.setdefault(hit.passage.locator.measure_locator, hit.score)
    return scores


def read_signs(sighting: Sighting, several: float) -> dict[Locator, np.ndarray]:
    """The signs (13,) float64 of each measure beside the best, best first.

    `several` is the first model's logit.
    """
    scores = _best_scores(sighting.hits)
    best, *others = scores
    found: dict[Locator, list[tuple[float, float]]] = {}
    for part in map(_best_scores, sighting.parts):
        first = next(iter(part))
        behind = part.get(best, min(part.values()))
        found.setdefault(first, []).append((part[first] - behind, part[first]))
    signs = {}
    for rank, other in enumerate(others, start=1):
        own = found.get(other, [])
        is_likely = sighting.part_odds.get(other, _LIKELY) > _LIKELY
        if rank > _LOOKED_AT and not own and not is_likely:
            continue
        following = scores[others[rank]] if rank < len(others) else scores[other] - _USUAL_GAP
        signs[other] = np.array(
            [
                scores[other] - scores[best],
                min(rank, _MOST_RANKS),
                max((lead for lead, _ in own), default=0.0),
                bool(own),
                max((score for _, score in own), default=_USUAL_SCORE) - _USUAL_SCORE,
                several,
                *_read_tokens(sighting.reach, best, other),
                scores[other] - following,
                np.log(max(1, len(next(iter(sighting.reach.values()), ())))),
                scores[other],
                sighting.wants_all and any({best, other} <= held for held in sighting.named),
            ]
        )
    return signs


def _read_tokens(
    reach: Mapping[Locator, np.ndarray], best: Locator, other: Locator
) -> tuple[float, float, float]:
    """What a measure adds to the best one, token by token of the question.

    How much nearer it comes on average, for what share of the tokens, and how far it leads all other
    measures at the token that is most its own.
    """
    if best not in reach or other not in reach:
        return 0.0, 0.0, 0.0
    own = reach[other]
    gain = own - reach[best]
    rest = np.max([near for measure, near in reach.items() if measure != other], axis=0)
    return (
        float(gain.clip(min=0).mean()),
        float((gain > 0).mean()),
        float((own - rest).clip(min=0).max()),
    )


def read_topic_signs(sighting: Sighting, other: Locator) -> np.ndarray:
    """The signs of TOPIC_SIGNS, in their order: (8,) float64; (0,) where either is not known."""
    best, odds, of_parts = sighting.best, sighting.odds, sighting.part_odds
    if best not in odds or other not in odds:
        return np.zeros(0)
    return np.array(
        [
            odds[other],
            odds[other] - odds[best],
            sum(logit > _LIKELY for logit in odds.values()),
            odds[best],
            of_parts[other],
            of_parts[other] - of_parts[best],
            len(sighting.parts),
            sum(logit > _LIKELY for logit in of_parts.values()),
        ]
    )


class Breadth:
    """The fitted models, ready to judge; without weights a plain rule stands in."""

    def __init__(self, weights: BreadthWeights | None) -> None:
        self._weights = weights
        if weights is not None:
            self._centre, self._vector = np.array(weights.centre), np.array(weights.vector)

    @classmethod
    def load(cls, embedder: str, scoring: str, path: Path = WEIGHTS) -> Breadth:
        """The shipped models, where they were fitted for this embedder and these scores."""
        weights = None
        if path.is_file():
            weights = BreadthWeights.model_validate_json(path.read_bytes())
            known = len(weights.signs_with_topics.mean) == len(SIGNS + TOPIC_SIGNS)
            if (weights.embedder, weights.scoring) != (embedder, scoring) or not known:
                weights = None
        return cls(weights)

    def others(self, sighting: Sighting) -> list[Locator]:
        """The measures beside the best one, the surest first."""
        if self._weights is None or not sighting.reach:  # learned on late interaction
            signs = read_signs(sighting, 0.0)
            return [other for other, (_, rank, lead, *_) in signs.items() if lead > 0 and rank < 3]
        sure = self.logits(sighting)
        if attended := sighting.attended:
            best = sighting.best
            sure = {other: attended.weigh(logit, other, best) for other, logit in sure.items()}
        least = _LEAST_OF_SEVERAL if sighting.says_several else _LEAST
        asked = {found[0].passage.locator.measure_locator for found in sighting.asked}
        chosen = (
            other
            for other, logit in sure.items()
            if logit > (min(least, _LEAST_OF_ASKED) if other in asked else least)
        )
        return sorted(chosen, key=lambda other: -sure[other])

    def logits(self, sighting: Sighting) -> dict[Locator, float]:
        """That the question is about a measure too, of each beside the best, by the signs alone; empty
        without weights."""
        if self._weights is None:
            return {}
        topic = (sighting.vector - self._centre) * VECTOR_SCALE @ self._vector
        sure = {}
        for other, values in read_signs(
            sighting, float(topic) + self._weights.vector_intercept
        ).items():
            topical = read_topic_signs(sighting, other)
            model = self._weights.signs_with_topics if len(topical) else self._weights.signs
            sure[other] = model.logit(np.concatenate([values, topical]))
        return sure
