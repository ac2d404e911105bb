"""A follow-up is searched with what it leans on; a whole question is left alone."""

from __future__ import annotations

import pytest

from rag.answer import Role, Turn
from rag.rewrite import is_elliptical, is_merely_short, rewrite

FIRST = Turn(role=Role.USER, content=" 育儿补贴政策怎么说？ ")
REPLY = Turn(role=Role.ASSISTANT, content="每月发放五千元，到人民公园领取。")
OTHER = Turn(role=Role.USER, content="免税店呢？")


@pytest.mark.parametrize(
    "question",
    ["一个月给多少？", "那什么时候开始？", "它怎么申请", "农民工呢？", "how much exactly?"],
)
def test_an_elliptical_question_is_searched_with_the_one_before(question: str) -> None:
    assert is_elliptical(question)
    assert rewrite(question, [FIRST, REPLY]) == f"育儿补贴政策怎么说？ {question}"


@pytest.mark.parametrize(
    "question",
    [
        "老旧小区多层住宅加装电梯，政府有没有支持的措施？",
        "Does the plan say anything about paid annual leave for workers?",
    ],
)
def test_a_whole_question_is_left_alone(question: str) -> None:
    assert not is_elliptical(question)
    assert rewrite(question, [FIRST, REPLY]) == question


def test_without_a_history_nothing_is_added() -> None:
    assert rewrite("那呢？", []) == "那呢？"
    assert rewrite("那呢？", [REPLY]) == "那呢？"


def test_only_what_the_asker_said_is_used_and_the_last_of_it() -> None:
    for history in ([FIRST, REPLY, OTHER], [REPLY, OTHER, REPLY]):
        rewritten = rewrite("一个月给多少？", history)
        assert rewritten == "免税店呢？ 一个月给多少？"
        assert "五千元" not in rewritten


@pytest.mark.parametrize(
    "question", ["换个话题，这个有人管吗", "By the way, what about it?", "聊点别的事，它怎么说"]
)
def test_who_starts_a_new_topic_is_not_held_to_the_old_one(question: str) -> None:
    assert not is_elliptical(question)


@pytest.mark.parametrize(
    "question", ["孩子小学，春假能放吗", "公积金能租房吗", "A lift for grandma?"]
)
def test_a_short_question_may_be_whole(question: str) -> None:
    assert is_elliptical(question) and is_merely_short(question)


@pytest.mark.parametrize(
    "question", ["农民工呢？", "那什么时候开始？", "它怎么申请", "and for kids?"]
)
def test_what_leads_on_or_points_back_is_not_merely_short(question: str) -> None:
    assert is_elliptical(question) and not is_merely_short(question)
