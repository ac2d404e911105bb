"""The scorecard as a value: scores with intervals, per group; times; every question's outcome."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from eval.agreement import Agreement
from eval.interval import Value, estimate
from eval.metrics import METRICS, Better, count_all
from eval.question import Question
from eval.reply import Outcome, Reply

_BINS = 8


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Score(_Frozen):
    """One metric over one group."""

    metric: str
    better: Better
    is_share: bool
    value: Value


class Group(_Frozen):
    """All questions, or those of one kind (`kind plain`) or language (`lang en`)."""

    name: str
    n: int
    n_passed: int
    scores: tuple[Score, ...]


class Seconds(_Frozen):
    """The times of one step, over the replies that a search went before; sorted."""

    step: str
    p50: float
    p95: float
    values: tuple[float, ...]


class Bin(_Frozen):
    """Questions whose best hit scored in [low, high]: how many the policy answers, and how many
    the system did. A gate that knew would answer just the answerable ones."""

    low: float
    high: float
    n: int
    n_answerable: int
    n_answered: int


class Entry(_Frozen):
    """One question with its reply and what was made of it."""

    question: Question
    reply: Reply
    right: bool
    grounded: bool
    passed: bool


class Made(_Frozen):
    """What a report was made of and where."""

    system: str
    split: str
    n_questions: int
    made_at: dt.datetime
    machine: str
    model: str
    embedder: str
    code_sha: str
    questions_sha: str


class Report(_Frozen):
    """The whole scorecard; `entries` stand in the order of asking."""

    made: Made
    groups: tuple[Group, ...]
    seconds: tuple[Seconds, ...]
    calibration: tuple[Bin, ...]
    agreement: Agreement | None
    entries: tuple[Entry, ...]

    @property
    def failures(self) -> tuple[Entry, ...]:
        """The questions that did not pass."""
        return tuple(entry for entry in self.entries if not entry.passed)


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


def score_group(name: str, outcomes: Sequence[Outcome]) -> Group:
    """Every metric that has a denominator in the group."""
    scores = []
    for metric in METRICS:
        value = estimate(count_all(metric, outcomes))
        if value is not None:
            scores.append(
                Score(
                    metric=metric.name,
                    better=metric.better,
                    is_share=metric.is_share,
                    value=value,
                )
            )
    return Group(
        name=name,
        n=len(outcomes),
        n_passed=sum(o.passed for o in outcomes),
        scores=tuple(scores),
    )


def _grouped(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {"all": list(outcomes)}
    for field in ("kind", "lang"):
        for outcome in outcomes:
            name = f"{field} {getattr(outcome.question, field)}"
            groups.setdefault(name, []).append(outcome)
    return groups


def _seconds(outcomes: Sequence[Outcome]) -> tuple[Seconds, ...]:
    """First clauses over what was searched; sentences over what was answered out of a search."""
    searched = [o.reply for o in outcomes if o.reply.ranked]
    answered = [r for r in searched if not r.abstained and r.first_statement_s is not None]
    steps = {
        "first clauses": [r.first_hits_s for r in searched],
        "first sentence": [r.first_statement_s or 0.0 for r in answered],
        "whole answer": [r.whole_s for r in answered],
    }
    return tuple(
        Seconds(
            step=step,
            p50=percentiles(values)[0],
            p95=percentiles(values)[1],
            values=tuple(round(v, 4) for v in sorted(values)),
        )
        for step, values in steps.items()
        if values
    )


def _calibration(outcomes: Sequence[Outcome]) -> tuple[Bin, ...]:
    """The searched questions in bins of like size, by the score of their best hit."""
    scored = sorted(
        ((o.reply.best_score, o) for o in outcomes if o.reply.best_score is not None),
        key=lambda pair: pair[0],
    )
    bins = []
    for rows in np.array_split(np.arange(len(scored)), _BINS):
        members = [scored[i] for i in rows]
        if members:
            bins.append(
                Bin(
                    low=members[0][0],
                    high=members[-1][0],
                    n=len(members),
                    n_answerable=sum(o.question.answerable for _, o in members),
                    n_answered=sum(not o.reply.abstained for _, o in members),
                )
            )
    return tuple(bins)


def make_report(
    outcomes: Sequence[Outcome], made: Made, agreement: Agreement | None = None
) -> Report:
    """The report over outcomes in the order of asking."""
    return Report(
        made=made,
        groups=tuple(score_group(name, members) for name, members in _grouped(outcomes).items()),
        seconds=_seconds(outcomes),
        calibration=_calibration(outcomes),
        agreement=agreement,
        entries=tuple(
            Entry(
                question=o.question,
                reply=o.reply,
                right=o.is_right,
                grounded=o.is_grounded,
                passed=o.passed,
            )
            for o in outcomes
        ),
    )
