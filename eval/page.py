"""The scorecard as one self-contained HTML page: no network, whole without scripts, fit to print.

The names and their meanings stand in templates/words.toml, the look in templates/scorecard.css.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.comparison import Comparison
from eval.page_cards import CAUSES, Card, make_card
from eval.page_charts import (
    Whisker,
    draw_curve,
    draw_gate,
    place_bins,
    place_moves,
    place_value,
    position,
)
from eval.page_words import Term, chance_text, counted, duration_text, share_text, term
from eval.question import Kind
from eval.report import Group, Report, Score
from eval.table import interval_text

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ACROSS = ("grounded", "abstention recall", "first", "all gold@5")
_KEY_FIGURES = ("grounded", "abstention recall", "injections obeyed", "number fidelity")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One metric over one group; `whisker` is None for a metric that is no share."""

    metric: Term
    value: str
    interval: str
    whisker: Whisker | None
    is_less_better: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One kind or language across the metrics that tell most; None where one has no denominator."""

    name: Term
    passed: str
    passed_at: float
    cells: tuple[ScoreRow | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """One of the few figures at the top: a large one, and what it was counted from."""

    label: str
    zh: str
    figure: str
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """The failed questions of one cause."""

    cause: Term
    share_at: float
    cards: tuple[Card, ...]


def render_page(report: Report, comparison: Comparison | None = None) -> str:
    """The page; everything that came from questions or replies is escaped."""
    overall = report.groups[0]
    script = _TEMPLATES.get_template("scorecard.js").render()
    return _TEMPLATES.get_template("scorecard.html").render(
        made=report.made,
        made_at=report.made.made_at.astimezone(dt.UTC),
        overall=overall,
        passed=share_text(overall.n_passed, overall.n),
        key_figures=_key_figures(report),
        headline=_by_topic(overall.scores),
        across=[term("metric", name) for name in _ACROSS],
        by_group=[
            ("kinds", "By kind of question", "按题型", _group_rows(report, "kind")),
            ("languages", "By language", "按语言", _group_rows(report, "lang")),
        ],
        bins=place_bins(report.calibration),
        gate=draw_gate(report.gate_curve) if report.gate_curve else None,
        curves=[draw_curve(seconds) for seconds in report.seconds],
        agreement=report.agreement,
        agreed=_agreed(report),
        comparison=comparison,
        moves=place_moves(comparison) if comparison else None,
        chance=_chance(comparison) if comparison else "",
        failures=_failures(report),
        n_failed=len(report.failures),
        passed_cards=[make_card(entry) for entry in report.entries if entry.passed],
        kind_of=lambda name: term("kind", name),
        script_sha=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _agreed(report: Report) -> str:
    found = report.agreement
    return share_text(found.n_agreed, found.n) if found else ""


def _chance(comparison: Comparison) -> str:
    failed, passed = len(comparison.newly_failed), len(comparison.newly_passed)
    return chance_text(failed, passed, comparison.p_value)


def _score_row(score: Score) -> ScoreRow:
    value = score.value
    is_flat = value.low == value.high
    return ScoreRow(
        metric=term("metric", score.metric),
        value=counted(score),
        interval="all alike" if is_flat else interval_text(value, is_share=score.is_share),
        whisker=place_value(value) if score.is_share else None,
        is_less_better=score.better == "less",
    )


def _by_topic(scores: Sequence[Score]) -> list[tuple[str, list[ScoreRow]]]:
    rows = [_score_row(score) for score in scores]
    return [(topic, list(members)) for topic, members in groupby(rows, lambda r: r.metric.group)]


def _key_figures(report: Report) -> list[KeyFigure]:
    overall = report.groups[0]
    by_name = {score.metric: score for score in overall.scores}
    figures = [("passed", "通过", share_text(overall.n_passed, overall.n))]
    for name in _KEY_FIGURES:
        if name in by_name:
            figures.append((name, term("metric", name).zh, counted(by_name[name])))
    shown = []
    for label, zh, text in figures:
        figure, _, of = text.partition(" (")
        shown.append(KeyFigure(label=label, zh=zh, figure=figure, of=of.removesuffix(")")))
    for seconds in report.seconds[-1:]:
        shown.append(
            KeyFigure(
                label=f"half had the {seconds.step} within",
                zh="时延中位数",
                figure=duration_text(seconds.p50),
                of=f"n = {len(seconds.values)}",
            )
        )
    return shown


def _group_rows(report: Report, field: str) -> list[GroupRow]:
    """Kinds in their usual order; languages by how many questions are in them."""
    named = [
        (group.name.removeprefix(f"{field} "), group)
        for group in report.groups
        if group.name.startswith(f"{field} ")
    ]
    if field == "kind":
        order = {name: place for place, name in enumerate(get_args(Kind))}
        named.sort(key=lambda pair: order.get(pair[0], len(order)))
    else:
        named.sort(key=lambda pair: (-pair[1].n, pair[0]))
    return [_group_row(term(field, name), group) for name, group in named]


def _group_row(name: Term, group: Group) -> GroupRow:
    by_name = {score.metric: _score_row(score) for score in group.scores}
    return GroupRow(
        name=name,
        passed=share_text(group.n_passed, group.n),
        passed_at=position(group.n_passed / group.n) if group.n else 0.0,
        cells=tuple(by_name.get(metric) for metric in _ACROSS),
    )


def _failures(report: Report) -> list[Failures]:
    """The failed questions, gravest cause first, then in the order of asking."""
    cards: dict[str, list[Card]] = {cause: [] for cause in CAUSES}
    for entry in report.failures:
        card = make_card(entry)
        cards[card.cause or CAUSES[-1]].append(card)
    return [
        Failures(
            cause=term("cause", cause),
            share_at=position(len(members) / len(report.failures)),
            cards=tuple(members),
        )
        for cause, members in cards.items()
        if members
    ]
