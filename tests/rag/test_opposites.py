"""A sentence made of the clause's words, but for one that turns or widens it, is not supported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from index.passage import Passage
from rag.answer import Label
from rag.check.verdict import check

FindClause = Callable[[str], Passage]

TOLD = [
    ("鼓励有条件的地方结合实际向困难群众", "鼓励", "禁止"),
    ("鼓励有条件的地方结合实际向困难群众", "有条件", "无条件"),
    ("向符合条件的失业人员", "符合条件", "不符合条件"),
    ("允许专项债券", "允许", "禁止"),
    ("推动取消灵活就业人员", "取消", "保留"),
    ("推动取消灵活就业人员", "取消", "实行"),
    ("适时降低住房公积金", "适时", "立即"),
    ("适时降低住房公积金", "适时", "必须"),
    ("不得违法延长", "不得", "可以"),
    ("研究建立育儿补贴制度", "研究", "已经"),
]
REVERSED = [
    ("适时降低住房公积金", "降低", "提高"),
    ("科学合理提高最低工资标准", "科学合理提高", "科学合理降低"),
    ("适当提高退休人员基本养老金", "适当提高", "适当降低"),
    ("有序扩大单方面免签国家范围", "扩大", "缩小"),
    ("结合形势变化加大就业支持力度", "加大", "减少"),
    ("加强审计监督", "加强审计", "削弱审计"),
    ("合理延长经营时间", "合理延长", "合理缩短"),
    ("支持各地增加优质运动项目", "增加", "减少"),
    ("延续实施国家助学贷款免息", "延续实施", "停止实施"),
    ("延续实施国家助学贷款免息", "免息", "计息"),
    ("全面实施个人养老金制度", "全面实施", "暂缓实施"),
    ("全面实施个人养老金制度", "全面实施", "废除"),
    ("用好超长期特别国债资金", "支持地方加力", "限制地方加力"),
    ("简化审批流程", "简化", "增加"),
]
WIDENED = [
    ("延续实施失业保险稳岗返还", "延续实施", "延续取消实施"),
    ("实施儿科服务年行动", "实施儿科", "停止实施儿科"),
    ("落实农机报废更新补贴", "落实农机", "无需落实农机"),
    ("向困难群众发放救助金", "困难群众", "全国群众"),
    ("向困难群众发放救助金", "向困难群众", "向每人"),
    ("强化央企国企控股上市公司", "股东违规减持", "股东减持"),
]


def label(sentence: str, passage: Passage) -> Label:
    return check(sentence, passage, question="政策怎么说", language="zh", rank=None).label


def changed(passage: Passage, word: str, other: str) -> str:
    assert passage.text.count(word) >= 1
    return passage.text.replace(word, other, 1)


@pytest.mark.parametrize(("words", "word", "other"), TOLD)
def test_a_word_that_turns_the_sense_is_told(
    clause: FindClause, words: str, word: str, other: str
) -> None:
    passage = clause(words)
    assert label(changed(passage, word, other), passage) is not Label.SUPPORTED


@pytest.mark.parametrize(("words", "word", "other"), REVERSED)
def test_an_opposite_word_is_told(clause: FindClause, words: str, word: str, other: str) -> None:
    passage = clause(words)
    assert label(changed(passage, word, other), passage) is not Label.SUPPORTED


@pytest.mark.parametrize(("words", "word", "other"), WIDENED)
def test_a_word_that_widens_or_ends_the_rule_is_told(
    clause: FindClause, words: str, word: str, other: str
) -> None:
    passage = clause(words)
    assert label(changed(passage, word, other), passage) is not Label.SUPPORTED
