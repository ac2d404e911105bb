"""Learns rag.unsaid: `python -m eval.fit_unsaid [--out FILE]`.

What is learned from: eval/questions/halves.jsonl (messages with several wishes, on some of which the
policy is silent, and messages of the same style on all of which it is not), and the questions of
eval.learning with several parts, on no part of which it is. JSON goes to stdout: at several shares of
false notes, of how many half-answered messages a silent wish is named and nothing else, cross-validated.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from eval.learning import load_halves, load_labelled
from eval.logistic import fit_logistic
from eval.readings import open_reader
from index.search import SCORING, Index
from rag.breadth import Breadth
from rag.build import open_index, open_retriever
from rag.gate import Gate
from rag.logistic import Logistic, LogisticWeights
from rag.reader import QuestionReader
from rag.select import select
from rag.settings import Settings
from rag.unsaid import WEIGHTS, Part, read_parts

_FOLDS = 10
_INVERSE_REGULARISATION = 0.02
# Of the questions on which the policy is silent in nothing, this share may get a note.
FALSE_NOTES = 0.02
# Every third of those is enough: thousands of searches less.
_EVERY_WHOLE = 3
# A part is such a wish if so much of it stands in the words that are marked; one below half of it is not.
_MOSTLY = 0.6
_HARDLY = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A part of the message with this number; `is_half` tells whether the message has silent wishes."""

    message: int
    part: Part
    is_unsaid: bool
    is_half: bool


def read_examples(index: Index, reader: QuestionReader) -> Iterator[Example]:
    """The parts of every message that has several, as the assistant sees them."""
    retriever, gate = open_retriever(index, reader), Gate(index, reader=reader)
    breadth = Breadth.load(index.embedder.name, SCORING)
    messages = [(half.question, half.unsaid) for half in load_halves() if half.measures]
    whole = [asked.question for asked in load_labelled() if not asked.history]
    messages += [(question, ()) for question in whole[::_EVERY_WHOLE]]
    for number, (question, unsaid) in enumerate(tqdm(messages, unit="question", disable=None)):
        hits = retriever.rank_asked(question, question)
        chosen = select(question, question, hits, retriever, breadth)
        shown = {hit.passage.locator.measure_locator for hit in chosen.hits}
        for part in read_parts(question, shown, retriever, gate):
            marked = _share_marked(part.text, question, unsaid)
            if not _HARDLY < marked < _MOSTLY:
                yield Example(
                    message=number, part=part, is_unsaid=marked >= _MOSTLY, is_half=bool(unsaid)
                )


def _share_marked(part: str, question: str, marks: Sequence[str]) -> float:
    """How much of a part stands in the words marked in its question."""
    flat, start = " ".join(question.split()), 0
    marked: set[int] = set()
    for mark in marks:
        words = " ".join(mark.split())
        start = flat.find(words)
        marked.update(range(start, start + len(words)) if start >= 0 else ())
    at = flat.find(part)
    return len(marked & set(range(at, at + len(part)))) / len(part) if at >= 0 else 0.0


def fit(examples: Sequence[Example], embedder: str, threshold: float = 0.5) -> LogisticWeights:
    """The model learned from examples."""
    return fit_logistic(
        np.stack([e.part.vector for e in examples]),
        np.stack([e.part.signs for e in examples]),
        np.array([e.is_unsaid for e in examples]),
        np.ones(len(examples)),
        inverse_regularisation=_INVERSE_REGULARISATION,
        embedder=embedder,
        threshold=threshold,
        fitted_on=f"{len(examples)} parts of {len({e.message for e in examples})} messages",
    )


def cross_validate(examples: Sequence[Example], embedder: str) -> np.ndarray:
    """Each example's probability by a model fitted without its message: (n,) float64."""
    found = np.zeros(len(examples))
    messages = [e.message for e in examples]
    folds = GroupKFold(_FOLDS, shuffle=True, random_state=0).split(messages, groups=messages)
    for fitted, held in folds:
        model = Logistic(fit([examples[i] for i in fitted], embedder))
        found[held] = model.probabilities(
            np.stack([examples[i].part.vector for i in held]),
            np.stack([examples[i].part.signs for i in held]),
        )
    return found


def threshold_at(examples: Sequence[Example], found: np.ndarray, false_notes: float) -> float:
    """The probability that so many of the wholly answered messages reach."""
    highest: dict[int, float] = {}
    for example, p in zip(examples, found, strict=True):
        if not example.is_half:
            highest[example.message] = max(p, highest.get(example.message, 0.0))
    return float(np.quantile(list(highest.values()), 1 - false_notes))


def curve(examples: Sequence[Example], found: np.ndarray) -> list[dict[str, float]]:
    """By share of false notes: half-answered messages told of a silent wish, and of another part."""
    halves = {e.message for e in examples if e.is_half and e.is_unsaid}
    points = []
    for share in (0.01, 0.02, 0.03, 0.05, 0.1):
        least = threshold_at(examples, found, share)
        told = [e for e, p in zip(examples, found, strict=True) if p >= least and e.is_half]
        right = {e.message for e in told if e.is_unsaid} & halves
        wrong = {e.message for e in told if not e.is_unsaid}
        points.append(
            {
                "false_notes": share,
                "threshold": round(least, 4),
                "halves": len(halves),
                "told": len(right),
                "told_of_another_part": len(wrong & halves),
            }
        )
    return points


def main() -> int:
    """Fit, print the curve, write the weights."""
    parser = argparse.ArgumentParser(prog="eval.fit_unsaid", description="Learn rag.unsaid.")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    index = open_index(Settings())
    examples = list(read_examples(index, open_reader()))
    found = cross_validate(examples, index.embedder.name)
    weights = fit(examples, index.embedder.name, threshold_at(examples, found, FALSE_NOTES))
    args.out.write_text(weights.model_dump_json() + "\n", encoding="utf-8")
    told = {"fitted_on": weights.fitted_on, "threshold": weights.threshold}
    print(json.dumps({**told, "points": curve(examples, found)}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
