"""A judge model's words, and how far it agrees."""

from __future__ import annotations

import pytest
from fakes import FakeModel
from made import make_abstention, make_outcome, make_question, make_reply

from corpus.errors import PolicyQAError
from eval.agreement import agree, judge_answers, read_verdict


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("正确", True),
        ("回答正确。", True),
        ("不正确", False),
        ("错误\n因为它是正确的", False),
        ("Correct.", True),
        ("Incorrect", False),
        ("也许", None),
        ("", None),
    ],
)
def test_a_verdict_is_read_from_the_first_line(said: str, verdict: bool | None) -> None:
    assert read_verdict(said) is verdict


def test_only_answers_to_answerable_questions_are_judged() -> None:
    model = FakeModel(reply="正确")
    outcomes = [
        make_outcome(make_question(), make_reply(5)),
        make_outcome(make_question(), make_abstention()),
        make_outcome(make_question(answerable=False), make_reply(5)),
    ]
    assert list(judge_answers(model, outcomes)) == [(True, True)]
    assert len(model.asked) == 1


def test_a_judge_that_fails_is_told_in_a_sentence() -> None:
    outcomes = [make_outcome(make_question(), make_reply(5))]
    with pytest.raises(PolicyQAError, match="the judge failed at q900"):
        list(judge_answers(FakeModel(fails_after=0), outcomes))


def test_kappa_worked_by_hand() -> None:
    """Of ten: 4 right by both, 3 wrong by both, 2 and 1 apart: observed 0.7, by chance 0.5."""
    pairs = [(True, True)] * 4 + [(False, False)] * 3 + [(True, False)] * 2 + [(False, True)]
    found = agree("j", pairs)
    chance = (6 * 5 + 4 * 5) / 100
    assert found.n_agreed == 7 and (found.n_right_exact, found.n_right_judge) == (6, 5)
    assert found.kappa == pytest.approx((0.7 - chance) / (1 - chance))


def test_a_judge_that_says_one_thing_only_has_no_kappa() -> None:
    found = agree("j", [(True, True), (False, True), (True, None)])
    assert found.kappa is not None and found.n_unclear == 1
    assert agree("j", [(True, True), (False, True)]).kappa is None
    assert agree("j", []).n == 0
