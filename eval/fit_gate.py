"""Learn how the gate weighs its opinions: `python -m eval.fit_gate [--out FILE]`.

Scope, reading, probe and cross-encoder are each sure of the questions that they were learned from, so that their
weights and the threshold are learned from questions that none of them saw: the reporting sets that have
been scored many times (eval.question.CALIBRATION), and the short queries of an author whose others they
did not learn from (eval/questions/short.jsonl). The newer sets are kept out. For policies that nothing was learned
from they are weighed on made-up plans (`eval.plans`), cross-validated plan by plan. Prints JSON with what each opinion
tells alone and what all tell together, cross-validated.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold, cross_val_predict
from tqdm import tqdm

from corpus.errors import PolicyQAError
from eval.entrance import Entrance
from eval.learning import as_turns, load_short
from eval.plans import NAMES, load_plan_questions, open_plan
from eval.question import CALIBRATION, load_questions
from eval.readings import open_reader
from index.cross_encoder import CrossEncoder
from index.embed import Embedder
from rag.answer import Reason, Turn
from rag.build import open_index, open_retriever
from rag.gate import Gate
from rag.question import read_question
from rag.read_topics import ReadTopics
from rag.reader import QuestionReader
from rag.retrieve import PolicyRetriever
from rag.settings import Settings
from rag.weighing import CROSS, PROBE, READING, SCOPE, WEIGHTS, Weighing, is_short

_OPINIONS = (SCOPE, READING, PROBE, CROSS)
# Every set of them that can be at hand: without the language model's file there is no reading, and no probe.
_AT_HAND = (_OPINIONS, (SCOPE, CROSS), (SCOPE, READING, PROBE))
# The threshold lets this share of the answerable ones be refused.
FALSE_REFUSALS = 0.01
_FOLDS = 10
# Where nothing was learned of the policy: beside these scope and probe add nothing.
_UNLEARNED_AT_HAND = ((READING, CROSS), (CROSS,))
# There the two kinds are told apart less well: with 2 % instead 155 of 239 were refused rightly, so 179.
_UNLEARNED_FALSE_REFUSALS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The opinions of a question, and whether the policy answers it. `removed` are the opinions where
    the index has nothing of the measures that answer it, `is_gone` whether it is refused then without
    them; empty and false for one that none answers. `plan` is the made-up plan that it was put to."""

    opinions: dict[str, float]
    removed: dict[str, float]
    is_answered: bool
    is_short: bool = False
    is_gone: bool = False
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """A question to be heard; `gold` are the measures that may be cited for it."""

    question: str
    history: tuple[Turn, ...] = ()
    is_answered: bool
    gold: frozenset[int]


def pose() -> Iterator[Posed]:
    """The calibration sets' questions, then the short queries."""
    for q in (q for path in CALIBRATION for q in load_questions(path)):
        gold = frozenset((*q.measures, *q.acceptable_measures))
        history = as_turns(q.history)
        yield Posed(question=q.question, history=history, is_answered=q.answerable, gold=gold)
    for short in load_short():
        gold = frozenset(short.measures)
        yield Posed(question=short.question, is_answered=bool(gold), gold=gold)


def hear(retriever: PolicyRetriever, gate: Gate, posed: Sequence[Posed]) -> Iterator[Heard]:
    """Every question that reaches the gate."""
    entrance = Entrance(retriever, gate)
    for q in tqdm(posed, unit="question", disable=None):
        if (reached := entrance.reach(q.question, q.history)) is None:
            continue
        query, rewritten, hits = reached.query, reached.rewritten, reached.hits
        left = [hit for hit in hits if hit.passage.locator.measure not in q.gold]
        opinions = [
            gate.opinions(query, rewritten, found, gate.read(query, rewritten, found))
            for found in ([hits, left] if q.is_answered and left else [hits])
        ]
        yield Heard(
            opinions=opinions[0],
            removed=opinions[1] if len(opinions) > 1 else {},
            is_answered=q.is_answered,
            is_short=is_short(rewritten),
            is_gone=len(opinions) > 1 and gate.is_gone(rewritten, left),
        )


def hear_plans(embedder: Embedder, reader: QuestionReader) -> Iterator[Heard]:
    """The questions put to the made-up plans, each to its own alone."""
    for name in NAMES:
        with open_plan(name, embedder) as index:
            gate, retriever = Gate(index, reader=reader), open_retriever(index, reader)
            for q in tqdm(load_plan_questions(name), desc=name, unit="question", disable=None):
                read = read_question(q.question)
                if isinstance(read, Reason) or gate.is_misuse(read.query):
                    continue
                hits = retriever.search_asked(read.query, read.query)
                signs = gate.read(read.query, read.query, hits)
                opinions = gate.opinions(read.query, read.query, hits, signs)
                is_answered = bool(q.measures)
                yield Heard(opinions=opinions, removed={}, is_answered=is_answered, plan=name)


def fit(heard: Sequence[Heard], names: Sequence[str], false_refusals: float) -> Weighing:
    """The weighing of the named opinions."""
    values = np.array([[one.opinions[name] for name in names] for one in heard])
    answered = np.array([one.is_answered for one in heard])
    model = LogisticRegression(max_iter=1000).fit(values, answered)
    weighing = Weighing(
        weights={n: round(float(w), 4) for n, w in zip(names, model.coef_[0], strict=True)},
        intercept=round(float(model.intercept_[0]), 4),
        threshold=0.0,
        fitted_on=f"{len(heard)} questions",
        short=all(one.is_short for one in heard),
        learned=not any(one.plan for one in heard),
    )
    kept = [weighing.probability(one.opinions) for one in heard if one.is_answered]
    threshold = round(float(np.quantile(kept, false_refusals)), 4)
    return weighing.model_copy(update={"threshold": threshold})


def tell(heard: Sequence[Heard], names: Sequence[str], false_refusals: float) -> dict[str, object]:
    """What the named opinions tell together, of questions that they were not weighed on."""
    values = np.array([[one.opinions[name] for name in names] for one in heard])
    answered = np.array([one.is_answered for one in heard])
    plans = [one.plan for one in heard]
    folds = (
        LeaveOneGroupOut() if any(plans) else StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    )
    found = cross_val_predict(
        LogisticRegression(max_iter=1000),
        values,
        answered,
        groups=plans if any(plans) else None,
        cv=folds,
        method="decision_function",
    )
    weighing = fit(heard, names, false_refusals)
    removed = [one for one in heard if one.removed]
    refused = sum(
        one.is_gone or weighing.probability(one.removed) < weighing.threshold for one in removed
    )
    return {
        "area_under_curve": round(float(roc_auc_score(answered, found)), 4),
        "n_answerable": int(answered.sum()),
        "n_unanswerable": int((~answered).sum()),
        "refused_unanswerable_at": {
            str(share): int((found[~answered] < np.quantile(found[answered], share)).sum())
            for share in (0.01, 0.02, 0.03, 0.05)
        },
        "n_evidence_removed": len(removed),
        "refused_evidence_removed": refused,
        "weighing": weighing.model_dump(),
    }


def main() -> int:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(
        prog="eval.fit_gate", description="Learn how the gate weighs its opinions."
    )
    parser.add_argument("--cross", type=Path, help="another cross-encoder than the shipped one")
    parser.add_argument("--false-refusals", type=float, default=FALSE_REFUSALS)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    index, reader = open_index(Settings()), open_reader()
    cross = None if args.cross is None else CrossEncoder.load(index.embedder, args.cross)
    gate = Gate(index, reader=reader, cross=cross, read=ReadTopics.load(reader))
    heard = list(hear(open_retriever(index, reader), gate, tuple(pose())))
    unlearned = list(hear_plans(index.embedder, reader))
    if not all(one.opinions.keys() >= set(_OPINIONS) for one in (*heard, *unlearned)):
        raise PolicyQAError("one of the gate's models could not be loaded; the log tells why.")
    short = [one for one in heard if one.is_short]
    told, weighings = {}, []
    for kind, some in (("", [one for one in heard if not one.is_short]), ("short: ", short)):
        for n in range(1, len(_OPINIONS) + 1):
            for names in itertools.combinations(_OPINIONS, n):
                told[kind + "+".join(names)] = tell(some, names, args.false_refusals)
        weighings += [fit(some, names, args.false_refusals).model_dump() for names in _AT_HAND]
    for names in _UNLEARNED_AT_HAND:
        told["unlearned: " + "+".join(names)] = tell(unlearned, names, _UNLEARNED_FALSE_REFUSALS)
        weighings.append(fit(unlearned, names, _UNLEARNED_FALSE_REFUSALS).model_dump())
    args.out.write_text(json.dumps(weighings, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
