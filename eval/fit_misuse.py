"""Learn which messages ask nothing of the policy: `python -m eval.fit_misuse [--out FILE]`.

Messages that want the assistant to break its rules, play, invent or write (misuse.jsonl, and those among the
development questions) against questions to learn from that the policy answers, some of them with a command
or a frame around what they ask. More of these are made: each misuse with a development question behind or
before it, which is to be answered. A logistic model over what `rag.gate.Gate.read_vector` puts together. Prints
JSON with what it tells of messages that it was not fitted on, in cross-validation and of another author.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from corpus.errors import PolicyQAError
from eval.learning import (
    MISUSE_UNSEEN,
    load_about_measures,
    load_developed,
    load_follow_ups,
    load_judged,
    load_misuse,
)
from eval.logistic import fit_logistic
from eval.readings import open_reader
from rag.build import open_index
from rag.gate import MISUSE_WEIGHTS, Gate
from rag.language import detect_language
from rag.logistic import Logistic, LogisticWeights
from rag.settings import Settings

_FOLDS = 10
_INVERSE_REGULARISATION = 0.05
# The threshold lets these shares of the questions be taken for misuse, in cross-validation: of those that
# stand alone, and of those made with a misuse around them.
MISTAKEN = 0.001
MISTAKEN_FRAMED = 0.005
_FRAMED_EACH = 2
_JOINTS = ("。", "\n", " ", ". ", "! ")
# Every third of the questions about single measures is enough: thousands to read less.
_EVERY_ABOUT = 3
_ALONE = ("plain", "slang", "premise", "list")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What was written, and whether it is misuse; `group` has it in one fold with what it was made of."""

    text: str
    is_misuse: bool
    group: int
    is_framed: bool = False


def read_messages() -> list[Message]:
    """Every message to learn from; those about the document's build do not reach the gate."""
    misused, asked, alone = _read()
    messages = [Message(text=text, is_misuse=True, group=n) for n, text in enumerate(misused)]
    draw = random.Random(0)
    for n, misuse in enumerate(misused):
        own = alone.get(detect_language(misuse), alone["zh"])
        for question in draw.sample(own, _FRAMED_EACH):
            both = draw.choice([(misuse, question), (question, misuse)])
            text = draw.choice(_JOINTS).join(both)
            messages.append(Message(text=text, is_misuse=False, group=n, is_framed=True))
    groups = itertools.count(len(misused))
    messages += [Message(text=text, is_misuse=False, group=next(groups)) for text in asked]
    return messages


def _read() -> tuple[list[str], list[str], dict[str, list[str]]]:
    """Misuse, what the policy answers, and of that what can stand alone, by language."""
    alone: dict[str, list[str]] = {}
    misused = [line.question for line in load_misuse() if line.kind == "misuse"]
    asked = [line.question for line in load_misuse() if line.measures]
    for question in load_developed():
        if question.answerable and question.kind != "structure":
            asked.append(question.question)
            if question.kind in _ALONE:
                alone.setdefault(question.lang, []).append(question.question)
        elif question.kind == "injection":
            misused.append(question.question)
    asked += [line.question for line in load_judged() if line.answered]
    asked += [line.question for line in load_about_measures()[::_EVERY_ABOUT]]
    asked += [line.question for line in load_follow_ups() if line.measures]
    return misused, asked, alone


def fit(
    vectors: np.ndarray, is_misuse: np.ndarray, embedder: str, threshold: float = 0.5
) -> LogisticWeights:
    """The model of vectors (n, dimension) and what they are (n,) bool."""
    return fit_logistic(
        vectors,
        np.zeros((len(vectors), 0)),
        is_misuse,
        np.ones(len(vectors)),
        inverse_regularisation=_INVERSE_REGULARISATION,
        embedder=embedder,
        threshold=threshold,
        fitted_on=f"{len(vectors)} messages",
    )


def cross_validate(
    vectors: np.ndarray, is_misuse: np.ndarray, groups: np.ndarray, embedder: str
) -> np.ndarray:
    """Each message's probability by a model that was fitted without its group (n,): (n,) float64."""
    found = np.zeros(len(vectors))
    folds = GroupKFold(_FOLDS, shuffle=True, random_state=0).split(vectors, groups=groups)
    for fitted, held in folds:
        model = Logistic(fit(vectors[fitted], is_misuse[fitted], embedder))
        found[held] = model.probabilities(vectors[held], np.zeros((len(held), 0)))
    return found


def _vector(text: str, gate: Gate) -> np.ndarray:
    vector = gate.read_vector(text)
    if vector is None:
        raise PolicyQAError("the question reader could not read a message; the log tells why.")
    return vector


def main() -> int:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(
        prog="eval.fit_misuse", description="Learn which messages ask nothing of the policy."
    )
    parser.add_argument("--out", type=Path, default=MISUSE_WEIGHTS)
    args = parser.parse_args()
    index = open_index(Settings())
    embedder, gate = index.embedder, Gate(index, reader=open_reader())
    messages = read_messages()
    is_misuse = np.array([message.is_misuse for message in messages])
    is_framed = np.array([message.is_framed for message in messages])
    told = tqdm([message.text for message in messages], unit="message", disable=None)
    vectors = np.stack([_vector(text, gate) for text in told])
    groups = np.array([message.group for message in messages])
    found = cross_validate(vectors, is_misuse, groups, embedder.name)
    threshold = max(
        float(np.quantile(found[~is_misuse & ~is_framed], 1 - MISTAKEN)),
        float(np.quantile(found[is_framed], 1 - MISTAKEN_FRAMED)),
    )
    weights = fit(vectors, is_misuse, embedder.name, threshold)
    args.out.write_text(weights.model_dump_json() + "\n", encoding="utf-8")
    model, unseen = Logistic(weights), load_misuse(MISUSE_UNSEEN)
    taken = [
        line.kind
        for line in unseen
        if model.probability(_vector(line.question, gate), np.zeros(0)) > threshold
    ]
    report = {
        "fitted_on": weights.fitted_on,
        "n_misuse": int(is_misuse.sum()),
        "area_under_curve": round(float(roc_auc_score(is_misuse, found)), 4),
        "threshold": weights.threshold,
        "found": int((found[is_misuse] > threshold).sum()),
        "mistaken": int((found[~is_misuse & ~is_framed] > threshold).sum()),
        "n_framed": int(is_framed.sum()),
        "mistaken_framed": int((found[is_framed] > threshold).sum()),
        "unseen": Counter(line.kind for line in unseen),
        "unseen_taken_for_misuse": Counter(taken),
    }
    print(json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
