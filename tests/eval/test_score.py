"""Each measure of the scorecard against a case worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from eval.check_questions import Question
from eval.score import Outcome, Share, percentiles, score, split_of


def question(
    *,
    answerable: bool = True,
    measures: tuple[int, ...] = (5,),
    acceptable: tuple[int, ...] = (),
    must: tuple[tuple[str, ...], ...] = (),
    must_not: tuple[str, ...] = (),
) -> Question:
    return Question(
        id="q001",
        lang="zh",
        kind="plain" if answerable else "unanswerable",
        question="育儿补贴怎么说？",
        history=(),
        answerable=answerable,
        measures=measures if answerable else (),
        acceptable_measures=acceptable,
        must_include=must,
        must_not_include=must_not,
        evidence=(),
        note="made by hand",
    )


def outcome(asked: Question, **given: Any) -> Outcome:
    values: dict[str, Any] = {
        "abstained": False,
        "origin": "model",
        "text": "研究建立育儿补贴制度。",
        "cited": (5,),
        "ranked": (5, 15, 7),
        "first_hits_s": 0.1,
        "first_statement_s": 1.0,
        "whole_s": 2.0,
    }
    return Outcome(question=asked, **(values | given))


ABSTAINED: dict[str, Any] = {
    "abstained": True,
    "text": "政策没有写明。",
    "cited": (),
    "first_statement_s": None,
}


@pytest.mark.parametrize(
    ("must", "must_not", "text", "right"),
    [
        ((), (), "随便。", True),
        ((("育儿补贴",), ("研究", "探索")), (), "探索建立育儿补贴制度。", True),
        ((("育儿补贴",), ("研究", "探索")), (), "建立育儿补贴制度。", False),
        ((("REITs",),), (), "发行reits。", True),
        ((), ("已建立",), "已建立育儿补贴制度。", False),
        ((), ("Guarantee",), "it is guaranteed", False),
        ((("育儿",),), ("5000",), "育儿补贴5000元。", False),
    ],
)
def test_right_is_every_group_and_nothing_forbidden(
    must: tuple[tuple[str, ...], ...], must_not: tuple[str, ...], text: str, right: bool
) -> None:
    assert outcome(question(must=must, must_not=must_not), text=text).is_right is right


def test_an_abstention_is_never_right() -> None:
    assert not outcome(question(), **ABSTAINED).is_right


@pytest.mark.parametrize(
    ("gold", "acceptable", "cited", "grounded"),
    [
        ((5,), (), (5,), True),
        ((5,), (), (), False),
        ((5,), (), (5, 6), False),
        ((5,), (6,), (5, 6), True),
        ((5,), (6,), (6,), False),
        ((5, 7), (), (7, 5), True),
        ((5, 7), (), (5,), False),
        ((), (6,), (), True),
        ((), (6,), (6,), True),
    ],
)
def test_grounded_is_right_with_all_gold_and_none_but_acceptable(
    gold: tuple[int, ...], acceptable: tuple[int, ...], cited: tuple[int, ...], grounded: bool
) -> None:
    asked = question(measures=gold, acceptable=acceptable)
    assert outcome(asked, cited=cited).is_grounded is grounded
    assert outcome(asked, cited=cited).failed is not grounded
    wrong = question(measures=gold, acceptable=acceptable, must=(("没有的话",),))
    assert not outcome(wrong, cited=cited).is_grounded


def test_on_an_unanswerable_question_an_answer_fails_and_an_abstention_does_not() -> None:
    silent = question(answerable=False)
    assert outcome(silent, cited=()).failed
    assert not outcome(silent, **ABSTAINED).failed


def test_every_measure_of_a_set_worked_by_hand() -> None:
    """Four answerable and three unanswerable questions; the counts were made with a pencil."""
    outcomes = [
        # right, grounded; gold first; gold in five
        outcome(question(), cited=(5,), ranked=(5, 1)),
        # right, not grounded: 9 is not gold; two of two gold cited; gold not first, but in five
        outcome(question(measures=(5, 6)), cited=(5, 6, 9), ranked=(1, 5, 6)),
        # not right, not grounded; 8 is acceptable; one of two gold cited; 7 is at rank six
        outcome(
            question(measures=(5, 7), acceptable=(8,), must=(("没有",),)),
            cited=(5, 8),
            ranked=(5, 1, 2, 3, 4, 7),
        ),
        # abstained wrongly, before any search
        outcome(question(), **ABSTAINED, ranked=()),
        # unanswerable: two abstentions, one answer whose citations do not count
        outcome(question(answerable=False), **ABSTAINED),
        outcome(question(answerable=False), **ABSTAINED),
        outcome(question(answerable=False), cited=(3,)),
    ]
    assert score(outcomes) == {
        "right": Share(hits=2, of=4),
        "grounded": Share(hits=1, of=4),
        "citation recall": Share(hits=4, of=6),
        "citation precision": Share(hits=5, of=6),
        "abstention recall": Share(hits=2, of=3),
        "abstention precision": Share(hits=2, of=3),
        "right measure first": Share(hits=2, of=3),
        "all gold in five": Share(hits=2, of=3),
    }


def test_a_question_without_gold_is_in_no_ranking_measure() -> None:
    counts = score([outcome(question(measures=()), cited=())])
    assert counts["right measure first"].of == counts["all gold in five"].of == 0
    assert counts["citation recall"].of == 0


def test_an_empty_set_has_no_share_and_no_crash() -> None:
    assert {str(share) for share in score([]).values()} == {"– (0 of 0)"}


def test_a_share_is_printed_with_both_counts() -> None:
    assert str(Share(hits=41, of=45)) == "0.911 (41 of 45)"


@pytest.mark.parametrize(
    ("question_id", "split"),
    [("q001", "dev"), ("q002", "report"), ("q150", "report"), ("q298", "report")],
)
def test_the_split_of_an_id_never_changes(question_id: str, split: str) -> None:
    assert split_of(question_id) == split


def test_the_split_is_about_even() -> None:
    splits = [split_of(f"q{n:03}") for n in range(1000)]
    assert set(splits) == {"dev", "report"}
    assert 430 < splits.count("dev") < 570


def test_percentiles_of_a_hundred_and_one_seconds_are_their_places() -> None:
    assert percentiles([float(n) for n in range(101)]) == pytest.approx((50.0, 95.0))
    assert percentiles([3.0]) == (3.0, 3.0)
    assert percentiles([1.0, 3.0])[0] == pytest.approx(2.0)
    with pytest.raises(ValueError, match="no times"):
        percentiles([])
