"""How much a question's vector speaks of each measure: logistic models learned from questions.

Late interaction holds a question against words; these hold it against all the questions that were ever
asked about a measure, the right ones and the wrong ones, several measures at once. They know the
measures that `eval.fit_topics` was given, by their addresses, and say nothing of others.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.document import Locator

WEIGHTS = Path(__file__).with_name("topics.npz")
# What a logit counts beside the score of late interaction, in [0, 1]. Of 3,206 questions to learn from,
# each by models fitted without it, a right measure comes first for 3,068; without any 3,049.
TOPIC_WEIGHT = 0.003
# And one by the language model's reading of the question (rag.read_topics): of 963 calibration questions
# 958 have a right measure first, without 945; with 0.004 957, and seven fewer of 1,000 to learn from.
READ_TOPIC_WEIGHT = 0.002
# The logit of a measure that nothing was learned about, beside some that were: rather unlikely, as most are.
UNKNOWN_ODDS = -1.0


class Topics:
    """One logistic model a measure."""

    def __init__(
        self, addresses: Sequence[str], weights: np.ndarray, intercepts: np.ndarray
    ) -> None:
        """`addresses` (n,) are the measures' locators as text, `weights` (n, dimension)."""
        self._measures = [Locator.parse(address) for address in addresses]
        self._weights = weights.astype(np.float32)
        self._intercepts = intercepts.astype(np.float32)

    @classmethod
    def load(cls, embedder: str, path: Path = WEIGHTS) -> Topics | None:
        """The shipped ones; None where they were learned for another embedder."""
        if not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as arrays:
            if str(arrays["embedder"]) != embedder:
                return None
            return cls(arrays["addresses"].tolist(), arrays["weights"], arrays["intercepts"])

    def save(self, path: Path, *, embedder: str, fitted_on: str) -> None:
        """Write what `load` reads; `fitted_on` tells what it was learned on."""
        np.savez_compressed(
            path,
            addresses=np.array([str(measure) for measure in self._measures]),
            weights=self._weights.astype(np.float16),
            intercepts=self._intercepts,
            embedder=np.array(embedder),
            fitted_on=np.array(fitted_on),
        )

    def odds(self, vector: np.ndarray) -> dict[Locator, float]:
        """The logit of each known measure for a question's vector (dimension,)."""
        logits = self._weights @ vector + self._intercepts
        return dict(zip(self._measures, logits.tolist(), strict=True))
