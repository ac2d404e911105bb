"""Where the marks of the scorecard's charts go. Positions on an axis are percent of its length."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eval.comparison import Comparison, Move
from eval.interval import Value
from eval.page_words import Term, duration_text, share_text, term
from eval.report import Bin, GateCurve, Seconds

# The plot of a curve, in the units of its drawing; the rest is for the axes' words.
_LEFT, _RIGHT, _TOP, _BOTTOM = 36.0, 306.0, 8.0, 108.0
_MAX_POINTS = 120
_MAX_TICKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisker:
    """A point with its 95 % interval on an axis; flat where the interval is the point alone."""

    at: float
    low: float
    high: float
    is_flat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """How far one metric moved; `whisker` is None for a metric that is no share."""

    metric: Term
    moved: str
    interval: str
    verdict: str
    is_sure: bool
    tone: str
    whisker: Whisker | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """The metrics that moved, on one axis from -limit to +limit, and the names of those that did not."""

    rows: tuple[MoveRow, ...]
    still: tuple[str, ...]
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BinRow:
    """One bin of the gate's calibration."""

    scores: str
    n: int
    answerable: str
    answered: str
    answerable_at: float
    answered_at: float
    difference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How many replies were there by when: `path` is drawn in a box of 320 by 136."""

    step: Term
    n: int
    p50: str
    p95: str
    slowest: str
    path: str
    p50_x: float
    p95_x: float
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDrawing:
    """The gate's curve, drawn in a box of 320 by 136 like a Curve."""

    area: str
    wrongly: str
    rightly: str
    path: str
    at_x: float
    at_y: float
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]


def position(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """Percent of the way from low to high, held between 0 and 100."""
    share = (value - low) / (high - low)
    return round(100 * min(1.0, max(0.0, share)), 2)


def place_value(value: Value) -> Whisker:
    """A share on the axis from 0 to 1."""
    return Whisker(
        at=position(value.value),
        low=position(value.low),
        high=position(value.high),
        is_flat=value.low == value.high,
    )


def place_moves(comparison: Comparison) -> Moves:
    """What moved; the axis reaches the next tenth past the widest interval of a share."""
    reach = [abs(x) for m in comparison.moves if m.is_share for x in (m.low, m.high, m.moved)]
    limit = max(1, math.ceil(max(reach, default=0.0) * 10 - 1e-9)) / 10
    return Moves(
        rows=tuple(_move_row(move, limit) for move in comparison.moves if move.moved),
        still=tuple(move.metric for move in comparison.moves if not move.moved),
        limit=limit,
    )


def _move_row(move: Move, limit: float) -> MoveRow:
    digits = 3 if move.is_share else 1
    tone = "changed"
    if move.better != "neither":
        tone = "better" if (move.moved > 0) == (move.better == "more") else "worse"
    whisker = Whisker(
        at=position(move.moved, -limit, limit),
        low=position(move.low, -limit, limit),
        high=position(move.high, -limit, limit),
        is_flat=move.low == move.high,
    )
    return MoveRow(
        metric=term("metric", move.metric),
        moved=signed(move.moved, digits),
        interval=f"{signed(move.low, digits)} to {signed(move.high, digits)}",
        verdict="sure" if move.is_sure else "may be chance",
        is_sure=move.is_sure,
        tone=tone,
        whisker=whisker if move.is_share else None,
    )


def signed(value: float, digits: int) -> str:
    """+0.050, −0.050 with a true minus, 0.000."""
    if round(value, digits) == 0:
        return f"{0:.{digits}f}"
    return f"{value:+.{digits}f}".replace("-", "−")


def place_bins(bins: Sequence[Bin]) -> tuple[BinRow, ...]:
    """The gate's bins, from the lowest score up."""
    return tuple(
        BinRow(
            scores=f"{b.low:.3f} – {b.high:.3f}",
            n=b.n,
            answerable=f"{b.n_answerable} of {b.n}",
            answered=f"{b.n_answered} of {b.n}",
            answerable_at=position(b.n_answerable / b.n),
            answered_at=position(b.n_answered / b.n),
            difference=signed(b.n_answered - b.n_answerable, 0),
        )
        for b in bins
    )


def draw_curve(seconds: Seconds) -> Curve:
    """The empirical distribution of one step's times, from 0 to the slowest."""
    values = seconds.values
    ticks = nice_ticks(max(values[-1], 0.001))
    longest = ticks[-1]

    def x(at_s: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * at_s / longest, 1)

    def y(share: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * share, 1)

    every = max(1, math.ceil(len(values) / _MAX_POINTS))
    ranks = sorted({*range(every, len(values) + 1, every), len(values)})
    steps = "".join(f"H{x(values[r - 1])}V{y(r / len(values))}" for r in ranks)
    return Curve(
        step=term("step", seconds.step),
        n=len(values),
        p50=duration_text(seconds.p50),
        p95=duration_text(seconds.p95),
        slowest=duration_text(values[-1]),
        path=f"M{x(0)} {y(0)}{steps}H{_RIGHT}",
        p50_x=x(seconds.p50),
        p95_x=x(seconds.p95),
        x_ticks=tuple((x(tick), _tick_text(tick, longest)) for tick in ticks),
        y_ticks=tuple((y(share), f"{share:.0%}") for share in (0.0, 0.5, 1.0)),
    )


def draw_gate(curve: GateCurve) -> GateDrawing:
    """Share of the unanswerable refused (upwards) by share of the answerable refused."""

    def x(share: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * share, 1)

    def y(share: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * share, 1)

    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    drawn = list(dict.fromkeys((x(wrongly), y(rightly)) for wrongly, rightly in curve.points))
    return GateDrawing(
        area=f"{curve.area:.3f}",
        wrongly=share_text(round(curve.wrongly * curve.n_answerable), curve.n_answerable),
        rightly=share_text(round(curve.rightly * curve.n_unanswerable), curve.n_unanswerable),
        path="M" + "L".join(f"{across} {up}" for across, up in drawn),
        at_x=x(curve.wrongly),
        at_y=y(curve.rightly),
        x_ticks=tuple((x(share), f"{share:.0%}") for share in shares),
        y_ticks=tuple((y(share), f"{share:.0%}") for share in shares[::2]),
    )


def nice_ticks(longest: float) -> tuple[float, ...]:
    """Round numbers from 0 to one at or past `longest`, not more than six."""
    power = 10 ** math.floor(math.log10(longest))
    for tenths in (1, 2, 5, 10, 20, 50):
        step = power * tenths / 10
        n_steps = math.ceil(longest / step - 1e-9)
        if n_steps <= _MAX_TICKS:
            return tuple(round(step * i, 6) for i in range(n_steps + 1))
    raise ValueError(f"wanted a time above 0, got {longest}")


def _tick_text(tick: float, longest: float) -> str:
    """All in milliseconds or all in seconds, as the longest is."""
    if not tick:
        return "0"
    return f"{tick * 1000:g} ms" if longest < 1 else f"{tick:g} s"
