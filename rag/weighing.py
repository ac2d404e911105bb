"""How the gate's opinions of a question are weighed together, learned on questions that none of them was
learned from (`eval.fit_gate`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from rag.second import probability_of

WEIGHTS = Path(__file__).with_name("weighing.json")
# The opinions, each a logit that the documents say what is asked.
SCOPE, READING, CROSS = "scope", "reading", "cross"


class Weighing(BaseModel):
    """A logistic model of the opinions it names; `threshold` is the least probability to answer."""

    model_config = ConfigDict(frozen=True)
    weights: Mapping[str, float]
    intercept: float
    threshold: float
    fitted_on: str

    def probability(self, opinions: Mapping[str, float]) -> float:
        """By all the opinions that it names."""
        weighed = sum(weight * opinions[name] for name, weight in self.weights.items())
        return probability_of(weighed + self.intercept)


def load_weighings(path: Path = WEIGHTS) -> tuple[Weighing, ...]:
    """The shipped ones, those of more opinions first; none without the file."""
    if not path.is_file():
        return ()
    found = [Weighing.model_validate(one) for one in json.loads(path.read_bytes())]
    return tuple(sorted(found, key=lambda one: -len(one.weights)))
