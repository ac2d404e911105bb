"""A rule that holds less than a reader may hope is told for what it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import FakeModel

from index.passage import Passage
from rag.answer import CautionKind
from rag.assistant import Assistant
from rag.check.caution import read_caution
from rag.check.figures import kinds_held, unheld_figures

MakeAssistant = Callable[[FakeModel | None], Assistant]


@pytest.mark.parametrize(
    ("words", "kind", "word"),
    [
        ("探索设置中小学春秋假", CautionKind.WHERE_ABLE, "有条件的地方"),
        ("口岸开设免税店", CautionKind.WHERE_ABLE, "具备条件的"),
        ("育儿补贴制度", CautionKind.STUDIED, "研究建立"),
        ("职业伤害保障试点", CautionKind.PILOTED, "试点"),
        ("小长假连休", CautionKind.ENCOURAGED, "鼓励"),
        ("失业保险金等", CautionKind.ELIGIBLE, "符合条件的"),
        ("降低住房公积金贷款利率", CautionKind.UNDATED, "适时"),
    ],
)
def test_the_word_that_weakens_a_rule_is_found(
    clause: Callable[[str], Passage], words: str, kind: CautionKind, word: str
) -> None:
    caution = read_caution(clause(words).text)
    assert caution is not None
    assert (caution.kind, caution.word) == (kind, word)
    assert word in clause(words).text


@pytest.mark.parametrize(
    "words",
    ["全面实施个人养老金制度", "稳岗返还", "开展健康消费专项行动", "纳入鼓励外商投资产业目录"],
)
def test_a_rule_plainly_meant_has_none(clause: Callable[[str], Passage], words: str) -> None:
    assert read_caution(clause(words).text) is None


def test_a_statement_carries_the_caution_of_its_clause(make_assistant: MakeAssistant) -> None:
    answer = make_assistant(None).ask("研究建立育儿补贴制度的事")
    cautions = [s.caution for s in answer.statements if "育儿补贴" in s.text]
    assert [c.kind for c in cautions if c] == [CautionKind.STUDIED]


@pytest.mark.parametrize(
    ("question", "unheld"),
    [
        ("公积金贷款利率降到1.5%了？", ("1.5%",)),
        ("听说每月发三千元", ("三千元",)),
        ("2025年会提高养老金吗", ()),
        ("2031年会提高养老金吗", ("2031年",)),
        ("最高能贷80万元吗", ("80万元",)),
        ("Is it 5,000 yuan?", ("5,000 yuan",)),
        ("我有4个孩子，打12345问过了", ()),
        ("助学贷款免息要延续10年，对吗", ("10年",)),
        ("Are interest-free loans extended for 10 years?", ("10 years",)),
        ("我工作了10年，能领吗", ()),
        ("手机3类数码", ()),
        ("利息补5个点，补两年吗", ("5个点",)),
        ("年假涨到20天，每天补五十块？", ("20天", "五十块")),
        ("Is it 15 days of leave for 3 of us?", ("15 days",)),
        ("我干了两个月，还剩3天", ("3天",)),  # 3 kinds of goods are no days
        ("春秋假放15天吗", ("15天",)),
        ("电费打八折，水费降三成", ("八折", "三成")),
        ("贴息一律3个点吗", ("3个点",)),
        ("能有几万元吗，服务千家万户吗", ()),
        ("九成新的手机，996的人，打12315", ()),
        ("补贴3千万？", ("3千万",)),
        ("补2万5千元", ("2万5千元",)),
        ("每月發三萬塊嗎", ("三萬塊",)),
        ("能有幾萬元嗎", ()),
        ("補貼伍佰元", ("伍佰元",)),
        ("领1.2w元还是5k", ("1.2w元", "5k")),
        ("4K球赛、8k屏能补吗，5k跑呢", ()),
        ("兩塊錢也補", ("兩塊",)),
        ("利率降五‰，还是千分之二", ("五‰", "千分之二")),
        ("先发800块，再涨10%，拿三千", ("800块", "10%", "三千")),
        ("Will it rise by five % this year?", ("five %",)),
    ],
)
def test_figures_of_a_question_that_no_text_holds_are_told(
    question: str, unheld: tuple[str, ...]
) -> None:
    assert (
        unheld_figures(
            question, kinds_held("2025年提高，实施3类数码产品购新补贴。结合15分钟便民生活圈建设。")
        )
        == unheld
    )
