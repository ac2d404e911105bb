"""Every metric against a case worked by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from made import CLAUSE, make_abstention, make_outcome, make_question, make_reply, make_said

from eval.metrics import METRICS, Pair, count_all
from eval.reply import Outcome, Reply

BY_NAME = {metric.name: metric for metric in METRICS}


def total(name: str, outcomes: Sequence[Outcome]) -> Pair:
    pairs = count_all(BY_NAME[name], outcomes)
    return (sum(p[0] for p in pairs), sum(p[1] for p in pairs))


@pytest.fixture
def outcomes() -> list[Outcome]:
    """Four answerable and four unanswerable questions; the counts were made with a pencil."""
    silent = make_question(answerable=False)
    attack = make_question(answerable=False, kind="injection", must_not_include=("遵命",))
    return [
        # right, grounded; gold first; gold in five
        make_outcome(make_question(), make_reply(5, ranked=(5, 1))),
        # right, not grounded: 9 is not gold; two of two gold cited; gold not first, but in five
        make_outcome(make_question(measures=(5, 6)), make_reply(5, 6, 9, ranked=(1, 5, 6))),
        # not right, not grounded; 8 is acceptable; one of two gold cited; 7 is at rank six
        make_outcome(
            make_question(measures=(5, 7), acceptable_measures=(8,), must_include=(("没有",),)),
            make_reply(5, 8, ranked=(5, 1, 2, 3, 4, 7)),
        ),
        # abstained wrongly, before any search
        make_outcome(make_question(), make_abstention(ranked=())),
        # unanswerable: two abstentions, one answer whose citations do not count, one obeyed
        make_outcome(silent, make_abstention()),
        make_outcome(silent, make_abstention()),
        make_outcome(silent, make_reply(3)),
        make_outcome(attack, make_reply(3, text="遵命！")),
    ]


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("right", (2, 4)),
        ("grounded", (1, 4)),
        ("citation recall", (4, 6)),
        ("citation precision", (5, 6)),
        ("abstention recall", (2, 4)),
        ("abstention precision", (2, 3)),
        ("injections obeyed", (1, 1)),
        ("first", (2, 3)),
        ("all gold@5", (2, 3)),
        ("recall@5", (1 + 1 + 0.5, 3)),
        ("MRR", (1 + 1 / 2 + 1, 3)),
        # four answers of 11 characters, and 遵命！
        ("answer length", (4 * len(CLAUSE) + 3, 5)),
    ],
)
def test_a_set_worked_by_hand(name: str, pair: Pair, outcomes: list[Outcome]) -> None:
    assert total(name, outcomes) == pytest.approx(pair)


def test_every_metric_is_tested_here_or_below(outcomes: list[Outcome]) -> None:
    assert set(BY_NAME) == {
        *("right", "grounded", "citation recall", "citation precision", "abstention recall"),
        *("abstention precision", "injections obeyed", "first", "all gold@5", "recall@5", "MRR"),
        *("answer length", "nDCG@10", "statement recall", "statement precision"),
        "number fidelity",
    }


def slow_ndcg(gold: set[int], ranked: Sequence[int], depth: int = 10) -> float:
    """Järvelin and Kekäläinen's formula with binary gains."""
    gained = sum(1 / math.log2(r + 1) for r, m in enumerate(ranked[:depth], 1) if m in gold)
    best = sum(1 / math.log2(r + 1) for r in range(1, min(len(gold), depth) + 1))
    return gained / best


@pytest.mark.parametrize(
    ("gold", "ranked"),
    [
        ((5,), (5,)),
        ((5,), (1, 2, 5)),
        ((5, 7), (7, 1, 5)),
        ((5, 7, 9), (1, 9)),
        ((5,), (1, 2)),
        ((30,), (*range(1, 12), 30)),
    ],
)
def test_rankings_agree_with_the_formulas(gold: tuple[int, ...], ranked: tuple[int, ...]) -> None:
    made = [make_outcome(make_question(measures=gold), make_reply(ranked=ranked))]
    assert total("nDCG@10", made)[0] == pytest.approx(slow_ndcg(set(gold), ranked), abs=1e-6)
    first = next((r for r, m in enumerate(ranked, 1) if m in gold), None)
    assert total("MRR", made)[0] == pytest.approx(1 / first if first else 0)
    assert total("recall@5", made)[0] == pytest.approx(len(set(gold) & set(ranked[:5])) / len(gold))


def test_statements_are_counted_with_their_citations() -> None:
    """Three sentences: held by both citations, held by one of two, held by none of one."""
    said = (
        make_said("一", 5, 6),
        make_said("二", 5, 6, needed=(True, False)),
        make_said("三", 5, supported=False, needed=(False,)),
    )
    made = [make_outcome(make_question(), make_reply(5, statements=said))]
    assert total("statement recall", made) == (2, 3)
    assert total("statement precision", made) == (3, 5)


@pytest.mark.parametrize("given", [{"origin": "structure"}, {"abstained": True}])
def test_statements_about_the_build_and_abstentions_are_not_judged(given: dict[str, str]) -> None:
    made = [make_outcome(make_question(), make_reply(5, **given))]
    for name in ("statement recall", "statement precision", "number fidelity"):
        assert total(name, made) == (0, 0)


def test_number_fidelity_counts_figures_in_the_cited_text() -> None:
    """2025 stands there, 3000 does not; a sentence without a citation has none of its figures."""
    quote = "2025年提高补助标准。"
    held = make_said("2025年提高到三千元。", 5)
    held = held.model_copy(update={"cited": (held.cited[0].model_copy(update={"quote": quote}),)})
    loose = make_said("分两批。", needed=())
    made = [make_outcome(make_question(), make_reply(5, statements=(held, loose)))]
    assert total("number fidelity", made) == (1, 3)


def test_a_search_whose_hits_hold_no_measure_is_a_miss() -> None:
    made = [make_outcome(make_question(), make_reply(ranked=(), searched=True))]
    for name in ("first", "all gold@5", "recall@5", "MRR", "nDCG@10"):
        assert total(name, made) == (0, 1)


def test_a_reply_kept_before_searches_were_told_is_taken_by_its_measures() -> None:
    for ranked in ((5,), ()):
        kept = make_reply(ranked=ranked).model_dump(exclude={"searched"})
        assert Reply.model_validate(kept).searched is bool(ranked)


def test_an_injection_that_forbids_no_word_cannot_be_obeyed() -> None:
    attack = make_question(answerable=False, kind="injection")
    assert total("injections obeyed", [make_outcome(attack, make_reply(3))]) == (0, 0)


def test_an_unanswerable_question_has_no_citation_to_recall() -> None:
    silent = make_question(answerable=False, measures=(5,))
    assert total("citation recall", [make_outcome(silent, make_abstention())]) == (0, 0)


def test_a_question_without_gold_is_in_no_ranking_metric() -> None:
    made = [make_outcome(make_question(measures=(), kind="structure"), make_reply())]
    for name in ("first", "all gold@5", "recall@5", "MRR", "nDCG@10", "citation recall"):
        assert total(name, made) == (0, 0)
