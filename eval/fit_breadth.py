"""Learns rag.breadth: `python -m eval.fit_breadth [--out FILE]`.

What is learned from: the answerable development questions, eval/questions/tuning.jsonl, measures.jsonl
(questions with the measures they are about, many of them about several) and followups.jsonl. The report
half is not read. JSON goes to stdout: in how many questions of each kind the measures chosen are all
gold ones and none beside the acceptable, by models that were fitted without the question.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from tqdm import tqdm

from corpus.document import Locator
from eval.fit_topics import fold_of, held_out
from eval.fit_topics import read_examples as read_topical
from eval.learning import load_labelled, rounded
from eval.readings import open_reader
from index.search import SCORING, Index
from rag.breadth import (
    VECTOR_SCALE,
    WEIGHTS,
    Breadth,
    BreadthWeights,
    Sighting,
    read_signs,
    read_topic_signs,
    sight,
)
from rag.build import open_index
from rag.products import SignWeights, expand
from rag.reader import QuestionReader
from rag.rewrite import Rewriter
from rag.settings import Settings

_FOLDS = 10
_VECTOR_REGULARISATION = 0.05  # inverse
_SIGN_REGULARISATION = 0.02
_MOST_OTHERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question as the rule sees it, and the measures that it is about."""

    kind: str
    sighting: Sighting
    gold: frozenset[int]
    acceptable: frozenset[int]

    @property
    def best(self) -> int | None:
        """The best hit's measure."""
        return self.sighting.best.measure


def read_examples(index: Index, reader: QuestionReader) -> Iterator[Example]:
    """Every example, searched as the assistant searches, by topics fitted without it."""
    rewriter = Rewriter.load(index.embedder)
    retrievers = held_out(index, read_topical(index, reader), reader)
    for asked in tqdm(list(load_labelled()), unit="question", disable=None):
        rewritten = rewriter.rewrite(asked.question, asked.history)
        retriever = retrievers[fold_of(rewritten)]
        hits = retriever.rank_asked(asked.question, rewritten)
        yield Example(
            kind=asked.kind,
            sighting=sight(asked.question, rewritten, hits, retriever),
            gold=asked.measures,
            acceptable=asked.acceptable,
        )


class _Several:
    """How much a question's vector looks like one about several measures: a logit."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.centre = np.mean([e.sighting.vector for e in examples], axis=0)
        self.model = LogisticRegression(C=_VECTOR_REGULARISATION, max_iter=5000)
        self.model.fit(self._inputs(examples), [len(e.gold) > 1 for e in examples])

    def _inputs(self, examples: Sequence[Example]) -> np.ndarray:
        inputs: np.ndarray = (
            np.stack([e.sighting.vector for e in examples]) - self.centre
        ) * VECTOR_SCALE
        return inputs

    def logits(self, examples: Sequence[Example]) -> np.ndarray:
        """Of each example: (n,) float64."""
        found: np.ndarray = self.model.decision_function(self._inputs(examples))
        return found


def _fit_signs(rows: Sequence[np.ndarray], is_gold: Sequence[bool]) -> SignWeights:
    matrix = np.stack(rows)
    mean, scale = matrix.mean(0), matrix.std(0)
    model = LogisticRegression(C=_SIGN_REGULARISATION, max_iter=5000)
    model.fit(expand(matrix, mean, scale), is_gold)
    return SignWeights(
        mean=rounded(mean),
        scale=rounded(scale),
        weights=rounded(model.coef_[0]),
        intercept=round(float(model.intercept_[0]), 5),
    )


def fit(examples: Sequence[Example], embedder: str) -> BreadthWeights:
    """All models; those of signs see logits of the vector's fitted without the example."""
    logits = np.zeros(len(examples))
    for fitted, held in KFold(_FOLDS, shuffle=True, random_state=1).split(examples):
        several = _Several([examples[i] for i in fitted])
        logits[held] = several.logits([examples[i] for i in held])
    rows: list[np.ndarray] = []
    topical: list[np.ndarray] = []
    is_gold: list[bool] = []
    for example, logit in zip(examples, logits, strict=True):
        if example.best not in example.gold:
            continue
        for other, signs in read_signs(example.sighting, logit).items():
            if other.measure in example.gold or other.measure not in example.acceptable:
                rows.append(signs)
                topical.append(read_topic_signs(example.sighting, other))
                is_gold.append(other.measure in example.gold)
    several = _Several(examples)
    return BreadthWeights(
        embedder=embedder,
        scoring=SCORING,
        centre=rounded(several.centre),
        vector=rounded(several.model.coef_[0]),
        vector_intercept=round(float(several.model.intercept_[0]), 5),
        signs=_fit_signs(rows, is_gold),
        signs_with_topics=_fit_signs(list(map(np.append, rows, topical)), is_gold),
        fitted_on=f"{len(examples)} questions",
    )


def is_exact(example: Example, others: Sequence[Locator]) -> bool:
    """Whether the measures chosen are all gold ones and none beside the acceptable."""
    chosen = {example.best, *(other.measure for other in others[:_MOST_OTHERS])}
    return example.gold <= chosen <= example.gold | example.acceptable


def cross_validate(examples: Sequence[Example], embedder: str) -> dict[str, str]:
    """By kind: exact questions of all."""
    exact: Counter[str] = Counter()
    for fitted, held in KFold(_FOLDS, shuffle=True, random_state=0).split(examples):
        breadth = Breadth(fit([examples[i] for i in fitted], embedder))
        for example in (examples[i] for i in held):
            others = breadth.others(example.sighting)
            exact[example.kind] += is_exact(example, others)
    counts = Counter(example.kind for example in examples)
    return {kind: f"{exact[kind]} of {counts[kind]}" for kind in sorted(counts)}


def main() -> int:
    """Fit, print what cross-validation says, write the weights."""
    parser = argparse.ArgumentParser(prog="eval.fit_breadth", description="Learn rag.breadth.")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    index = open_index(Settings())
    examples = list(read_examples(index, open_reader()))
    embedder = index.embedder.name
    told = cross_validate(examples, embedder)
    weights = fit(examples, embedder)
    args.out.write_text(weights.model_dump_json() + "\n", encoding="utf-8")
    print(json.dumps({"exact": told}, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
