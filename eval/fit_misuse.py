"""Learn which messages ask nothing of the policy: `python -m eval.fit_misuse [--out FILE]`.

Messages that want the assistant to break its rules, play, invent or write (misuse.jsonl, and those among the
development questions) against every question to learn from that the policy answers, some of them with a
command or a frame around what they ask: the others are to be refused as well. A logistic model over the
question's vector alone. Prints JSON with what it tells of messages that it was not fitted on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from tqdm import tqdm

from eval.learning import (
    load_about_measures,
    load_developed,
    load_follow_ups,
    load_judged,
    load_misuse,
)
from eval.logistic import fit_logistic
from rag.build import open_index
from rag.gate import MISUSE_WEIGHTS
from rag.logistic import Logistic, LogisticWeights
from rag.settings import Settings

_FOLDS = 10
_INVERSE_REGULARISATION = 0.05
# The threshold lets this share of the questions be taken for misuse, in cross-validation.
MISTAKEN = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What was written, and whether it is misuse."""

    text: str
    is_misuse: bool


def read_messages() -> Iterator[Message]:
    """Every message to learn from; those about the document's build do not reach the gate."""
    misused = [line.question for line in load_misuse() if line.kind == "misuse"]
    asked = [line.question for line in load_misuse() if line.measures]
    for question in load_developed():
        if question.answerable and question.kind != "structure":
            asked.append(question.question)
        elif question.kind == "injection":
            misused.append(question.question)
    asked += [line.question for line in load_judged() if line.answered]
    asked += [line.question for line in load_about_measures()]
    asked += [line.question for line in load_follow_ups() if line.measures]
    yield from (Message(text=text, is_misuse=True) for text in misused)
    yield from (Message(text=text, is_misuse=False) for text in asked)


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


def cross_validate(vectors: np.ndarray, is_misuse: np.ndarray, embedder: str) -> np.ndarray:
    """Each message's probability by a model that was fitted without it: (n,) float64."""
    found = np.zeros(len(vectors))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(vectors, is_misuse)
    for fitted, held in folds:
        model = Logistic(fit(vectors[fitted], is_misuse[fitted], embedder))
        found[held] = model.probabilities(vectors[held], np.zeros((len(held), 0)))
    return found


def main() -> int:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(
        prog="eval.fit_misuse", description="Learn which messages ask nothing of the policy."
    )
    parser.add_argument("--out", type=Path, default=MISUSE_WEIGHTS)
    args = parser.parse_args()
    embedder = open_index(Settings()).embedder
    messages = list(read_messages())
    is_misuse = np.array([message.is_misuse for message in messages])
    told = tqdm(messages, unit="message", disable=None)
    vectors = np.stack([embedder.embed_query(message.text) for message in told])
    found = cross_validate(vectors, is_misuse, embedder.name)
    threshold = float(np.quantile(found[~is_misuse], 1 - MISTAKEN))
    weights = fit(vectors, is_misuse, embedder.name, threshold)
    args.out.write_text(weights.model_dump_json() + "\n", encoding="utf-8")
    report = {
        "fitted_on": weights.fitted_on,
        "n_misuse": int(is_misuse.sum()),
        "area_under_curve": round(float(roc_auc_score(is_misuse, found)), 4),
        "threshold": weights.threshold,
        "found": int((found[is_misuse] > threshold).sum()),
        "mistaken": int((found[~is_misuse] > threshold).sum()),
    }
    print(json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
