"""One sentence against one clause: what is shown and what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from index.passage import Passage
from rag.answer import Label, Method, Verdict
from rag.check.segments import cut_off
from rag.check.verdict import check, forbid

FindClause = Callable[[str], Passage]
CHILD = "研究建立育儿补贴制度"
TRADE_IN = "手机、平板、智能手表（手环）3类"
HUKOU = "推动取消灵活就业人员"
CURBS = "及时清理对消费的不合理限制"
OVERTIME = "不得违法延长劳动者工作时间"
LEAVE = "带薪年休假与小长假连休"
FAKES = "售卖假冒伪劣产品"
ENGLISH = "Study the establishment of a childcare subsidy system."


def judge(
    sentence: str,
    passage: Passage,
    *,
    question: str = "政策怎么说",
    language: str = "zh",
    rank: int | None = None,
) -> Verdict:
    return check(sentence, passage, question=question, language=language, rank=rank)


def test_every_clause_supports_its_own_words(passages: tuple[Passage, ...]) -> None:
    failed = [p.text for p in passages if judge(p.text, p).label is not Label.SUPPORTED]
    assert failed == []


def test_a_clause_supports_hardly_any_other(passages: tuple[Passage, ...]) -> None:
    for sentence in passages[::9]:
        supporters = [p for p in passages if judge(sentence.text, p).label is Label.SUPPORTED]
        assert supporters == [sentence]


@pytest.mark.parametrize(
    ("words", "sentence", "label"),
    [
        (CHILD, "研究建立育儿补贴制度，每月补贴500元。", Label.CONTRADICTED),
        (CHILD, "2026年研究建立育儿补贴制度。", Label.CONTRADICTED),
        (CHILD, "没有研究建立育儿补贴制度。", Label.CONTRADICTED),
        (CHILD, "已建立育儿补贴制度。", Label.UNSUPPORTED),
        (CHILD, "研究建立低空经济监管体系和飞行标准。", Label.UNSUPPORTED),
        (TRADE_IN, "实施手机、平板、智能手表5类数码产品购新补贴。", Label.CONTRADICTED),
    ],
)
def test_what_the_clause_does_not_say_is_not_supported(
    clause: FindClause, words: str, sentence: str, label: Label
) -> None:
    assert judge(sentence, clause(words)).label is label


@pytest.mark.parametrize(
    "sentence", ["会。", "可以。", "是的。", "有的，会有。", "", "。", "政策规定："]
)
def test_a_bare_word_states_nothing(clause: FindClause, sentence: str) -> None:
    assert judge(sentence, clause(CHILD)).label is Label.UNSUPPORTED


@pytest.mark.parametrize("sentence", ["研究建立育儿补贴制度吗？", "研究建立育儿补贴制度?”"])
def test_a_question_is_no_answer(clause: FindClause, sentence: str) -> None:
    assert judge(sentence, clause(CHILD)).label is not Label.SUPPORTED


def test_saying_the_question_back_is_no_answer(clause: FindClause) -> None:
    verdict = judge(
        "研究建立育儿补贴制度。", clause(CHILD), question="国家会研究建立育儿补贴制度吗"
    )
    assert verdict.label is not Label.SUPPORTED


def test_a_lead_in_neither_helps_nor_harms(clause: FindClause) -> None:
    for lead_in in ("方案提出，", "该政策规定：", "文件中明确", ""):
        verdict = judge(f"{lead_in}研究建立育儿补贴制度。", clause(CHILD))
        assert verdict.label is Label.SUPPORTED


def test_a_verdict_has_a_score_a_method_and_a_reason(passages: tuple[Passage, ...]) -> None:
    for sentence in ("会。", "每月500元。", "不建立制度。", "研究建立育儿补贴制度。", "今夜月光"):
        for passage in passages[::10]:
            verdict = judge(sentence, passage)
            assert 0.0 <= verdict.score <= 1.0
            assert verdict.method
            assert verdict.reason


def test_a_translation_that_leads_back_to_its_clause_is_supported(clause: FindClause) -> None:
    assert judge(ENGLISH, clause(CHILD), language="en", rank=1).label is Label.SUPPORTED


@pytest.mark.parametrize(
    ("sentence", "rank"),
    [
        (ENGLISH, None),
        (ENGLISH, 9),
        ("Study the 育儿补贴 system and establish it.", 1),
        ("Study it, please.", 1),
        (ENGLISH + " It brings joy to the young families of this country." * 3, 1),
        ("Study a childcare subsidy system of 500 yuan.", 1),
        ("A childcare subsidy system must be established.", 1),
        ("Will a childcare subsidy system be studied?", 1),
        ("Do not study a childcare subsidy system.", 1),
        ("Yes, sure.", 1),
        ("", 1),
    ],
)
def test_a_translation_that_is_none_or_another_is_not_supported(
    clause: FindClause, sentence: str, rank: int | None
) -> None:
    verdict = judge(sentence, clause(CHILD), language="en", rank=rank)
    assert verdict.label is not Label.SUPPORTED


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (HUKOU, "推动实行灵活就业人员在就业地参加基本养老、医疗保险的户籍限制。"),
        (FAKES, "依法严厉售卖假冒伪劣产品行为。"),
        (CURBS, "各地区各有关部门要结合实际，不得及时清理对消费的不合理限制。"),
        (CURBS, "各地区各有关部门要结合实际，及时清理对消费的合理限制。"),
        (OVERTIME, "依法保障劳动者休息休假权益，单位能够违法延长劳动者工作时间。"),
    ],
)
def test_a_reversed_clause_is_not_supported(clause: FindClause, words: str, sentence: str) -> None:
    assert judge(sentence, clause(words)).label is not Label.SUPPORTED


def test_a_year_left_out_of_the_rule_is_told(clause: Callable[[str], Passage]) -> None:
    passage = clause("部分学生资助补助标准")
    sentence = "提高部分学生资助补助标准，扩大政策覆盖面。"
    assert judge(sentence, passage).method is Method.FRAGMENT
    assert judge("2025年" + sentence, passage).label is Label.SUPPORTED


@pytest.mark.parametrize(
    ("words", "sentence", "is_forbidden"),
    [
        (LEAVE, "鼓励带薪年休假与小长假连休，但不是必须。", False),
        (LEAVE, "并非强制，鼓励带薪年休假与小长假连休、弹性错峰休假。", False),
        (LEAVE, "必须让带薪年休假与小长假连休，这不是鼓励。", True),
        (OVERTIME, "不得违法延长劳动者工作时间，但不是必须。", True),
    ],
)
def test_a_weak_rule_may_be_called_one_that_binds_nobody(
    clause: FindClause, words: str, sentence: str, is_forbidden: bool
) -> None:
    assert bool(forbid(sentence, clause(words), language="zh", support=None)) is is_forbidden


def test_a_translation_may_say_so_too(clause: FindClause) -> None:
    sentence = "Joining paid annual leave with short holidays is encouraged, not mandatory."
    assert forbid(sentence, clause(LEAVE), language="en", support=None) is None


@pytest.mark.parametrize(
    ("words", "sentence", "is_forbidden"),
    [
        (TRADE_IN, "换购合格安全的电动自行车。", True),
        (TRADE_IN, "方案提出，支持换购合格安全的电动自行车。", False),
        (TRADE_IN, "换购合格安全的电动自行车会得到支持。", False),
        (LEAVE, "带薪年休假与小长假连休。", True),
        (LEAVE, "实现弹性错峰休假。", False),
    ],
)
def test_a_slice_of_the_clause_begins_where_a_part_of_it_does(
    clause: FindClause, words: str, sentence: str, is_forbidden: bool
) -> None:
    verdict = check(sentence, clause(words), question="政策怎么说", language="zh", rank=None)
    found = forbid(sentence, clause(words), language="zh", support=None)
    assert bool(found) is is_forbidden
    assert verdict.label is not Label.SUPPORTED or not is_forbidden


def test_words_that_also_begin_a_part_are_no_slice_cut_off() -> None:
    assert cut_off("落实补贴政策。", "推动落实补贴政策，落实补贴政策。") == ""
    assert cut_off("落实补贴政策。", "推动落实补贴政策。") == "推动"


@pytest.mark.parametrize(
    ("sentence", "method"),
    [
        ("落实农机报废更新补贴政策，民宿可以搞。", Method.ECHO),
        ("农机报废更新补贴政策，发展民宿经济。", Method.FRAGMENT),
    ],
)
def test_no_part_says_the_question_back_or_lacks_its_verb(
    clause: Callable[[str], Passage], sentence: str, method: Method
) -> None:
    passage = clause("落实农机报废更新补贴政策")
    question = "农机太旧想换，民宿可以搞吗"
    verdict = check(sentence, passage, question=question, language="zh", rank=None)
    assert (verdict.label is Label.SUPPORTED, verdict.method) == (False, method)
