"""The report's groups, times and bins, worked by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from made import make_abstention, make_outcome, make_question, make_reply

from eval.report import Made, Report, make_report, percentiles

MADE = Made(
    system="main",
    split="dev",
    n_questions=0,
    made_at=dt.datetime(2025, 4, 1, tzinfo=dt.UTC),
    machine="m",
    model="l",
    embedder="e",
    code_sha="c",
    questions_sha="q",
)


def test_groups_are_all_then_kinds_then_languages() -> None:
    outcomes = [
        make_outcome(make_question(kind="slang"), make_reply(5)),
        make_outcome(make_question(lang="en"), make_reply(6)),
        make_outcome(make_question(answerable=False), make_abstention()),
    ]
    report = make_report(outcomes, MADE)
    assert [(g.name, g.n, g.n_passed) for g in report.groups] == [
        ("all", 3, 2),
        ("kind slang", 1, 1),
        ("kind plain", 1, 0),
        ("kind unanswerable", 1, 1),
        ("lang zh", 2, 2),
        ("lang en", 1, 0),
    ]
    assert [e.question.lang for e in report.failures] == ["en"]


def test_a_metric_without_a_denominator_is_not_in_its_group() -> None:
    report = make_report([make_outcome(make_question(), make_reply(5))], MADE)
    names = {score.metric for score in report.groups[0].scores}
    assert "grounded" in names and "abstention recall" not in names


def test_times_leave_out_what_was_not_searched_or_not_answered() -> None:
    outcomes = [
        make_outcome(make_question(), make_reply(5, whole_s=2.0)),
        make_outcome(make_question(), make_reply(5, whole_s=4.0)),
        make_outcome(make_question(), make_abstention(whole_s=9.0)),
        make_outcome(make_question(), make_reply(5, ranked=(), whole_s=0.1)),
    ]
    steps = {s.step: s for s in make_report(outcomes, MADE).seconds}
    assert len(steps["first clauses"].values) == 3
    assert steps["whole answer"].values == (2.0, 4.0)
    assert steps["whole answer"].p50 == pytest.approx(3.0)


def test_the_gates_bins_hold_every_searched_question_once_in_order_of_score() -> None:
    outcomes = [
        make_outcome(
            make_question(answerable=n % 2 == 0),
            make_reply(5, gate_score=n / 20) if n > 9 else make_abstention(gate_score=n / 20),
        )
        for n in range(20)
    ]
    outcomes.append(make_outcome(make_question(), make_abstention(gate_score=None)))
    bins = make_report(outcomes, MADE).calibration
    assert sum(b.n for b in bins) == 20
    assert sum(b.n_answerable for b in bins) == sum(b.n_answered for b in bins) == 10
    assert all(a.high <= b.low for a, b in zip(bins, bins[1:], strict=False))
    assert bins[0].n_answered == 0 and bins[-1].n_answered == bins[-1].n


def test_the_gates_curve_goes_from_refusing_none_to_refusing_all() -> None:
    scores = {True: (0.9, 0.8, 0.5, 0.2), False: (0.5, 0.1)}
    outcomes = [
        make_outcome(
            make_question(answerable=answerable),
            make_reply(5, gate_score=s) if s >= 0.5 else make_abstention(gate_score=s),
        )
        for answerable, given in scores.items()
        for s in given
    ]
    found = make_report(outcomes, MADE).gate_curve
    assert found is not None
    # Below 0.1, 0.2, 0.5 (one of either), 0.8 and 0.9.
    steps = ((0.0, 0.0), (0.0, 0.5), (0.25, 0.5), (0.5, 1.0), (0.75, 1.0), (1.0, 1.0))
    assert found.points == steps
    assert (found.wrongly, found.rightly) == (0.25, 0.5)
    # Of the eight pairs six stand right, one wrong, and one is a tie that counts half.
    assert found.area == pytest.approx(6.5 / 8)
    assert make_report(outcomes[:4], MADE).gate_curve is None


def test_a_report_is_read_back_as_it_was_written() -> None:
    report = make_report([make_outcome(make_question(), make_reply(5))], MADE)
    assert Report.model_validate_json(report.model_dump_json()) == report


def test_a_report_of_nothing_is_empty() -> None:
    report = make_report([], MADE)
    assert report.groups[0].scores == () and report.seconds == report.calibration == ()


def test_percentiles_of_a_hundred_and_one_seconds_are_their_places() -> None:
    assert percentiles([float(n) for n in range(101)]) == pytest.approx((50.0, 95.0))
    assert percentiles([3.0]) == (3.0, 3.0)
    assert percentiles([1.0, 3.0])[0] == pytest.approx(2.0)
    with pytest.raises(ValueError, match="no times"):
        percentiles([])
