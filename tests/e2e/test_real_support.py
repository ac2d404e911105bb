"""The learned judge with the real encoder: faithful words pass, a turned or widened rule does not."""

from __future__ import annotations

import pytest

from corpus.load import DEFAULT_TEXTS, load_corpus
from corpus.renderings import load_renderings
from index.embed import SentenceEmbedder
from index.passage import Passage, cut_passages
from rag.answer import Label
from rag.check.support import Support
from rag.check.verdict import check

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def support() -> Support:
    found = Support.load(SentenceEmbedder(), load_renderings(DEFAULT_TEXTS))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def clauses() -> tuple[Passage, ...]:
    return cut_passages(load_corpus(), len)


def label(sentence: str, words: str, clauses: tuple[Passage, ...], support: Support) -> Label:
    (clause,) = (p for p in clauses if words in p.text)
    language = "en" if sentence.isascii() else "zh"
    return check(sentence, clause, question="", language=language, rank=None, support=support).label


def test_every_clause_supports_its_own_words(
    clauses: tuple[Passage, ...], support: Support
) -> None:
    failed = [c.text for c in clauses if label(c.text, c.text, clauses, support) != "supported"]
    assert failed == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("支持换购合格安全的电动自行车", "换购合格安全的电动自行车会得到支持。"),
        ("开设免税店", "在具备条件的城市口岸开免税店，会得到支持。"),
        ("适时降低住房公积金贷款利率", "住房公积金的贷款利率会适时下调。"),
        ("研究建立育儿补贴制度", "育儿补贴制度还在研究建立之中。"),
        ("适时降低住房公积金贷款利率", "Interest on housing provident fund loans will be lowered "
         "at an appropriate time."),
    ],
)  # fmt: skip
def test_plain_words_for_a_rule_pass(
    words: str, sentence: str, clauses: tuple[Passage, ...], support: Support
) -> None:
    assert label(sentence, words, clauses, support) is Label.SUPPORTED


@pytest.mark.parametrize(
    ("words", "own", "other"),
    [
        ("适当提高退休人员基本养老金", "适当提高", "适当降低"),
        ("加强审计监督", "加强审计", "削弱审计"),
        ("合理延长经营时间", "合理延长", "合理缩短"),
        ("延续实施国家助学贷款免息", "免息", "计息"),
        ("向困难群众发放救助金", "困难群众", "全国群众"),
        ("向困难群众发放救助金", "向困难群众", "向每人"),
        ("强化央企国企控股上市公司", "股东违规减持", "股东减持"),
        ("支持换购合格安全的电动自行车", "电动自行车", "燃油摩托车"),
        ("适时降低住房公积金", "住房公积金", "商业银行"),
        ("实施儿科服务年行动", "儿科", "牙科"),
    ],
)
def test_one_word_changed_does_not(
    words: str, own: str, other: str, clauses: tuple[Passage, ...], support: Support
) -> None:
    (clause,) = (p for p in clauses if words in p.text)
    assert own in clause.text
    changed = clause.text.replace(own, other, 1)
    verdict = check(changed, clause, question="", language="zh", rank=None, support=support)
    assert verdict.label is not Label.SUPPORTED
