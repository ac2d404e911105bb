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
    """Questions that the gate gave a score in [low, high]: how many the policy answers, and how many
    the system did. A gate that knew would answer just the answerable ones."""

    low: float
    high: float
    n: int
    n_answerable: int
    n_answered: int


class GateCurve(_Frozen):
    """What share of either kind of question is refused below each threshold of the gate's score.

    `points` are (of the answerable, of the others), from none to all. `wrongly` and `rightly` are the
    shares that were refused, `area` the chance that an answerable question scores above another one.
    """

    n_answerable: int
    n_unanswerable: int
    points: tuple[tuple[float, float], ...]
    wrongly: float
    rightly: float
    area: float


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
    settings_sha: str = ""  # a report made before there was one


class Report(_Frozen):
    """The whole scorecard; `entries` stand in the order of asking."""

    made: Made
    groups: tuple[Group, ...]
    seconds: tuple[Seconds, ...]
    calibration: tuple[Bin, ...]
    gate_curve: GateCurve | None = None
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
    searched = [o.reply for o in outcomes if o.reply.searched]
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
    """The searched questions in bins of like size, by the score of the gate."""
    scored = sorted(
        ((o.reply.gate_score, o) for o in outcomes if o.reply.gate_score is not None),
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


def _gate_curve(outcomes: Sequence[Outcome]) -> GateCurve | None:
    """Over the questions that the gate scored; None unless there are both kinds."""
    judged = [o for o in outcomes if o.reply.gate_score is not None]
    answerable = np.array([o.question.answerable for o in judged], dtype=bool)
    if answerable.all() or not answerable.any():
        return None
    refused = np.array([o.reply.abstained for o in judged])
    scores = np.array([o.reply.gate_score for o in judged])
    order = np.argsort(scores, kind="stable")
    last_of_score = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    wrongly, rightly = (
        np.append(0.0, (side[order].cumsum() / side.sum())[last_of_score])
        for side in (answerable, ~answerable)
    )
    return GateCurve(
        n_answerable=int(answerable.sum()),
        n_unanswerable=int((~answerable).sum()),
        points=tuple(zip(wrongly.round(4).tolist(), rightly.round(4).tolist(), strict=True)),
        wrongly=float(refused[answerable].mean()),
        rightly=float(refused[~answerable].mean()),
        area=float(np.trapezoid(rightly, wrongly)),
    )


def make_report(
    outcomes: Sequence[Outcome], made: Made, agreement: Agreement | None = None
) -> Report:
    """The report over outcomes in the order of asking."""
    return Report(
        made=made,
        groups=tuple(score_group(name, members) for name, members in _grouped(outcomes).items()),
        seconds=_seconds(outcomes),
        calibration=_calibration(outcomes),
        gate_curve=_gate_curve(outcomes),
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
