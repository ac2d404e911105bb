"""What the edits of retrieval promise."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeEmbedder
from made import make_abstention, make_outcome, make_question, make_reply

from eval.rgb import (
    N_PASSAGES,
    EditedRetriever,
    alter,
    says_altered,
    with_altered_best,
    with_noise,
    without_evidence,
)
from index.build import build
from index.passage import Hit
from index.search import Index
from rag.check.figures import figures_in
from rag.settings import Settings

QUESTION = make_question(measures=(5,), acceptable_measures=(9,))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The real policy, with a fake embedder."""
    out = Path(tmp_path_factory.mktemp("index"))
    embedder = FakeEmbedder()
    build(Settings().texts, out, embedder)
    return Index.open(out, embedder)


@pytest.fixture(scope="module")
def hits(index: Index) -> tuple[Hit, ...]:
    """All of the policy's clauses, for a question after child care."""
    return index.search("育儿补贴怎么说", len(index.passages))


def measures(hits: list[Hit]) -> list[int | None]:
    return [hit.passage.locator.measure for hit in hits]


def test_without_evidence_nothing_of_gold_or_acceptable_is_left(hits: tuple[Hit, ...]) -> None:
    left = without_evidence(QUESTION)(hits)
    assert len(left) == 10 and not {5, 9} & set(measures(left))


@pytest.mark.parametrize(("ratio", "n_noise"), [(0.0, 0), (0.2, 1), (0.4, 2), (0.6, 3), (0.8, 4)])
def test_noise_is_its_share_of_five_and_never_acceptable(
    ratio: float, n_noise: int, hits: tuple[Hit, ...]
) -> None:
    kept = with_noise(QUESTION, ratio)(hits)
    n_gold = sum(m == 5 for m in measures(kept))
    assert n_gold == min(N_PASSAGES - n_noise, sum(m == 5 for m in measures(list(hits))))
    assert len(kept) - n_gold == n_noise and 9 not in measures(kept)


def test_the_noise_of_a_question_is_the_same_in_every_search(hits: tuple[Hit, ...]) -> None:
    edit = with_noise(QUESTION, 0.8)
    there, back = edit(hits), edit(hits[::-1])
    assert {h.passage.id for h in there if h.passage.locator.measure != 5} == {
        h.passage.id for h in back if h.passage.locator.measure != 5
    }


@pytest.mark.parametrize("clause", ["2025年提高补助标准。", "研究建立育儿补贴制度。"])
def test_an_altered_clause_has_a_figure_that_the_clause_has_not(clause: str) -> None:
    altered = alter(clause)
    assert altered.figure in figures_in(altered.text) - figures_in(clause)


def test_the_altered_clause_stands_first_under_the_same_address(hits: tuple[Hit, ...]) -> None:
    edited = with_altered_best(hits)
    assert edited[0].score > edited[1].score
    assert edited[0].passage.locator == edited[1].passage.locator
    assert edited[0].passage.text != edited[1].passage.text == hits[0].passage.text


def test_repeating_the_altered_figure_is_seen(hits: tuple[Hit, ...]) -> None:
    best = hits[0].passage
    figure = alter(best.text).figure
    assert says_altered(make_outcome(QUESTION, make_reply(5, text=f"每年{figure}元。")), best)
    assert not says_altered(make_outcome(QUESTION, make_reply(5, text="研究建立。")), best)
    assert not says_altered(make_outcome(QUESTION, make_abstention(text=figure)), best)


def test_an_edited_retriever_ranks_its_hits_anew(index: Index) -> None:
    retriever = EditedRetriever(index=index, edit=without_evidence(QUESTION))
    found = retriever.search("育儿补贴怎么说")
    assert [hit.rank for hit in found] == list(range(1, 11))
    assert [hit.score for hit in found] == sorted((h.score for h in found), reverse=True)


def test_the_product_ranks_the_edited_hits_alone(index: Index) -> None:
    retriever = EditedRetriever(index=index, edit=without_evidence(QUESTION))
    for found in (retriever.rank("育儿补贴怎么说"), retriever.search("育儿补贴怎么说")):
        assert found and not {5, 9} & set(measures(list(found)))
        assert [hit.rank for hit in found] == list(range(1, len(found) + 1))
