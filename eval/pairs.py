"""The pairs of a question and a measure that the cross-encoder is learned from."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tqdm import tqdm

from corpus.load import load_corpus
from eval.learning import (
    as_turns,
    load_about_measures,
    load_developed,
    load_follow_ups,
    load_judged,
    load_misuse,
)
from index.search import Index
from rag.retrieve import PolicyRetriever
from rag.rewrite import Rewriter
from rag.settings import Settings
from rag.structure import answer_structure

_WRONG_WEIGHT = 0.5
# Shares of answered questions that are paired with a wrong measure, and with a right one, in an epoch;
# those of the second kind are many, of one author's each, and easy.
_WRONG_SHARE = 0.5
_ABOUT_RIGHT, _ABOUT_WRONG = 0.35, 0.25
_NEAREST_SHARE = 0.6
_LOOKED_AT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question made whole, and the measures: `found` by the search, best first, and `gold`, which
    answer it; both may be empty. `is_about` ones come from measures.jsonl."""

    question: str
    is_answered: bool
    found: tuple[int, ...]
    gold: frozenset[int] = frozenset()
    acceptable: frozenset[int] = frozenset()
    is_about: bool = False

    @property
    def wrong(self) -> list[int]:
        """What the search finds and is no answer."""
        return [m for m in self.found if m not in self.gold | self.acceptable]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A question and a measure, whether this answers that, and how much it counts."""

    question: str
    measure: int
    answers: float
    weight: float


def read_asked(index: Index) -> Iterator[Asked]:
    """Every question to learn from that is not about the document's build."""
    documents, rewriter = load_corpus(Settings().texts), Rewriter.load(index.embedder)
    retriever = PolicyRetriever(index=index)

    def find(question: str, rewritten: str) -> tuple[int, ...]:
        hits = retriever.rank(question, rewritten)
        return tuple(dict.fromkeys(int(h.passage.locator.measure or 0) for h in hits))[:_LOOKED_AT]

    for q in tqdm(load_developed(), unit="question", disable=None):
        history = as_turns(q.history)
        if answer_structure(q.question, documents, "zh", history=history, search=retriever.search):
            continue
        rewritten = rewriter.rewrite(q.question, history)
        yield Asked(
            question=rewritten,
            is_answered=q.answerable,
            found=find(q.question, rewritten),
            gold=frozenset(q.measures),
            acceptable=frozenset(q.acceptable_measures),
        )
    for follow_up in tqdm(load_follow_ups(), unit="question", disable=None):
        rewritten = rewriter.rewrite(follow_up.question, as_turns(follow_up.history))
        yield Asked(
            question=rewritten,
            is_answered=bool(follow_up.measures),
            found=find(follow_up.question, rewritten),
            gold=frozenset(follow_up.measures),
        )
    for judged in tqdm(load_judged(), unit="question", disable=None):
        found = find(judged.question, judged.question)
        yield Asked(question=judged.question, is_answered=judged.answered, found=found)
    for message in tqdm(load_misuse(), unit="question", disable=None):
        yield Asked(
            question=message.question,
            is_answered=bool(message.measures),
            found=find(message.question, message.question),
            gold=frozenset(message.measures),
        )
    for about in tqdm(load_about_measures(), unit="question", disable=None):
        yield Asked(
            question=about.question,
            is_answered=True,
            found=find(about.question, about.question),
            gold=frozenset(about.measures),
            is_about=about.kind not in ("everyday", "premise", "short"),
        )


def pairs_of(asked: Sequence[Asked], chance: random.Random) -> list[Pair]:
    """The pairs of one epoch, in an order of chance."""
    pairs = []
    for one in asked:
        if not one.is_answered:
            pairs.append(_pair(one, one.found[0], answers=False))
            continue
        right = one.gold | one.acceptable or {one.found[0]}
        dice = chance.random()
        if not one.is_about:
            best = one.found[0] if one.found[0] in right else min(one.gold or right)
            pairs.append(_pair(one, best, answers=True))
            is_wrong_too = one.gold and dice < _WRONG_SHARE
        else:
            if dice < _ABOUT_RIGHT:
                pairs.append(_pair(one, chance.choice(sorted(right)), answers=True))
            is_wrong_too = _ABOUT_RIGHT <= dice < _ABOUT_RIGHT + _ABOUT_WRONG
        if is_wrong_too and (wrong := one.wrong):
            nearest = chance.random() < _NEAREST_SHARE
            measure = wrong[0] if nearest else chance.choice(wrong)
            pairs.append(_pair(one, measure, answers=False, weight=_WRONG_WEIGHT))
    chance.shuffle(pairs)
    return pairs


def _pair(one: Asked, measure: int, *, answers: bool, weight: float = 1.0) -> Pair:
    return Pair(question=one.question, measure=measure, answers=float(answers), weight=weight)
