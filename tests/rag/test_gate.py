"""The gate keeps off-topic questions, and what the policy is silent on, from the model."""

from __future__ import annotations

import pytest
from fakes import FakeQuestionReader

from index.search import SCORING, Index
from rag.answer import Reason
from rag.gate import Gate
from rag.logistic import Logistic, LogisticWeights


@pytest.fixture(scope="module")
def gate(index: Index) -> Gate:
    return Gate(index)


def judge(gate: Gate, index: Index, question: str, rewritten: str = "") -> Reason:
    rewritten = rewritten or question
    return gate.judge(question, rewritten, index.search(rewritten, 10)).reason


def test_a_question_after_the_matter_passes(gate: Gate, index: Index) -> None:
    assert judge(gate, index, "研究建立育儿补贴制度吗") is Reason.NONE


def test_a_question_nearer_to_an_anchor_is_off_topic(gate: Gate, index: Index) -> None:
    assert judge(gate, index, "今天天气怎么样，明天会下雨吗") is Reason.OFF_TOPIC
    assert judge(gate, index, "Tell me a joke") is Reason.OFF_TOPIC


def test_nothing_found_is_off_topic(gate: Gate) -> None:
    assert gate.judge("育儿补贴", "育儿补贴", ()).reason is Reason.OFF_TOPIC


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("研究建立的育儿补贴制度每个月发多少钱", Reason.NO_AMOUNT),
        ("育儿补贴制度什么时候研究建立", Reason.NO_DATE),
        ("育儿补贴制度怎么申请", Reason.NO_PROCEDURE),
        ("城市口岸免税店开在哪几个城市", Reason.NO_PLACE),
    ],
)
def test_what_no_clause_holds_is_told(
    gate: Gate, index: Index, question: str, reason: Reason
) -> None:
    assert judge(gate, index, question) is reason


def test_what_a_clause_holds_passes(gate: Gate, index: Index) -> None:
    question = "城乡居民基础养老金什么时候提高标准"
    assert judge(gate, index, question) is Reason.NONE


def test_the_thing_asked_for_is_read_in_the_question_itself(gate: Gate, index: Index) -> None:
    rewritten = "育儿补贴每月多少钱 研究建立育儿补贴制度是怎么说的"
    assert judge(gate, index, "那是怎么说的", rewritten) is Reason.NONE


@pytest.mark.parametrize(("intercept", "reason"), [(3.0, Reason.OFF_TOPIC), (-3.0, Reason.NONE)])
def test_what_is_taken_for_misuse_is_not_answered(
    index: Index, intercept: float, reason: Reason
) -> None:
    zeros = (0.0,) * (index.embedder.dimension + len(FakeQuestionReader().reads))
    always = LogisticWeights(
        embedder="made",
        scoring=SCORING,
        centre=zeros,
        vector=zeros,
        mean=(),
        scale=(),
        signs=(),
        intercept=intercept,
        threshold=0.9,
        fitted_on="made by hand",
    )
    gate = Gate(index, misuse=Logistic(always), reader=FakeQuestionReader())
    assert judge(gate, index, "研究建立育儿补贴制度吗") is reason
    unread = Gate(index, misuse=Logistic(always))
    assert judge(unread, index, "研究建立育儿补贴制度吗") is Reason.NONE
