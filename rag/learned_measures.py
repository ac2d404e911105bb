"""Which measures the gate's opinions were learned with, each in the words that it had then.

Scope, reading and probe look at the question more than at the clauses. What they know of it holds for the
measures that lay before those who wrote the questions to learn from: of one that is new, or worded anew,
they know only what kind of thing is asked for, and are weighed otherwise (`rag.weighing`); and one that is
gone answers nothing, though they remember it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from corpus.document import Locator
from corpus.questions import clause_hash

WEIGHTS = Path(__file__).with_name("learned_measures.json")
# A question is about a measure that was not found where its log odds are at least these, and ahead of those
# of every measure found by so much: so of none of 1,392 answerable calibration questions (1 by the index's topics
# alone), and of 1,302 of 1,367 whose measures are taken out of the index (1,250).
_LEAST_ODDS, _LEAST_LEAD = -1.0, 1.0


class LearnedMeasures:
    """Those among an index's measures that stand as they were learned."""

    def __init__(self, hashes: Mapping[str, str], present: Mapping[Locator, str]) -> None:
        """`hashes` are those of the learned measures' texts by address, `present` an index's texts."""
        self._standing = {
            measure
            for measure, text in present.items()
            if hashes.get(str(measure)) == clause_hash(text)
        }
        self._documents = {measure.document_id for measure in present}

    @classmethod
    def load(cls, present: Mapping[Locator, str], path: Path = WEIGHTS) -> LearnedMeasures:
        """With the shipped hashes; none stands without the file."""
        hashes = json.loads(path.read_bytes()) if path.is_file() else {}
        return cls(hashes, present)

    def __contains__(self, measure: Locator) -> bool:
        return measure in self._standing

    def is_gone(self, odds: Mapping[Locator, float], found: Collection[Locator]) -> bool:
        """Whether a question with these log odds of measures is about a measure that is not among those
        found for it, of a document that the index has."""
        others = {m: logit for m, logit in odds.items() if m not in found}
        likeliest = max(others, key=others.__getitem__, default=None)
        if likeliest is None or likeliest.document_id not in self._documents:
            return False
        best = max((odds[m] for m in found if m in odds), default=-float("inf"))
        lead = others[likeliest] - best
        return others[likeliest] >= _LEAST_ODDS and lead >= _LEAST_LEAD


def save_learned(present: Mapping[Locator, str], path: Path = WEIGHTS) -> None:
    """Write what `load` reads: the measures that were just learned with."""
    hashes = {str(measure): clause_hash(text) for measure, text in present.items()}
    path.write_text(json.dumps(hashes, indent=1) + "\n", encoding="utf-8")
