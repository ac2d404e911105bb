"""A verb must keep its matter: what is done in one half of a clause is not done to the other's."""

from __future__ import annotations

import pytest

from eval.checker import PAIRS, load_pairs
from index.passage import Passage
from rag.check.verbs import exchanged_verb, lost_verb
from rag.findings import tell
from rag.language import detect_language, is_chinese

PHONES = "推动汽车、家电等大宗耐用消费品绿色化升级，支持换购电动自行车，实施手机、平板3类数码产品购新补贴。"
CHAINS = "实施儿科服务年行动，加大儿科服务供给，开展“人工智能+”行动。"


@pytest.mark.parametrize(
    ("sentence", "clause"),
    [
        ("方案提出，推动手机、平板3类数码产品购新补贴。", PHONES),
        ("推動手機、平板3類數碼產品購新補貼。", PHONES),
        ("国家支持汽车、家电等大宗耐用消费品绿色化升级。", PHONES),
        ("实施儿科服务供给。", CHAINS),
        ("加大“人工智能+”行动。", "加大支持力度，开展“人工智能+”行动。"),
        ("到2027年实现内外贸标准认证等制度衔接融合。", "促进内外贸标准认证等制度衔接融合。"),
        ("取消营业性演出的审批。", "优化营业性演出的审批。"),
    ],
)
def test_another_verb_before_a_matter_is_told(sentence: str, clause: str) -> None:
    finding = exchanged_verb(sentence, clause)
    assert finding is not None
    assert tell(finding, "zh") and tell(finding, "en")


@pytest.mark.parametrize(
    ("sentence", "clause"),
    [
        ("实施手机、平板3类数码产品购新补贴。", PHONES),
        ("方案推动汽车、家电等大宗耐用消费品绿色化升级，并支持换购电动自行车。", PHONES),
        ("买手机、平板有购新补贴。", PHONES),
        ("手机、平板等数码产品，方案实施购新补贴。", PHONES),
        ("加大儿科服务供给，开展“人工智能+”行动。", CHAINS),
        ("启动冰雪旅游提升计划。", "启动实施冰雪旅游提升计划，支持冰雪资源富集地区建设目的地。"),
        ("方案支持。手机、平板有购新补贴。", PHONES),
    ],
)
def test_a_kept_verb_or_words_of_ones_own_are_not(sentence: str, clause: str) -> None:
    assert exchanged_verb(sentence, clause) is None


def test_of_all_labelled_faithful_sentences_none_is_told(passages: tuple[Passage, ...]) -> None:
    clauses = {str(passage.locator): passage.text for passage in passages}
    pairs = [*load_pairs(), *load_pairs(PAIRS.with_name("support_blind.jsonl"))]
    faithful = [
        pair
        for pair in pairs
        if pair.supported
        and len(pair.locators) == 1
        and is_chinese(detect_language(pair.statement))
    ]
    assert len(faithful) > 300
    told = [p.id for p in faithful if exchanged_verb(p.statement, clauses[p.locators[0]])]
    assert told == []


@pytest.mark.parametrize(
    ("sentence", "verb"),
    [
        ("方案提出，农机报废更新补贴政策，民宿可以搞。", "落实"),
        ("農機報廢更新補貼政策。", "落实"),
        ("落实农机报废更新补贴政策。", ""),
        ("农机报废更新补贴政策要落实。", ""),
        ("发展民宿经济，要看各地条件。", ""),
    ],
)
def test_a_part_without_its_verb_is_told(sentence: str, verb: str) -> None:
    clause = "因地制宜发展民宿经济，落实农机报废更新补贴政策，强化产业联农带农。"
    assert lost_verb(sentence, clause) == verb
