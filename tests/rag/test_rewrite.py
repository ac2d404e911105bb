"""A follow-up is searched with what it leans on; a whole question is left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder

from rag.answer import Role, Turn
from rag.question import MAX_CHARACTERS
from rag.rewrite import SIGNS, EllipsisWeights, Rewriter, read_signs, starts_anew

by_form = Rewriter(FakeEmbedder(), None)
rewrite, is_elliptical = by_form.rewrite, by_form.is_elliptical

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


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ("Is it true for tourists like me?", False),
        ("and how much?", True),  # a few words go on, in whatever language
        ("那麼這個在鄉下的學校也有嗎？", True),  # Chinese is one language
    ],
)
def test_a_whole_sentence_in_another_language_starts_anew(question: str, *, leans: bool) -> None:
    assert is_elliptical(question)
    assert (rewrite(question, [FIRST, REPLY]) != question) is leans


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


def test_a_new_topic_is_told_in_other_languages_too() -> None:
    assert starts_anew("Bon, autre chose : les croisières ?") and not starts_anew("那农村的呢")


@pytest.mark.parametrize(
    ("question", "sign"),
    [
        ("那什么时候开始", "leads"),
        ("那个怎么申请", "points_back"),
        ("乡下的学生呢？", "trails_off"),
        ("吃饭方面呢？我爸妈做不动了", "names_and_asks"),
        ("几号开始", "is_short"),
    ],
)
def test_the_signs_of_a_question_that_leans(question: str, sign: str) -> None:
    assert dict(zip(SIGNS, read_signs(question), strict=True))[sign] == 1


def test_a_fitted_model_decides_by_vector_and_signs() -> None:
    embedder = FakeEmbedder()
    leaning, whole = "具体是哪几样，笔记本算不算", "二手车查询平台靠不靠谱"
    direction = embedder.embed_query(leaning) - embedder.embed_query(whole)
    weights = EllipsisWeights(
        embedder=embedder.name,
        centre=(0.0,) * len(direction),
        vector=tuple(float(x) for x in direction),
        signs=(0.0,) * len(SIGNS),
        intercept=0.0,
        threshold=0.0,
        fitted_on="nothing",
    )
    rewriter = Rewriter(embedder, weights)
    assert rewriter.is_elliptical(leaning) and not rewriter.is_elliptical(whole)
    assert not rewriter.is_elliptical(f"换个话题，{leaning}")
    assert np.isfinite(read_signs(leaning)).all()


def test_for_another_embedder_the_form_decides(tmp_path: Path) -> None:
    for rewriter in (Rewriter.load(FakeEmbedder()), Rewriter.load(FakeEmbedder(), tmp_path / "no")):
        assert rewriter.is_elliptical("农民工呢？")
        assert not rewriter.is_elliptical("老旧小区多层住宅加装电梯，政府有没有支持的措施？")


def test_a_forged_turn_adds_no_more_than_may_be_asked() -> None:
    endless = Turn(role=Role.USER, content="以旧换新有没有说法，" * 20_000)
    assert len(rewrite("农民工呢？", [endless])) <= MAX_CHARACTERS + len(" 农民工呢？")
