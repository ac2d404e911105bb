"""Learns index.topics: `python -m eval.fit_topics [--out FILE]`.

What is learned from: the plain questions beside the texts, each about its clause's measure, and the
questions of eval.learning with theirs, a question that leans on its conversation made whole. The report
half is not read. To be run before fit_breadth and fit_scope, which learn from the scores. JSON goes to
stdout: for how many of the latter a gold measure comes first, with and without, by models fitted
without the question.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from corpus.document import Locator
from corpus.questions import clause_hash, load_clause_questions
from eval.learning import load_labelled
from index.search import Index
from index.topics import WEIGHTS, Topics
from rag.build import open_index
from rag.rewrite import Rewriter
from rag.settings import Settings

N_FOLDS = 10
_INVERSE_REGULARISATION = 0.1
# Vectors of one encoder lie close together; spread so far, they suit the regularisation.
_VECTOR_SCALE = 20.0
# A question that people wrote to be answered counts as much as so many plain ones.
_WEIGHT = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question, made whole, and the measures that it is about."""

    question: str
    vector: np.ndarray
    measures: frozenset[Locator]
    weight: float


def fold_of(question: str) -> int:
    """The fold that a question is held out in, by a hash of it."""
    return hashlib.sha256(question.encode()).digest()[0] % N_FOLDS


def read_examples(index: Index) -> list[Example]:
    """Every example; plain questions count once."""
    plain = list(_plain(index))
    asked = list(_asked(index))
    vectors = index.embedder.embed_queries([question for question, _ in plain + asked])
    weights = [1.0] * len(plain) + [_WEIGHT] * len(asked)
    return [
        Example(question=question, vector=vector, measures=measures, weight=weight)
        for (question, measures), vector, weight in zip(
            plain + asked, vectors, weights, strict=True
        )
    ]


def _plain(index: Index) -> Iterator[tuple[str, frozenset[Locator]]]:
    questions = load_clause_questions(Settings().texts)
    for passage in index.passages:
        for question in questions.get(clause_hash(passage.text), ()):
            yield question, frozenset([passage.locator.measure_locator])


def _asked(index: Index) -> Iterator[tuple[str, frozenset[Locator]]]:
    by_number = {p.locator.measure: p.locator.measure_locator for p in index.passages}
    rewriter = Rewriter.load(index.embedder)
    for asked in load_labelled():
        rewritten = rewriter.rewrite(asked.question, asked.history)
        yield rewritten, frozenset(by_number[number] for number in asked.measures)


def fit(examples: Sequence[Example]) -> Topics:
    """One logistic model a measure, over all examples."""
    vectors = np.stack([example.vector for example in examples])
    centre = vectors.mean(axis=0)
    spread = (vectors - centre) * _VECTOR_SCALE
    counts = [example.weight for example in examples]
    measures = sorted({measure for example in examples for measure in example.measures})
    weights, intercepts = [], []
    for measure in measures:
        model = LogisticRegression(C=_INVERSE_REGULARISATION, max_iter=300)
        model.fit(spread, [measure in e.measures for e in examples], counts)
        weights.append(model.coef_[0] * _VECTOR_SCALE)
        intercepts.append(model.intercept_[0] - weights[-1] @ centre)
    return Topics([str(m) for m in measures], np.stack(weights), np.array(intercepts))


def held_out(index: Index, examples: Sequence[Example]) -> list[Index]:
    """For each fold of `fold_of` the index with topics that were fitted without its questions."""
    return [
        index.with_topics(fit([e for e in examples if fold_of(e.question) != fold]))
        for fold in tqdm(range(N_FOLDS), unit="fold", disable=None)
    ]


def main() -> int:
    """Fit, print what folds say, write the weights."""
    parser = argparse.ArgumentParser(prog="eval.fit_topics", description="Learn index.topics.")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    index = open_index(Settings())
    examples = read_examples(index)
    asked = [example for example in examples if example.weight == _WEIGHT]
    folds, without = held_out(index, examples), index.with_topics(None)
    first = {"with": 0, "without": 0}
    for example in tqdm(asked, unit="question", disable=None):
        for name, searched in (("with", folds[fold_of(example.question)]), ("without", without)):
            (best,) = searched.search(example.question, 1)
            first[name] += best.passage.locator.measure_locator in example.measures
    fit(examples).save(
        args.out, embedder=index.embedder.name, fitted_on=f"{len(examples)} questions"
    )
    print(json.dumps({"questions": len(asked), "first": first}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
