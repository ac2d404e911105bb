"""What a comparison names as moved and flipped."""

from __future__ import annotations

import pytest
from made import make_abstention, make_outcome, make_question, make_reply
from test_report import MADE

from eval.comparison import compare
from eval.report import Report, make_report


def report(*cited: int, n: int = 8) -> Report:
    """A report over `n` questions; the first ones cite what is given, the rest abstain."""
    outcomes = [
        make_outcome(
            make_question(id=f"q{900 + i}"),
            make_reply(cited[i]) if i < len(cited) else make_abstention(),
        )
        for i in range(n)
    ]
    return make_report(outcomes, MADE)


def test_flips_are_named_both_ways() -> None:
    found = compare(report(5, 5, 6), report(6, 5, 5))
    assert [f.id for f in found.newly_failed] == ["q900"]
    assert [f.id for f in found.newly_passed] == ["q902"]
    assert found.n == 8 and found.p_value == pytest.approx(0.75)


def test_moves_are_after_minus_before() -> None:
    moves = {m.metric: m for m in compare(report(), report(5, 5, 5, 5, 5, 5)).moves}
    assert moves["grounded"].moved == pytest.approx(6 / 8)
    assert moves["grounded"].is_sure


def test_one_flipped_question_is_not_sure() -> None:
    moves = {m.metric: m for m in compare(report(n=1), report(5, n=1)).moves}
    assert moves["grounded"].moved == 1 and not moves["grounded"].is_sure


def test_equal_reports_move_nothing() -> None:
    found = compare(report(5, 6), report(5, 6))
    assert all(m.moved == 0 and not m.is_sure for m in found.moves)
    assert found.newly_failed == found.newly_passed == () and found.p_value == 1.0


def test_a_question_whose_gold_was_changed_is_another_question() -> None:
    before, after = report(5, 5), report(6, 5)
    changed = after.entries[0].question.model_copy(update={"measures": (6,)})
    entries = (after.entries[0].model_copy(update={"question": changed}), *after.entries[1:])
    found = compare(before, after.model_copy(update={"entries": entries}))
    assert found.newly_failed == ()
    assert (found.n, found.n_only_before, found.n_only_after) == (7, 1, 1)
