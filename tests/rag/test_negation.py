"""A sentence denies what its clause denies, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from index.passage import Passage
from rag.check.negation import disagreement, without_disclaimers
from rag.check.segments import cover
from rag.findings import Finding

OVERTIME = "不得违法延长劳动者工作时间"
HUKOU = "推动取消灵活就业人员"
CHILD = "研究建立育儿补贴制度"
CRUISE = "不断丰富邮轮航线"
LOTTERY = "久摇不中"
CURBS = "及时清理对消费的不合理限制"
REFUND = "延续实施失业保险稳岗返还"
RELIEF = "增发一次性生活补贴"
SYSTEMS = "实施优化消费环境三年行动"
PENSION = "全面实施个人养老金制度"
TELEVISION = "深化电视层层收费"

DISAGREEING = [
    (OVERTIME, "可以延长劳动者工作时间。"),
    (CHILD, "不建立育儿补贴制度。"),
    (CHILD, "没有育儿补贴制度。"),
    (CHILD, "未研究建立育儿补贴制度。"),
    (CRUISE, "不丰富邮轮航线和旅游产品。"),
    (CURBS, "各地可以搞“一刀切”和层层加码。"),
    (CHILD, "育儿补贴制度没有继续研究。"),
    (REFUND, "并非延续实施失业保险稳岗返还政策。"),
    (PENSION, "非全面实施个人养老金制度。"),
    (OVERTIME, "并非不得违法延长劳动者工作时间。"),
    (PENSION, "個人養老金制度難以全面實施。"),
    (HUKOU, "推动取消灵活就业人员在就业地参加基本养老、医疗保险。"),
    (HUKOU, "推动灵活就业人员参加基本养老、医疗保险，取消职业伤害保障试点。"),
    (CURBS, "及时清理消费。"),
]
AGREEING = [
    (PENSION, "全面实施个人养老金制度，并非只在个别地方。"),
    (CHILD, "研究建立育儿补贴制度，非常重要。"),
    (OVERTIME, "不得违法延长劳动者工作时间。"),
    (OVERTIME, "用人单位不能违法延长劳动者工作时间。"),
    (OVERTIME, "依法保障劳动者休息休假权益。"),
    (HUKOU, "推动取消户籍限制。"),
    (HUKOU, "参加基本养老保险将不再受户籍限制。"),
    (HUKOU, "推动打破参加基本养老、医疗保险的户籍限制。"),
    (HUKOU, "推动取消参保的户籍门槛。"),
    (CHILD, "研究建立育儿补贴制度。"),
    (CHILD, "育儿补贴制度还在研究，尚未建立。"),
    (CHILD, "育儿补贴制度还没有定下来，正在研究建立。"),
    (CRUISE, "不断丰富邮轮航线和旅游产品。"),
    (CRUISE, "丰富不少邮轮航线。"),
    (CRUISE, "丰富不同的邮轮航线。"),
    (CRUISE, "不仅丰富邮轮航线，也丰富旅游产品。"),
    (LOTTERY, "分年限保障无车家庭购车需求。"),
    (REFUND, "稳岗返还没有取消，会接着实行。"),
    (RELIEF, "困难群众能不能领到补贴，要看当地。"),
    (CURBS, "不合理的限制要清理，不能“一刀切”。"),
    (SYSTEMS, "质量标准、维权等制度会进一步完善。"),
    (TELEVISION, "电视层层收费、操作复杂，还要深入治。"),
]


def found(sentence: str, clause: str, *, chinese: bool = True) -> Finding | None:
    segments = cover(sentence, clause).segments if chinese else ()
    return disagreement(sentence, clause, segments, chinese=chinese)


@pytest.mark.parametrize(("words", "sentence"), DISAGREEING)
def test_a_disagreement_is_told(
    clause: Callable[[str], Passage], words: str, sentence: str
) -> None:
    assert found(sentence, clause(words).text)


def test_the_forbidden_thing_said_as_allowed_is_told(clause: Callable[[str], Passage]) -> None:
    assert found("单位能够违法延长劳动者工作时间。", clause(OVERTIME).text)


@pytest.mark.parametrize(("words", "sentence"), AGREEING)
def test_agreement_passes(clause: Callable[[str], Passage], words: str, sentence: str) -> None:
    assert found(sentence, clause(words).text) is None


def test_every_clause_agrees_with_itself(passages: tuple[Passage, ...]) -> None:
    assert [p.text for p in passages if found(p.text, p.text)] == []


@pytest.mark.parametrize(
    ("words", "sentence", "agrees"),
    [
        (OVERTIME, "Working hours must not be extended unlawfully.", True),
        (OVERTIME, "Extending working hours unlawfully is prohibited.", True),
        (OVERTIME, "Employers may extend working hours.", False),
        (OVERTIME, "Employers may clearly extend working hours in violation.", False),
        (CHILD, "Study the establishment of a childcare subsidy system.", True),
        (CHILD, "There is no childcare subsidy.", False),
        (CHILD, "A childcare subsidy won't be established.", False),
        (HUKOU, "Push for the removal of household registration limits.", True),
        (HUKOU, "No household registration limits any more.", True),
    ],
)
def test_translations_are_held_to_the_same(
    clause: Callable[[str], Passage], words: str, sentence: str, agrees: bool
) -> None:
    assert (found(sentence, clause(words).text, chinese=False) is None) is agrees


@pytest.mark.parametrize("harmless", ["不断", "不少", "不仅", "未来", "无论", "非常", "无障碍"])
def test_words_that_only_look_negative_deny_nothing(harmless: str) -> None:
    clause = "丰富旅游产品。"
    assert found(f"{harmless}丰富旅游产品。", clause) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "文件没说“必须”，而是鼓励有条件的地方结合实际探索设置中小学春秋假。",
        "文件沒有要求各地都設，而是鼓勵有條件的地方結合實際探索設置中小學春秋假。",
        "不是所有学校都放，方案鼓励有条件的地方结合实际探索设置中小学春秋假。",
        "不一定，方案只是鼓励有条件的地方结合实际探索设置中小学春秋假。",
        "No, it is not mandatory: places that are able are encouraged to explore such breaks.",
        "Not everywhere: places that are able are encouraged to explore such breaks.",
    ],
)
def test_that_a_weak_rule_binds_nobody_may_be_said(
    clause: Callable[[str], Passage], sentence: str
) -> None:
    official = clause("中小学春秋假").text
    stated = without_disclaimers(sentence, official)
    assert not found(stated, official, chinese="春秋假" in sentence)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("中小学春秋假", "文件没有鼓励有条件的地方探索设置中小学春秋假。"),
        (PENSION, "文件没说全国都实施个人养老金制度。"),
        (CHILD, "文件没说什么时候研究建立育儿补贴制度。"),
    ],
)
def test_no_more_than_that_may_be(
    clause: Callable[[str], Passage], words: str, sentence: str
) -> None:
    official = clause(words).text
    assert found(without_disclaimers(sentence, official), official)
