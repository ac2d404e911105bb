"""What the checker's cross-encoder is learned from."""

from __future__ import annotations

import random

import pytest
from fakes import FakeEmbedder

from corpus.load import load_corpus
from eval.checker import Pair, load_pairs
from eval.fit_support_encoder import WRITTEN, sides_of
from index.passage import Passage, cut_passages
from rag.check.support import Support


@pytest.fixture(scope="module")
def passages() -> tuple[Passage, ...]:
    return cut_passages(load_corpus(), len)


def pair(statement: str, locator: str, *, supported: bool) -> Pair:
    return Pair(
        id="c0001",
        lang="zh-Hant",
        kind="faithful" if supported else "figure",
        statement=statement,
        locators=(locator,),
        supported=supported,
        note="",
    )


def test_faithful_sentences_also_stand_beside_a_clause_that_is_not_theirs(
    passages: tuple[Passage, ...],
) -> None:
    clauses = {str(passage.locator): passage for passage in passages}
    own = passages[0]
    pairs = [pair(f"第{i}句工資", str(own.locator), supported=bool(i % 2)) for i in range(400)]
    sides = sides_of(pairs, clauses, Support(None, FakeEmbedder(), {}), random.Random(1))
    beside_own = [side for side in sides if side.second == own.text]
    wrong = [side for side in sides if side.second != own.text]
    assert len(beside_own) == 400 and sum(side.holds for side in beside_own) == 200
    assert {side.weight for side in beside_own} == {1.0}
    assert 25 < len(wrong) < 80
    assert {(side.holds, side.weight) for side in wrong} == {(0.0, 0.5)}
    assert all("工资" in side.first for side in sides)
    faithful = {side.first for side in beside_own if side.holds}
    assert {side.first for side in wrong} <= faithful
    measure = own.locator.measure_locator
    near = {p.text for p in passages if p.locator.measure_locator == measure}
    assert 0 < sum(side.second in near for side in wrong) < len(wrong)


def test_the_sentences_cite_one_clause_each(passages: tuple[Passage, ...]) -> None:
    known, pairs = {str(passage.locator) for passage in passages}, load_pairs(WRITTEN)
    assert len({pair.id for pair in pairs}) == len({pair.statement for pair in pairs}) == len(pairs)
    assert all(len(pair.locators) == 1 and pair.locators[0] in known for pair in pairs)
    for language in ("zh", "en"):
        own = [pair for pair in pairs if pair.lang == language]
        assert 0.3 < sum(pair.supported for pair in own) / len(own) < 0.6
