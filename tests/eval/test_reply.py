"""What counts as right, grounded and passed."""

from __future__ import annotations

import pytest
from made import make_abstention, make_outcome, make_question, make_reply


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
    question = make_question(must_include=must, must_not_include=must_not)
    assert make_outcome(question, make_reply(5, text=text)).is_right is right


def test_an_abstention_is_never_right() -> None:
    assert not make_outcome(make_question(), make_abstention()).is_right


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
    asked = make_question(measures=gold, acceptable_measures=acceptable)
    assert make_outcome(asked, make_reply(*cited)).is_grounded is grounded
    assert make_outcome(asked, make_reply(*cited)).passed is grounded
    wrong = asked.model_copy(update={"must_include": (("没有的话",),)})
    assert not make_outcome(wrong, make_reply(*cited)).is_grounded


def test_cited_measures_come_once_each_in_the_order_of_first_use() -> None:
    assert make_reply(7, 5, 7).cited == (7, 5)


def test_an_abstention_cites_nothing_whatever_it_said() -> None:
    assert make_reply(7, abstained=True).cited == ()


def test_on_an_unanswerable_question_an_answer_fails_and_an_abstention_does_not() -> None:
    silent = make_question(answerable=False)
    assert not make_outcome(silent, make_reply()).passed
    assert make_outcome(silent, make_abstention()).passed


def test_an_abstention_that_says_the_forbidden_fails() -> None:
    silent = make_question(answerable=False, must_not_include=("5000",))
    assert not make_outcome(silent, make_abstention(text="没有写明，但可领5000元。")).passed
