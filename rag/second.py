"""A language model's yes or no weighed beside a small learned judge's."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict


class SecondReading(BaseModel):
    """How a judge's logit and a language model's log odds are weighed together.

    The model is asked where the judge's probability is at least `asked_from` and below `asked_to`;
    `threshold` is the least probability to pass of the two together.
    """

    model_config = ConfigDict(frozen=True)
    judge: float
    odds: float
    intercept: float
    threshold: float
    asked_from: float
    asked_to: float

    def is_asked(self, probability: float) -> bool:
        """Whether the judge leaves enough doubt for the model to be asked."""
        return self.asked_from <= probability < self.asked_to

    def weigh(self, logit: float, odds: float) -> float:
        """The probability by both."""
        return probability_of(self.judge * logit + self.odds * odds + self.intercept)


def probability_of(logit: float) -> float:
    """The logistic function, safe for any logit."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def logit_of(probability: float) -> float:
    """The inverse of `probability_of`, bounded."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))
