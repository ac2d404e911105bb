"""Support and need of citations, by ALCE's rules, with the product's checks as judge."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeEmbedder

from eval.reply import Cited, Said
from eval.support import SupportJudge
from index.build import build
from index.search import Index
from rag.settings import Settings

DRONES = "有序发展低空旅游、航空运动、消费级无人机等低空消费。"
WAGES = "健全最低工资标准调整机制，科学合理提高最低工资标准。"


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> SupportJudge:
    """Over the real policy, with a fake embedder."""
    out = Path(tmp_path_factory.mktemp("index"))
    embedder = FakeEmbedder()
    build(Settings().texts, out, embedder)
    return SupportJudge(Index.open(out, embedder))


def said(text: str, *quotes: str) -> Said:
    cited = tuple(Cited(locator=q[:2], measures=(1,), quote=q) for q in quotes)
    return Said(text=text, cited=cited)


def test_a_quotation_is_supported_by_its_clause(judge: SupportJudge) -> None:
    judged = judge.judge(said(WAGES, WAGES))
    assert judged.supported and judged.needed == (True,)


def test_line_breaks_of_a_raw_page_do_not_count(judge: SupportJudge) -> None:
    assert judge.holds(WAGES, [WAGES[:9] + "\n " + WAGES[9:]])


def test_what_cites_nothing_is_not_supported(judge: SupportJudge) -> None:
    judged = judge.judge(said(WAGES))
    assert not judged.supported and judged.needed == ()


def test_the_wrong_clause_does_not_support(judge: SupportJudge) -> None:
    judged = judge.judge(said(WAGES, DRONES))
    assert not judged.supported and judged.needed == (False,)


def test_an_idle_second_citation_is_not_needed(judge: SupportJudge) -> None:
    judged = judge.judge(said(WAGES, WAGES, DRONES))
    assert judged.supported and judged.needed == (True, False)


def test_two_citations_that_only_together_hold_a_sentence_are_both_needed(
    judge: SupportJudge,
) -> None:
    judged = judge.judge(said(WAGES, WAGES[:10], WAGES[10:]))
    assert judged.supported and judged.needed == (True, True)


def test_a_changed_figure_is_not_supported(judge: SupportJudge) -> None:
    clause = "实施优化消费环境三年行动，完善质量标准。"
    assert judge.holds("实施优化消费环境三年行动。", [clause])
    assert not judge.holds("实施优化消费环境五年行动。", [clause])
