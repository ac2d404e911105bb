"""What a set of answers is worth: each measure with its numerator and denominator."""

from __future__ import annotations

import hashlib
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.check_questions import Question


def split_of(question_id: str) -> str:
    """dev or report, by a hash of the id: nobody chooses, and adding questions moves none."""
    return "dev" if hashlib.sha256(question_id.encode()).digest()[0] % 2 == 0 else "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One question with what the product gave: `ranked` are the measures in the hits' order."""

    question: Question
    abstained: bool
    origin: str
    text: str
    cited: tuple[int, ...]
    ranked: tuple[int, ...]
    first_hits_s: float
    first_statement_s: float | None
    whole_s: float

    @property
    def is_right(self) -> bool:
        """Every must_include group is hit, no must_not_include occurs, and it did not abstain."""
        text = self.text.casefold()
        groups = self.question.must_include
        return (
            not self.abstained
            and all(any(alt.casefold() in text for alt in group) for group in groups)
            and not any(word.casefold() in text for word in self.question.must_not_include)
        )

    @property
    def is_grounded(self) -> bool:
        """Right, every gold measure cited, and none outside gold or acceptable."""
        gold = set(self.question.measures)
        allowed = gold | set(self.question.acceptable_measures)
        return self.is_right and gold <= set(self.cited) <= allowed

    @property
    def failed(self) -> bool:
        """Not what it should be: not grounded, or answered where the policy is silent."""
        return not (self.is_grounded if self.question.answerable else self.abstained)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A measure as a fraction, printed with both its counts."""

    hits: int
    of: int

    def __str__(self) -> str:
        return f"{self.hits / self.of:.3f} ({self.hits} of {self.of})" if self.of else "– (0 of 0)"


def _share(flags: Iterable[bool]) -> Share:
    flags = list(flags)
    return Share(hits=sum(flags), of=len(flags))


def score(outcomes: Sequence[Outcome]) -> dict[str, Share]:
    """Every measure of the set.

    right, grounded: over answerable questions. citation recall: gold measures cited, over the gold
    measures of answerable questions; citation precision: cited measures that are gold or
    acceptable, over all measures cited for answerable questions. abstention recall: unanswerable
    questions on which it abstained; abstention precision: abstentions on unanswerable questions.
    first, all gold in five: over answerable questions with gold measures that were searched.
    """
    answerable = [o for o in outcomes if o.question.answerable]
    abstained = [o for o in outcomes if o.abstained]
    searched = [o for o in answerable if o.question.measures and o.ranked]
    cited = [(o.question, m) for o in answerable for m in o.cited]
    gold = [(o.cited, m) for o in answerable for m in o.question.measures]
    return {
        "right": _share(o.is_right for o in answerable),
        "grounded": _share(o.is_grounded for o in answerable),
        "citation recall": _share(m in found for found, m in gold),
        "citation precision": _share(m in q.measures + q.acceptable_measures for q, m in cited),
        "abstention recall": _share(o.abstained for o in outcomes if not o.question.answerable),
        "abstention precision": _share(not o.question.answerable for o in abstained),
        "right measure first": _share(o.ranked[0] in o.question.measures for o in searched),
        "all gold in five": _share(set(o.question.measures) <= set(o.ranked[:5]) for o in searched),
    }


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """The 50th and 95th percentile; at least one value is wanted.

    Raises:
        ValueError: there is none.
    """
    if not seconds:
        raise ValueError("no times to take percentiles of")
    if len(seconds) == 1:
        return seconds[0], seconds[0]
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return cuts[9], cuts[18]
