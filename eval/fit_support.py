"""Learns rag.check.support: `python -m eval.fit_support [--out FILE]`.

What is learned from, as far as a sentence cites one clause and no rule forbids it: the tuning half of
eval/questions/support.jsonl, support_blind.jsonl and support_hard.jsonl (by authors who did not know the
checker; the last have nearly every word of the clause, one moved or exchanged), and support_tuning.jsonl (by somebody who did). The reporting half is not read. Where a language model is
set, its yes or no is weighed beside the judge, or that of a model of natural-language inference
(POLICYQA_NLI); a language model's readings, about one a second, are kept under eval/reports, so that a
run that was stopped goes on. The thresholds let pass a small share of all
altered sentences in cross-validation over what was written blind. JSON with the curves goes to stdout.
"""

from __future__ import annotations

import argparse
import hashlib
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

from corpus.errors import PolicyQAError
from corpus.renderings import load_renderings
from eval.checker import PAIRS, Pair, load_pairs, split_of_pair
from eval.learning import rounded
from eval.readings import open_second
from index.cross_encoder import CrossEncoder
from index.passage import Passage
from index.search import Index
from rag.build import open_index
from rag.check.support import (
    ENCODER,
    WEIGHTS,
    LanguageWeights,
    SecondReader,
    Support,
    SupportWeights,
)
from rag.check.verdict import forbid
from rag.language import detect_language, is_chinese
from rag.products import SignWeights, expand
from rag.second import SecondReading
from rag.settings import Settings

BLIND = PAIRS.with_name("support_blind.jsonl")
HARD = PAIRS.with_name("support_hard.jsonl")
TUNING = PAIRS.with_name("support_tuning.jsonl")
_FOLDS = 10
_REPEATS = 5
_INVERSE_REGULARISATION = 0.01
_INVERSE_REGULARISATION_OF_BOTH = 0.1
# The share of all altered sentences written blind that may pass, in cross-validation.
MAY_PASS = 0.03
# Of so many of a language's sentences those that the judge is unsure of are read a second time.
_MOST_READ = 200
# The language model is asked about sentences that the judge finds this likely: below hardly a faithful
# one is found, above hardly an altered one.
ASKED_FROM, ASKED_TO = 0.02, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled sentence that no rule forbids. `is_told`: thresholds are told on it."""

    pair: Pair
    clause: Passage
    language: str
    signs: np.ndarray
    is_told: bool


@dataclass(slots=True)
class Told:
    """Labelled sentences told on that the rules forbid, by label: faithful, altered."""

    faithful: int = 0
    altered: int = 0


def read_examples(index: Index) -> tuple[list[Example], dict[bool, Told]]:
    """The examples, and what the rules forbid of those told on, for Chinese (True) and English."""
    clauses = {str(passage.locator): passage for passage in index.passages}
    support = Support(
        None,
        index.embedder,
        load_renderings(Settings().texts)["en"],
        together=CrossEncoder.load(index.embedder, ENCODER),
    )
    examples: list[Example] = []
    forbidden = {True: Told(), False: Told()}
    pairs = [(pair, True) for pair in load_pairs() if split_of_pair(pair) == "tune"]
    pairs += [(pair, True) for pair in load_pairs(BLIND)]
    # Of a word moved to another place the English signs see nothing: no threshold is told on that.
    pairs += [(pair, pair.lang != "en") for pair in load_pairs(HARD)]
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
            Example(pair=pair, clause=clause, language=language, signs=signs, is_told=is_told)
        )
    return examples, forbidden


class _Fit:
    """A logistic regression with both sides weighing alike, over signs and their products or as they are."""

    def __init__(self, signs: np.ndarray, supported: np.ndarray, *, products: bool = True) -> None:
        self.mean, self.scale = signs.mean(0), signs.std(0) + 1e-9
        self._products = products
        inverse = _INVERSE_REGULARISATION if products else _INVERSE_REGULARISATION_OF_BOTH
        self.model = LogisticRegression(C=inverse, max_iter=5000, class_weight="balanced")
        self.model.fit(self._inputs(signs), supported)

    def logits(self, signs: np.ndarray) -> np.ndarray:
        """Of each row: (n,) float64."""
        found: np.ndarray = self.model.decision_function(self._inputs(signs))
        return found

    @property
    def weights(self) -> SignWeights:
        """As they are shipped."""
        return SignWeights(
            mean=rounded(self.mean),
            scale=rounded(self.scale),
            weights=rounded(self.model.coef_[0]),
            intercept=round(float(self.model.intercept_[0]), 5),
        )

    def _inputs(self, signs: np.ndarray) -> np.ndarray:
        if self._products:
            return expand(signs, self.mean, self.scale)
        plain: np.ndarray = (signs - self.mean) / self.scale
        return plain


def _probability(logits: np.ndarray) -> np.ndarray:
    found: np.ndarray = 1 / (1 + np.exp(-logits))
    return found


def cross_validate(
    signs: np.ndarray, supported: np.ndarray, *, products: bool = True
) -> np.ndarray:
    """Each row's logit by models fitted without it: (n,) float64, the mean of several foldings."""
    found = np.zeros(len(signs))
    for seed in range(_REPEATS):
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
        for fitted, held in folds.split(signs, supported):
            fit = _Fit(signs[fitted], supported[fitted], products=products)
            found[held] += fit.logits(signs[held]) / _REPEATS
    return found


def _curve(
    examples: Sequence[Example], found: np.ndarray, forbidden: Told
) -> tuple[float, dict[str, object]]:
    """The threshold, and what thresholds do to all told on, those that rules forbid among them."""
    is_told = np.array([e.is_told for e in examples])
    labels, found = np.array([e.pair.supported for e in examples])[is_told], found[is_told]
    n_faithful = int(labels.sum()) + forbidden.faithful
    n_altered = int((~labels).sum()) + forbidden.altered
    points, chosen = [], 1.0
    for may_pass in (0.0, 0.01, 0.02, MAY_PASS, 0.05):
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


def fit_language(
    examples: Sequence[Example], forbidden: Told, reader: SecondReader | None
) -> tuple[LanguageWeights, dict[str, object]]:
    """The models of one language, and their curves: the judge alone, and with the second reader."""
    signs = np.stack([e.signs for e in examples])
    supported = np.array([e.pair.supported for e in examples])
    logits = cross_validate(signs, supported)
    threshold, alone = _curve(examples, _probability(logits), forbidden)
    told: dict[str, object] = {"judge": alone}
    second = None
    if reader is not None:
        second, told["with_second_reader"] = _fit_second(examples, logits, forbidden, reader)
    signs_fitted = _Fit(signs, supported).weights
    weights = LanguageWeights(signs=signs_fitted, threshold=round(threshold, 4), second=second)
    return weights, told


def _hash(example: Example) -> bytes:
    return hashlib.sha256(example.pair.id.encode()).digest()


def _read(example: Example, reader: SecondReader) -> float:
    """The second reader's log odds, 0 where it gives none."""
    return reader.support(example.pair.statement, example.clause, example.language) or 0.0


def _fit_second(
    examples: Sequence[Example], logits: np.ndarray, forbidden: Told, reader: SecondReader
) -> tuple[SecondReading, dict[str, object]]:
    """How the judge's logit and the second reader's log odds are weighed, and the curve of both.

    A reading takes seconds and three numbers are fitted: on a sample, drawn by a hash.
    """
    drawn = sorted(range(len(examples)), key=lambda i: _hash(examples[i]))[:_MOST_READ]
    share = len(drawn) / len(examples)
    examples, logits = [examples[i] for i in drawn], logits[drawn]
    forbidden = Told(
        faithful=round(share * forbidden.faithful), altered=round(share * forbidden.altered)
    )
    found = _probability(logits)
    asked = np.flatnonzero((found >= ASKED_FROM) & (found < ASKED_TO)).tolist()
    odds = [_read(examples[i], reader) for i in tqdm(asked, unit="reading", disable=None)]
    both = np.column_stack([logits[asked], odds])
    supported = np.array([examples[i].pair.supported for i in asked])
    found[asked] = _probability(cross_validate(both, supported, products=False))
    threshold, told = _curve(examples, found, forbidden)
    fit = _Fit(both, supported, products=False)
    share = fit.model.coef_[0] / fit.scale
    weighed = SecondReading(
        judge=round(float(share[0]), 5),
        odds=round(float(share[1]), 5),
        intercept=round(float(fit.model.intercept_[0] - fit.mean @ share), 5),
        threshold=round(threshold, 4),
        asked_from=ASKED_FROM,
        asked_to=ASKED_TO,
    )
    return weighed, {"asked": len(asked), **told}


def main() -> int:
    """Fit, print the curves, write the weights."""
    parser = argparse.ArgumentParser(
        prog="eval.fit_support", description="Learn rag.check.support."
    )
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    settings = Settings()
    try:
        index = open_index(settings)
        reader = open_second(settings)
    except PolicyQAError as error:
        print(error, file=sys.stderr)
        return 1
    examples, forbidden = read_examples(index)
    fitted, curves = {}, {}
    for name, chinese in (("chinese", True), ("english", False)):
        own = [e for e in examples if is_chinese(e.language) == chinese]
        fitted[name], curves[name] = fit_language(own, forbidden[chinese], reader)
    weights = SupportWeights(
        embedder=index.embedder.name,
        second_reader=reader.name if reader else "",
        chinese=fitted["chinese"],
        english=fitted["english"],
        fitted_on=f"{len(examples)} sentences",
    )
    args.out.write_text(weights.model_dump_json() + "\n", encoding="utf-8")
    print(json.dumps(curves, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
