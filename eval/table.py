"""The scorecard in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.comparison import Comparison, Flip, Move
from eval.interval import Value
from eval.report import Group, Report, Score

_ACROSS = ("grounded", "abstention recall", "first", "all gold@5")
_SHOWN_QUESTION = 60


def value_text(value: Value, *, is_share: bool = True) -> str:
    """0.788 (82 of 104); a mean has no such counts: 63.2 (n = 104)."""
    if is_share:
        return f"{value.value:.3f} ({value.hits:g} of {value.of:g})"
    return f"{value.value:.1f} (n = {value.of:g})"


def interval_text(value: Value, *, is_share: bool = True) -> str:
    """The 95 % interval."""
    digits = 3 if is_share else 1
    return f"{value.low:.{digits}f} – {value.high:.{digits}f}"


def _score_row(score: Score) -> tuple[str, str, str]:
    value = score.value
    counts = value_text(value, is_share=score.is_share)
    if score.is_share and not float(value.hits).is_integer():
        counts = f"{value.value:.3f} (n = {value.of:g})"
    return score.metric, counts, interval_text(value, is_share=score.is_share)


def _headline(report: Report) -> Table:
    made = report.made
    title = f"{made.system} · {made.split} · {made.n_questions} questions"
    table = Table("metric", "value", "95 % interval", title=title)
    for score in report.groups[0].scores:
        table.add_row(*_score_row(score))
    return table


def _by_group(report: Report) -> Table:
    table = Table("group", "n", "passed", *_ACROSS)
    for group in report.groups:
        table.add_row(group.name, str(group.n), str(group.n_passed), *_cells(group))
    return table


def _cells(group: Group) -> list[str]:
    values = {score.metric: score.value for score in group.scores}
    shown = (values.get(name) for name in _ACROSS)
    return [f"{v.value:.2f} ({v.hits:g}/{v.of:g})" if v else "–" for v in shown]


def _times(report: Report) -> Table:
    table = Table("seconds to", "p50", "p95", "n")
    for step in report.seconds:
        table.add_row(step.step, f"{step.p50:.2f}", f"{step.p95:.2f}", str(len(step.values)))
    return table


def print_report(report: Report, console: Console) -> None:
    """Headline, groups, times and the failures."""
    for table in (_headline(report), _by_group(report), _times(report)):
        console.print(table)
    if report.agreement:
        a = report.agreement
        kappa = "–" if a.kappa is None else f"{a.kappa:.2f}"
        console.print(Text(f"judge {a.judge}: agrees on {a.n_agreed} of {a.n}, kappa {kappa}"))
    console.print(f"{len(report.failures)} of {len(report.entries)} failed")
    for entry in report.failures:
        question, reply = entry.question, entry.reply
        did = "abstained" if reply.abstained else f"cited {list(reply.cited)}"
        line = f"  {question.id} {question.kind}: {question.question[:_SHOWN_QUESTION]} — {did}, "
        # As plain text: a question's own [brackets] are no markup.
        console.print(Text(f"{line}gold {list(question.measures)}"))


def _move_row(move: Move) -> tuple[str, str, str, str]:
    digits = 3 if move.is_share else 1
    verdict = "sure" if move.is_sure else "may be chance"
    interval = f"{move.low:+.{digits}f} – {move.high:+.{digits}f}"
    return move.metric, f"{move.moved:+.{digits}f}", interval, verdict


def print_comparison(comparison: Comparison, console: Console) -> None:
    """What moved, and the flips."""
    title = f"against {comparison.before}, on {comparison.n} questions"
    table = Table("metric", "moved", "95 % interval", "", title=title)
    for move in comparison.moves:
        if move.moved:
            table.add_row(*_move_row(move))
    console.print(table)
    if comparison.n_only_before or comparison.n_only_after:
        console.print(
            f"left out: {comparison.n_only_before} questions only there, "
            f"{comparison.n_only_after} only here"
        )
    _print_flips("newly failed", comparison.newly_failed, console)
    _print_flips("newly passed", comparison.newly_passed, console)


def _print_flips(title: str, flips: tuple[Flip, ...], console: Console) -> None:
    console.print(f"{title}: {len(flips)}")
    for flip in flips:
        console.print(Text(f"  {flip.id} {flip.kind}: {flip.question[:_SHOWN_QUESTION]}"))
