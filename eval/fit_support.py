"""Learns rag.check.support: `python -m eval.fit_support [--out FILE]`.

What is learned from: the tuning half of eval/questions/support.jsonl and support_tuning.jsonl (by
somebody who knew the checker), as far as a sentence cites one clause and no rule forbids it. The
reporting half is not read. The thresholds let pass a small share of all altered sentences in
cross-validation over the tuning half, whose author did not know the checker. JSON with the curve goes
to stdout.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from tqdm import tqdm

from corpus.renderings import load_renderings
from eval.checker import PAIRS, Pair, load_pairs, split_of_pair
from index.search import Index
from rag.build import open_index
from rag.check.support import WEIGHTS, LanguageWeights, Support, SupportWeights
from rag.check.verdict import forbid
from rag.language import detect_language, is_chinese
from rag.settings import Settings

TUNING = PAIRS.with_name("support_tuning.jsonl")
_FOLDS = 10
_REPEATS = 5
_INVERSE_REGULARISATION = 0.1
# The share of all altered sentences of the tuning half that may pass, in cross-validation.
MAY_PASS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled sentence that no rule forbids. `is_told`: thresholds are told on it."""

    signs: np.ndarray
    supported: bool
    chinese: bool
    is_told: bool


@dataclass(slots=True)
class Told:
    """Labelled sentences of the tuning half that the rules forbid, by label: faithful, altered."""

    faithful: int = 0
    altered: int = 0


def read_examples(index: Index) -> tuple[list[Example], dict[bool, Told]]:
    """The examples, and what the rules forbid of the tuning half, for Chinese (True) and English."""
    clauses = {str(passage.locator): passage for passage in index.passages}
    support = Support(None, index.embedder, load_renderings(Settings().texts)["en"])
    tuning = [pair for pair in load_pairs() if split_of_pair(pair) == "tune"]
    examples: list[Example] = []
    forbidden = {True: Told(), False: Told()}
    pairs: list[tuple[Pair, bool]] = [(pair, True) for pair in tuning]
    pairs += [(pair, False) for pair in load_pairs(TUNING)]
    for pair, is_told in tqdm(pairs, unit="pair", disable=None):
        if len(pair.locators) > 1:
            continue
        clause, language = clauses[pair.locators[0]], detect_language(pair.statement)
        if forbid(pair.statement, clause, language=language, support=support):
            told = forbidden[is_chinese(language)]
            told.faithful += is_told and pair.supported
            told.altered += is_told and not pair.supported
            continue
        signs = support.signs(pair.statement, clause, language)
        examples.append(
            Example(
                signs=signs,
                supported=pair.supported,
                chinese=is_chinese(language),
                is_told=is_told,
            )
        )
    return examples, forbidden


class _Fit:
    """A logistic regression with both sides weighing alike."""

    def __init__(self, examples: Sequence[Example]) -> None:
        signs = np.stack([e.signs for e in examples])
        self.mean, self.scale = signs.mean(0), signs.std(0) + 1e-9
        self.model = LogisticRegression(
            C=_INVERSE_REGULARISATION, max_iter=5000, class_weight="balanced"
        )
        self.model.fit((signs - self.mean) / self.scale, [e.supported for e in examples])

    def probabilities(self, examples: Sequence[Example]) -> np.ndarray:
        """Of each example: (n,) float64."""
        signs = (np.stack([e.signs for e in examples]) - self.mean) / self.scale
        found: np.ndarray = self.model.predict_proba(signs)[:, 1]
        return found

    def weights(self, threshold: float) -> LanguageWeights:
        """As they are shipped."""
        return LanguageWeights(
            mean=_rounded(self.mean),
            scale=_rounded(self.scale),
            signs=_rounded(self.model.coef_[0]),
            intercept=round(float(self.model.intercept_[0]), 5),
            threshold=round(threshold, 4),
        )


def _rounded(values: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def cross_validate(examples: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    """Label and probability, by models fitted without it, of each example that is told on."""
    told = [e for e in examples if e.is_told]
    others = [e for e in examples if not e.is_told]
    labels = np.array([e.supported for e in told])
    found = np.zeros(len(told))
    for seed in range(_REPEATS):
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(labels, labels)
        for fitted, held in folds:
            fit = _Fit([*others, *(told[i] for i in fitted)])
            found[held] += fit.probabilities([told[i] for i in held]) / _REPEATS
    return labels, found


def _curve(
    labels: np.ndarray, found: np.ndarray, forbidden: Told
) -> tuple[float, dict[str, object]]:
    """The threshold, and what thresholds do to all sentences, those that rules forbid among them."""
    n_faithful = int(labels.sum()) + forbidden.faithful
    n_altered = int((~labels).sum()) + forbidden.altered
    points, chosen = [], 1.0
    for may_pass in (0.0, 0.01, MAY_PASS, 0.03, 0.05):
        above = np.sort(found[~labels])[::-1]
        place = int(may_pass * n_altered)
        threshold = float(above[place]) + 1e-4 if place < len(above) else 0.0
        if may_pass == MAY_PASS:
            chosen = threshold
        points.append(
            {
                "threshold": round(threshold, 4),
                "caught": round(1 - float((found[~labels] >= threshold).sum()) / n_altered, 3),
                "faithful_passed": round(float((found[labels] >= threshold).sum()) / n_faithful, 3),
            }
        )
    told = {
        "faithful": n_faithful,
        "altered": n_altered,
        "forbidden_faithful": forbidden.faithful,
        "forbidden_altered": forbidden.altered,
        "area_under_curve": round(float(roc_auc_score(labels, found)), 4),
        "points": points,
    }
    return chosen, told


def main() -> int:
    """Fit, print the curves, write the weights."""
    parser = argparse.ArgumentParser(
        prog="eval.fit_support", description="Learn rag.check.support."
    )
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    index = open_index(Settings())
    examples, forbidden = read_examples(index)
    fitted, curves = {}, {}
    for name, chinese in (("chinese", True), ("english", False)):
        own = [e for e in examples if e.chinese == chinese]
        labels, found = cross_validate(own)
        threshold, curves[name] = _curve(labels, found, forbidden[chinese])
        fitted[name] = _Fit(own).weights(threshold)
    weights = SupportWeights(
        embedder=index.embedder.name,
        chinese=fitted["chinese"],
        english=fitted["english"],
        fitted_on=f"{len(examples)} sentences",
    )
    args.out.write_text(weights.model_dump_json() + "\n", encoding="utf-8")
    print(json.dumps(curves, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
