"""How the gate's opinions of a question are weighed together, learned on questions that none of them was
learned from (`eval.fit_gate`)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from rag.language import CJK
from rag.second import probability_of

WEIGHTS = Path(__file__).with_name("weighing.json")
# The opinions, each a logit that the documents say what is asked.
SCOPE, READING, PROBE, CROSS = "scope", "reading", "probe", "cross"
# A question of so many characters, a word counting two, is typed in a hurry: a topic, no sentence. The
# opinions tell less of it, and other ones more: weighed like sentences, 17 of 130 that the policy answers
# were refused; by themselves 3.
_SHORT = 10
_UNIT = re.compile(rf"([{CJK}])|[^\W_{CJK}]+")


class Weighing(BaseModel):
    """A logistic model of the opinions it names, for short questions or for the others, or for all whose
    best measure nothing was learned of; `threshold` is the least probability to answer."""

    model_config = ConfigDict(frozen=True)
    weights: Mapping[str, float]
    intercept: float
    threshold: float
    fitted_on: str
    short: bool = False
    learned: bool = True

    def probability(self, opinions: Mapping[str, float]) -> float:
        """By all the opinions that it names."""
        weighed = sum(weight * opinions[name] for name, weight in self.weights.items())
        return probability_of(weighed + self.intercept)


def is_short(question: str) -> bool:
    """Whether it is a topic rather than a sentence."""
    return sum(1 if unit[1] else 2 for unit in _UNIT.finditer(question)) <= _SHORT


def load_weighings(path: Path = WEIGHTS) -> tuple[Weighing, ...]:
    """The shipped ones, those of more opinions first; none without the file."""
    if not path.is_file():
        return ()
    found = [Weighing.model_validate(one) for one in json.loads(path.read_bytes())]
    return tuple(sorted(found, key=lambda one: -len(one.weights)))
