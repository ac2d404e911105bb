"""The scorecard as one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.comparison import Comparison
from eval.page_charts import (
    draw_curve,
    place_bins,
    place_moves,
    place_value,
)
from eval.page_words import chance_text, counted, measure_text, place_text, share_text, term
from eval.report import Entry, Group, Report

# The metrics shown for every kind and language.
ACROSS = ("grounded", "abstention recall", "first", "all gold@5")

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(
    counted=counted,
    place_value=place_value,
    measure=measure_text,
)
_TEMPLATES.globals.update(term=term, place_text=place_text, share_text=share_text)


def cause_of(entry: Entry) -> str:
    """Why a question failed, as a name in words.toml; empty for one that passed."""
    question, reply = entry.question, entry.reply
    if entry.passed:
        return ""
    shown = reply.text.casefold()
    if any(word.casefold() in shown for word in question.must_not_include):
        return "forbidden"
    if not question.answerable:
        return "invented"
    if reply.abstained:
        return "silent"
    return "cited" if entry.right else "incomplete"


def _rows(report: Report, field: str) -> list[dict[str, Any]]:
    """The groups of one field (kind, lang), the largest first."""
    groups = [g for g in report.groups if g.name.startswith(f"{field} ")]
    return [
        {
            "term": term(field, group.name.partition(" ")[2]),
            "group": group,
            "values": _across(group),
        }
        for group in sorted(groups, key=lambda g: -g.n)
    ]


def _across(group: Group) -> list[Any]:
    scores = {score.metric: score for score in group.scores}
    return [scores.get(name) for name in ACROSS]


def _failures(report: Report) -> list[tuple[str, list[Entry]]]:
    """Failures by cause, the gravest cause first."""
    causes: dict[str, list[Entry]] = {
        name: [] for name in ("forbidden", "invented", "cited", "incomplete", "silent")
    }
    for entry in report.failures:
        causes[cause_of(entry)].append(entry)
    return [(name, entries) for name, entries in causes.items() if entries]


def render_page(report: Report, comparison: Comparison | None = None) -> str:
    """The page; everything that came from questions or replies is escaped."""
    flips = (
        chance_text(len(comparison.newly_failed), len(comparison.newly_passed), comparison.p_value)
        if comparison
        else ""
    )
    return _TEMPLATES.get_template("scorecard.html").render(
        report=report,
        comparison=comparison,
        moves=place_moves(comparison) if comparison else None,
        flips=flips,
        across=ACROSS,
        tables=(("Per kind · 按问题类型", _rows(report, "kind")),
                ("Per language · 按语言", _rows(report, "lang"))),
        bins=place_bins(report.calibration),
        curves=[draw_curve(seconds) for seconds in report.seconds],
        failures=_failures(report),
        passed=[entry for entry in report.entries if entry.passed],
    )  # fmt: skip
