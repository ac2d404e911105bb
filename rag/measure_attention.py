"""Which measures a question speaks of, by the words of it that each measure attends to.

A question across measures speaks of one in these of its words and of another in those. In what the gate's
probe makes of the single tokens (`rag.attentive_probe`) each measure attends to its own: label-wise
attention (Mullenbach et al. 2018, arXiv:1802.05695). `eval.fit_attention` learns it, and what it counts
beside the signs of `rag.breadth`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.document import Locator
from rag.attentive_probe import WEIGHTS as PROBE
from rag.attentive_probe import AttentiveProbe, softmax
from rag.reader import READER, QuestionReader

WEIGHTS = Path(__file__).with_name("measure_attention.npz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """The logit of each known measure for one question, and what they count beside another logit.

    `weights` (4,) are for that other logit, for a measure's own, for how far it leads the best
    measure's, and the intercept.
    """

    odds: Mapping[Locator, float]
    weights: tuple[float, float, float, float]

    def weigh(self, logit: float, other: Locator, best: Locator) -> float:
        """What another's logit that the question is about `other` too, beside `best`, is with these.

        It stays as it is where either measure is not known.
        """
        if other not in self.odds or best not in self.odds:
            return logit
        before, own, lead, intercept = self.weights
        odds = self.odds[other]
        return before * logit + own * odds + lead * (odds - self.odds[best]) + intercept


class MeasureAttention:
    """What was learned of each measure, and the reader and the probe that it looks at."""

    def __init__(
        self,
        reader: QuestionReader,
        probe: AttentiveProbe,
        arrays: Mapping[str, np.ndarray],
    ) -> None:
        """`arrays` are those that eval.fit_attention writes."""
        self._reader, self._probe = reader, probe
        self._measures = [Locator.parse(address) for address in arrays["addresses"].tolist()]
        self._attention = arrays["attention"].astype(np.float32)
        self._offsets = arrays["offsets"].astype(np.float32)
        self._weights = arrays["weights"].astype(np.float32)
        self._intercepts = arrays["intercepts"].astype(np.float32)
        before, own, lead, intercept = arrays["beside"].tolist()
        self._beside = (before, own, lead, intercept)

    @classmethod
    def load(cls, reader: QuestionReader, path: Path = WEIGHTS) -> MeasureAttention | None:
        """The shipped one; None without it, or where it was learned over another probe."""
        probe = AttentiveProbe.load(READER)
        if probe is None or not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as arrays:
            if str(arrays["probe_sha"]) != probe_sha():
                return None
            return cls(reader, probe, dict(arrays))

    def attend(self, question: str) -> Attended | None:
        """Of one question; None where the reader is off or failed."""
        states = self._reader.states(question)
        if states is None:
            return None
        logits = self.logits(self._probe.read(states))
        odds = dict(zip(self._measures, logits.tolist(), strict=True))
        return Attended(odds=odds, weights=self._beside)

    def logits(self, tokens: np.ndarray) -> np.ndarray:
        """Of all measures (n_measures,), for what the probe makes of the tokens (n_tokens, dimension)."""
        shares = softmax(tokens @ self._attention.T + self._offsets, axis=0)
        pooled = shares.T @ tokens
        found: np.ndarray = (pooled * self._weights).sum(axis=1) + self._intercepts
        return found


def probe_sha(path: Path = PROBE) -> str:
    """The hash of the shipped probe's file, "" without one."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
