"""Learns index.topics and rag.read_topics: `python -m eval.fit_topics [--out FILE] [--read-out FILE]`.

What is learned from: the questions of eval.learning with their measures, a question that leans on its
conversation made whole, and, by the encoder alone, the plain questions beside the texts, each about its
clause's measure. The report half is not read. To be run before fit_breadth and fit_scope, which learn
from the scores. JSON goes to stdout: for how many of the former a gold measure comes first, with neither,
with the encoder's and with both, by models fitted without the question. The language model reads two
to three questions a second; what it read is kept.
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
from scipy.optimize import minimize
from scipy.special import expit
from tqdm import tqdm

from corpus.document import Locator
from corpus.questions import clause_hash, load_clause_questions
from eval.learning import load_labelled
from eval.readings import open_reader
from index.search import Index
from index.topics import WEIGHTS, Topics
from rag.build import open_index
from rag.read_topics import WEIGHTS as READ_WEIGHTS
from rag.read_topics import ReadTopics
from rag.reader import READER, QuestionReader
from rag.retrieve import PolicyRetriever
from rag.rewrite import Rewriter
from rag.settings import Settings

N_FOLDS = 10
_INVERSE_REGULARISATION = 0.1
# Vectors of one model lie close together; spread so far, they suit the regularisation.
_VECTOR_SCALE, _READ_SCALE = 20.0, 30.0
# A question that people wrote to be answered counts as much as so many plain ones.
_WEIGHT = 2.0
_MOST_ITERATIONS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question, made whole, and the measures that it is about; a plain one was not `read`."""

    question: str
    vector: np.ndarray
    read: np.ndarray | None
    measures: frozenset[Locator]
    weight: float


def fold_of(question: str) -> int:
    """The fold that a question is held out in, by a hash of it."""
    return hashlib.sha256(question.encode()).digest()[0] % N_FOLDS


def read_examples(index: Index, reader: QuestionReader) -> list[Example]:
    """Every example; plain questions count once."""
    plain = list(_plain(index))
    asked = list(_asked(index))
    vectors = index.embedder.embed_queries([question for question, _ in plain + asked])
    read = [reader.vector(question) for question, _ in tqdm(asked, unit="question", disable=None)]
    weights = [1.0] * len(plain) + [_WEIGHT] * len(asked)
    return [
        Example(question=question, vector=vector, read=own, measures=measures, weight=weight)
        for (question, measures), vector, own, weight in zip(
            plain + asked, vectors, [None] * len(plain) + read, weights, strict=True
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
    """One logistic model a measure over the encoder's vectors of all examples."""
    return _fit(examples, np.stack([e.vector for e in examples]), _VECTOR_SCALE)


def fit_read(examples: Sequence[Example]) -> Topics:
    """One over the reader's, of those that it read."""
    read = [(e, e.read) for e in examples if e.read is not None]
    return _fit([e for e, _ in read], np.stack([vector for _, vector in read]), _READ_SCALE)


def _fit(examples: Sequence[Example], vectors: np.ndarray, scale: float) -> Topics:
    """All measures' models at once: each step then costs one product of matrices."""
    centre = vectors.mean(axis=0)
    spread = ((vectors - centre) * scale).astype(np.float32)
    measures = sorted({measure for example in examples for measure in example.measures})
    about = np.array([[m in e.measures for m in measures] for e in examples], dtype=np.float32)
    counts = np.array([[e.weight] for e in examples], dtype=np.float32) * _INVERSE_REGULARISATION
    shape = (spread.shape[1] + 1, len(measures))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights, intercepts = np.split(flat.reshape(shape).astype(np.float32), [shape[0] - 1])
        logits = spread @ weights + intercepts
        off = counts * (expit(logits) - about)
        value = (counts * (np.logaddexp(0, logits) - about * logits)).sum() + (weights**2).sum() / 2
        slope = np.vstack([spread.T @ off + weights, off.sum(axis=0)])
        return float(value), slope.astype(np.float64).ravel()

    start = np.zeros(shape).ravel()
    options = {"maxiter": _MOST_ITERATIONS, "maxcor": 20}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x.reshape(shape)
    weights = found[:-1].T * scale
    return Topics([str(m) for m in measures], weights, found[-1] - weights @ centre)


def held_out(
    index: Index, examples: Sequence[Example], reader: QuestionReader
) -> list[PolicyRetriever]:
    """For each fold of `fold_of` the retriever with topics that were fitted without its questions."""
    retrievers = []
    for fold in tqdm(range(N_FOLDS), unit="fold", disable=None):
        others = [e for e in examples if fold_of(e.question) != fold]
        read = ReadTopics(reader, fit_read(others))
        retrievers.append(PolicyRetriever(index=index.with_topics(fit(others)), read=read))
    return retrievers


def main() -> int:
    """Fit, print what folds say, write the weights."""
    parser = argparse.ArgumentParser(prog="eval.fit_topics", description="Learn what is asked.")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--read-out", type=Path, default=READ_WEIGHTS)
    args = parser.parse_args()
    index, reader = open_index(Settings()), open_reader()
    examples = read_examples(index, reader)
    asked = [example for example in examples if example.read is not None]
    folds = held_out(index, examples, reader)
    without = PolicyRetriever(index=index.with_topics(None))
    first = {"neither": 0, "encoder": 0, "both": 0}
    for example in tqdm(asked, unit="question", disable=None):
        own, question = folds[fold_of(example.question)], example.question
        for name, ranked in (
            ("neither", without.rank(question)),
            ("encoder", own.rank(question)),
            ("both", own.rank_asked(question, question)),
        ):
            first[name] += ranked[0].passage.locator.measure_locator in example.measures
    fit(examples).save(
        args.out, embedder=index.embedder.name, fitted_on=f"{len(examples)} questions"
    )
    fit_read(examples).save(args.read_out, embedder=READER, fitted_on=f"{len(asked)} questions")
    print(json.dumps({"questions": len(asked), "first": first}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
