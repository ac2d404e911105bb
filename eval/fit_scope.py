"""Learn the gate's scope from questions: `python -m eval.fit_scope [--out FILE] [--reading-out FILE]`.

What is learned from: the development questions, eval/questions/tuning.jsonl, measures.jsonl, followups.jsonl, scope.jsonl
(questions near to the policy in meaning, most of which it does not answer; short ones count more) and the plain questions
beside the texts, each searched in an index that lacks it; they are many and easy and count little. Of
answerable ones a second reading without evidence counts a little as not answered. The report half is not read.
Then those of the questions that were asked beside others of the opposite kind are read by the language model's
lower layers, and what its vectors tell is learned beside it; with the many easy ones it tells less. JSON
with the cross-validated curves goes to stdout.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from tqdm import tqdm

from corpus.load import load_corpus
from corpus.questions import clause_hash, load_clause_questions
from eval.fit_topics import fold_of, held_out
from eval.fit_topics import read_examples as read_topical
from eval.learning import (
    as_turns,
    load_about_measures,
    load_developed,
    load_follow_ups,
    load_judged,
)
from eval.logistic import fit_logistic
from eval.question import Question
from eval.readings import open_reader
from index.passage import Hit
from index.search import Index
from rag.build import open_index
from rag.gate import Gate, measure_texts
from rag.learned_measures import save_learned
from rag.logistic import Logistic, LogisticWeights
from rag.reader import WEIGHTS as READING
from rag.reader import QuestionReader
from rag.retrieve import PolicyRetriever
from rag.rewrite import Rewriter
from rag.scope import WEIGHTS
from rag.second import logit_of, probability_of
from rag.settings import Settings
from rag.structure import answer_structure
from rag.weighing import is_short

_FOLDS = 10
_READING_REGULARISATION, _INVERSE_REGULARISATION = 0.2, 0.03  # both inverse
_REMOVED_WEIGHT = 0.05
# With a weight of 1 the plain questions, then four times all others, drew the model to what is easy:
# the area under the curve was 0.959, with 0.05 0.973.
_PLAIN_WEIGHT = 0.05
# Short ones are few among the sentences: with 1 the area under the curve of another author's was 0.970.
_SHORT_WEIGHT = 8.0
# Every second one is enough: thousands of searches less.
_EVERY_PLAIN = 2
# This share of answerable questions is refused, in cross-validation, where the scope stands alone.
FALSE_REFUSALS = 0.05
# The sources that hold both kinds: the curve and the threshold are read off them, and the reader reads them.
_JUDGED = ("dev", "tuning", "scope", "followups")
_DEPTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question as the gate sees it. `weight` is its share in the fit."""

    vector: np.ndarray
    signs: np.ndarray
    is_answered: bool
    weight: float
    source: str
    query: str


def read_examples(index: Index, reader: QuestionReader) -> Iterator[Example]:
    """Every example; the plain questions in folds, searched where their own fold is not."""
    documents, rewriter = load_corpus(Settings().texts), Rewriter.load(index.embedder)
    search = PolicyRetriever(index=index).search
    folds = [
        (Gate(retriever.index), retriever)
        for retriever in held_out(index, read_topical(index, reader), reader)
    ]
    for question in tqdm(load_developed(), unit="question", disable=None):
        history = as_turns(question.history)
        if not answer_structure(question.question, documents, "zh", history=history, search=search):
            rewritten = rewriter.rewrite(question.question, history)
            yield from _read(*folds[fold_of(rewritten)], question, rewritten)
    for follow_up in load_follow_ups():
        query, is_answered = follow_up.question, bool(follow_up.measures)
        rewritten = rewriter.rewrite(query, as_turns(follow_up.history))
        gate, retriever = folds[fold_of(rewritten)]
        found = retriever.search_asked(query, rewritten)
        yield _example(gate, index, query, rewritten, found, is_answered, 1.0, "followups")
    wholes = [(judged.question, judged.answered, "scope") for judged in load_judged()]
    for about in load_about_measures():
        # These were asked beside near misses that the policy does not answer.
        source = "scope" if about.kind in ("everyday", "premise", "short") else "measures"
        wholes.append((about.question, True, source))
    for query, is_answered, source in wholes:
        gate, retriever = folds[fold_of(query)]
        weight = _SHORT_WEIGHT if is_short(query) else 1.0
        found = retriever.search_asked(query, query)
        yield _example(gate, index, query, query, found, is_answered, weight, source)
    yield from _read_plain(folds)


def _read(
    gate: Gate, retriever: PolicyRetriever, question: Question, rewritten: str
) -> Iterator[Example]:
    asked, index = question.question, retriever.index
    hits = retriever.search_asked(asked, rewritten)
    source = "tuning" if question.id >= "q3" and len(question.id) > 4 else "dev"
    yield _example(gate, index, asked, rewritten, hits, question.answerable, 1.0, source)
    if question.measures:
        gold = {*question.measures, *question.acceptable_measures}
        left = tuple(hit for hit in hits if hit.passage.locator.measure not in gold)
        if left:
            yield _example(gate, index, asked, rewritten, left, False, _REMOVED_WEIGHT, "removed")


def _read_plain(without: Sequence[tuple[Gate, PolicyRetriever]]) -> Iterator[Example]:
    questions = load_clause_questions(Settings().texts)
    index = without[0][1].index
    asked = [q for p in index.passages for q in questions.get(clause_hash(p.text), ())]
    folds = np.array([fold_of(question) for question in asked])
    late = index.late
    if late is None:
        raise ValueError("the index has no late interaction; there is nothing to learn")
    for fold, (gate, retriever) in enumerate(tqdm(without, unit="fold", disable=None)):
        kept = np.flatnonzero(folds != fold).tolist()
        searched = retriever.index.with_late(late.with_questions(kept))
        for place in np.flatnonzero(folds == fold)[::_EVERY_PLAIN]:
            hits = searched.search(asked[place], _DEPTH)
            yield _example(
                gate, index, asked[place], asked[place], hits, True, _PLAIN_WEIGHT, "plain"
            )


def _example(
    gate: Gate,
    index: Index,
    query: str,
    rewritten: str,
    hits: Sequence[Hit],
    is_answered: bool,
    weight: float,
    source: str,
) -> Example:
    return Example(
        query=query,
        vector=index.embedder.embed_query(query),
        signs=gate.read(query, rewritten, hits).values,
        is_answered=is_answered,
        weight=weight,
        source=source,
    )


def fit(examples: Sequence[Example], embedder: str, threshold: float = 0.5) -> LogisticWeights:
    """The scope learned from examples."""
    return fit_logistic(
        np.stack([e.vector for e in examples]),
        np.stack([e.signs for e in examples]),
        np.array([e.is_answered for e in examples]),
        np.array([e.weight for e in examples]),
        inverse_regularisation=_INVERSE_REGULARISATION,
        embedder=embedder,
        threshold=threshold,
        fitted_on=f"{len(examples)} examples",
    )


def fit_reading(
    examples: Sequence[Example], vectors: np.ndarray, embedder: str, threshold: float = 0.5
) -> LogisticWeights:
    """What the reader's vectors (n, dimension) tell beside the signs."""
    return fit_logistic(
        vectors,
        np.stack([e.signs for e in examples]),
        np.array([e.is_answered for e in examples]),
        np.ones(len(examples)),
        inverse_regularisation=_READING_REGULARISATION,
        embedder=embedder,
        threshold=threshold,
        fitted_on=f"{len(examples)} examples",
    )


def cross_validate_reading(
    examples: Sequence[Example], vectors: np.ndarray, guessed: np.ndarray, embedder: str
) -> np.ndarray:
    """Each example's probability by scope and reading together; `guessed` (n,) are the scope's."""
    found = np.zeros(len(examples))
    answered = [e.is_answered for e in examples]
    splitter = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    for fitted, held in splitter.split(answered, answered):
        reading = Logistic(
            fit_reading([examples[i] for i in fitted], vectors[fitted], embedder)
        ).probabilities(vectors[held], np.stack([examples[i].signs for i in held]))
        found[held] = [  # what the gate does eval.fit_gate learns
            probability_of((logit_of(g) + logit_of(r)) / 2)
            for g, r in zip(guessed[held], reading, strict=True)
        ]
    return found


def cross_validate(examples: Sequence[Example], embedder: str) -> np.ndarray:
    """Each example's probability by a model that was fitted without it: (n,) float64."""
    found = np.zeros(len(examples))
    answered = [e.is_answered for e in examples]
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(answered, answered)
    for fitted, held in folds:
        scope = Logistic(fit([examples[i] for i in fitted], embedder))
        others = [examples[i] for i in held]
        found[held] = scope.probabilities(
            np.stack([e.vector for e in others]), np.stack([e.signs for e in others])
        )
    return found


def curve(examples: Sequence[Example], found: np.ndarray) -> dict[str, object]:
    """What each threshold refuses, of the questions that people wrote to be answered or not."""
    judged = np.array([e.source in _JUDGED for e in examples])
    answered = np.array([e.is_answered for e in examples])
    yes, no = found[judged & answered], found[judged & ~answered]
    removed = found[np.array([e.source == "removed" for e in examples])]
    kinds = {"answerable": yes, "unanswerable": no, "evidence_removed": removed}
    points = [
        {"threshold": round(float(threshold), 4)}
        | {
            f"refused_{k}": round(float((v < threshold).mean()), 3)
            for k, v in kinds.items()
            if len(v)
        }
        for threshold in np.quantile(yes, (0.01, 0.02, 0.03, 0.04, FALSE_REFUSALS, 0.08, 0.12, 0.2))
    ]
    side = np.r_[np.ones(len(yes)), np.zeros(len(no))]
    area = float(roc_auc_score(side, np.r_[yes, no]))
    return {
        "n_answerable": len(yes),
        "n_unanswerable": len(no),
        "area_under_curve": round(area, 4),
        "points": points,
    }


def threshold_at(examples: Sequence[Example], found: np.ndarray, share: float) -> float:
    """The probability below which this share of the answerable ones lies."""
    judged = np.array([e.source in _JUDGED and e.is_answered for e in examples])
    return float(np.quantile(found[judged], share))


def main() -> int:
    """Fit, print the curves, write the weights."""
    parser = argparse.ArgumentParser(prog="eval.fit_scope", description="Learn the gate's scope.")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--reading-out", type=Path, default=READING)
    args = parser.parse_args()
    index, reader = open_index(Settings()), open_reader()
    embedder, examples = index.embedder.name, list(read_examples(index, reader))
    found = cross_validate(examples, embedder)
    told = curve(examples, found)
    weights = fit(examples, embedder, threshold_at(examples, found, FALSE_REFUSALS))
    args.out.write_text(weights.model_dump_json() + "\n", encoding="utf-8")
    read = [i for i, e in enumerate(examples) if e.source in _JUDGED]
    examples = [examples[i] for i in read]
    states = (reader.vector(e.query) for e in tqdm(examples, unit="question", disable=None))
    vectors = np.stack([state for state in states if state is not None])
    both = cross_validate_reading(examples, vectors, found[read], embedder)
    reading = fit_reading(examples, vectors, embedder)
    args.reading_out.write_text(reading.model_dump_json() + "\n", encoding="utf-8")
    save_learned(measure_texts(index))
    curves = {
        "scope": {"fitted_on": weights.fitted_on, "threshold": weights.threshold, **told},
        "with the reader": {"fitted_on": reading.fitted_on, **curve(examples, both)},
    }
    print(json.dumps(curves, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
