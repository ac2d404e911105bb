"""Two reports on the same questions: what moved, and which questions flipped."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from eval.interval import difference, flip_p_value
from eval.metrics import METRICS, Better, count_all
from eval.reply import Outcome
from eval.report import Entry, Report


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Move(_Frozen):
    """After minus before of one metric, with its 95 % interval."""

    metric: str
    better: Better
    is_share: bool
    moved: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """The interval lies on one side of nothing, and has a width: where every resample moved alike,
        as with one question, it says nothing of chance."""
        return not math.isclose(self.low, self.high) and (self.low > 0 or self.high < 0)


class Flip(_Frozen):
    """A question that passed in one report and not in the other."""

    id: str
    kind: str
    question: str
    before: str
    after: str


class Comparison(_Frozen):
    """`n` questions stand in both. `p_value`: eval.interval.flip_p_value of the flips."""

    before: str
    n: int
    n_only_before: int
    n_only_after: int
    moves: tuple[Move, ...]
    newly_failed: tuple[Flip, ...]
    newly_passed: tuple[Flip, ...]
    p_value: float


def _outcomes(entries: Sequence[Entry]) -> list[Outcome]:
    return [Outcome(question=e.question, reply=e.reply) for e in entries]


def _flip(before: Entry, after: Entry) -> Flip:
    return Flip(
        id=after.question.id,
        kind=after.question.kind,
        question=after.question.question,
        before=before.reply.text,
        after=after.reply.text,
    )


def compare(before: Report, after: Report) -> Comparison:
    """What changed from one report to the other, on the questions that stand in both.

    A question whose wording or gold was changed between them is another question.
    """
    known = {e.question.id: e for e in before.entries}
    pairs = [
        (known[e.question.id], e)
        for e in after.entries
        if e.question.id in known and known[e.question.id].question == e.question
    ]
    old, new = _outcomes([b for b, _ in pairs]), _outcomes([a for _, a in pairs])
    moves = []
    for metric in METRICS:
        moved = difference(count_all(metric, old), count_all(metric, new))
        if moved is not None:
            moves.append(
                Move(
                    metric=metric.name,
                    better=metric.better,
                    is_share=metric.is_share,
                    moved=moved[0],
                    low=moved[1],
                    high=moved[2],
                )
            )
    failed = tuple(_flip(b, a) for b, a in pairs if b.passed and not a.passed)
    passed = tuple(_flip(b, a) for b, a in pairs if a.passed and not b.passed)
    made = before.made
    return Comparison(
        before=f"{made.system}, {made.split}, {made.made_at:%Y-%m-%d %H:%M}",
        n=len(pairs),
        n_only_before=len(before.entries) - len(pairs),
        n_only_after=len(after.entries) - len(pairs),
        moves=tuple(moves),
        newly_failed=failed,
        newly_passed=passed,
        p_value=flip_p_value(len(failed), len(passed)),
    )
