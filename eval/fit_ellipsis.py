"""Learns rag.rewrite: `python -m eval.fit_ellipsis [--out FILE]`.

What is learned from: the last questions of conversations (development questions, tuning.jsonl,
followups.jsonl), and as whole questions all others of the development half, tuning.jsonl,
measures.jsonl and scope.jsonl. The report half is not read. JSON with the curve by cross-validation
goes to stdout.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from eval.learning import load_about_measures, load_developed, load_follow_ups, load_judged, rounded
from rag.build import open_index
from rag.rewrite import VECTOR_SCALE, WEIGHTS, EllipsisWeights, read_signs, starts_anew
from rag.settings import Settings

_FOLDS = 10
_REPEATS = 3
_INVERSE_REGULARISATION = 0.03
# The share of whole questions that may be taken for elliptical: they lose little, since what they say
# alone counts as much in the search as what they say with the question before.
FALSE_ALARMS = 0.05
# Those of the other kinds may be whole questions or not.
_LEANS = {
    "answered, elliptical": True,
    "answered, detail held": True,
    "answered, topic change": False,
}


def read_questions() -> Iterator[tuple[str, bool]]:
    """Each question, and whether it leans on a conversation."""
    for question in load_developed():
        if question.kind not in ("structure", "injection"):
            leans = bool(question.history) and not starts_anew(question.question)
            yield question.question, leans
    yield from ((judged.question, False) for judged in load_judged())
    yield from ((about.question, False) for about in load_about_measures())
    for follow_up in load_follow_ups():
        if follow_up.kind in _LEANS:
            yield follow_up.question, _LEANS[follow_up.kind]


def _fit(inputs: np.ndarray, leans: np.ndarray) -> LogisticRegression:
    model = LogisticRegression(C=_INVERSE_REGULARISATION, max_iter=5000, class_weight="balanced")
    return model.fit(inputs, leans)


def cross_validate(inputs: np.ndarray, leans: np.ndarray) -> np.ndarray:
    """Each question's logit by models fitted without it: (n,) float64, the mean of foldings."""
    found = np.zeros(len(leans))
    for seed in range(_REPEATS):
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
        for fitted, held in folds.split(inputs, leans):
            model = _fit(inputs[fitted], leans[fitted])
            found[held] += model.decision_function(inputs[held]) / _REPEATS
    return found


def main() -> int:
    """Fit, print the curve, write the weights."""
    parser = argparse.ArgumentParser(prog="eval.fit_ellipsis", description="Learn rag.rewrite.")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    embedder = open_index(Settings()).embedder
    questions = list(read_questions())
    leans = np.array([leans for _, leans in questions])
    vectors = np.stack([embedder.embed_query(question) for question, _ in questions])
    signs = np.stack([read_signs(question) for question, _ in questions])
    centre, mean, scale = vectors.mean(0), signs.mean(0), signs.std(0)
    inputs = np.hstack([(vectors - centre) * VECTOR_SCALE, (signs - mean) / scale])
    found = cross_validate(inputs, leans)
    model = _fit(inputs, leans)
    n_signs = signs.shape[1]
    of_signs = model.coef_[0][-n_signs:] / scale
    threshold = float(np.quantile(found[~leans], 1 - FALSE_ALARMS))
    weights = EllipsisWeights(
        embedder=embedder.name,
        centre=rounded(centre),
        vector=rounded(model.coef_[0][:-n_signs]),
        signs=rounded(of_signs),
        intercept=round(float(model.intercept_[0] - mean @ of_signs), 5),
        threshold=round(threshold, 4),
        fitted_on=f"{len(questions)} questions",
    )
    args.out.write_text(weights.model_dump_json() + "\n", encoding="utf-8")
    points = [
        {"whole_taken_for_elliptical": share, "elliptical_found": round(float(hit), 3)}
        for share in (0.02, 0.05, 0.1, 0.2)
        for hit in [(found[leans] >= np.quantile(found[~leans], 1 - share)).mean()]
    ]
    told = {
        "elliptical": int(leans.sum()),
        "whole": int((~leans).sum()),
        "area_under_curve": round(float(roc_auc_score(leans, found)), 4),
        "points": points,
    }
    print(json.dumps(told, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
