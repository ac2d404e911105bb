"""Few clauses are answered from: those of the best measure, and of each part asked about."""

from __future__ import annotations

import pytest

from index.passage import Hit
from index.search import Index
from rag.breadth import Breadth
from rag.extent import asks_for_all
from rag.retrieve import PolicyRetriever
from rag.select import select

SIMPLE = ["研究建立育儿补贴制度吗", "住房公积金贷款利率", "手机平板购新补贴", "免税店"]
COMPOUND = "支持在城市口岸开设免税店，还想问研究建立育儿补贴制度"

# As for an embedder that nothing was learned for.
PLAIN = Breadth(None)


@pytest.fixture(scope="module")
def retriever(index: Index) -> PolicyRetriever:
    return PolicyRetriever(index=index)


@pytest.mark.parametrize("question", SIMPLE)
def test_a_simple_question_is_answered_from_its_best_measure(
    retriever: PolicyRetriever, question: str
) -> None:
    ranked = retriever.rank(question)
    chosen = select(question, question, ranked, retriever, PLAIN).hits
    assert chosen[0] == ranked[0]
    assert {h.passage.locator.measure for h in chosen} == {ranked[0].passage.locator.measure}


@pytest.mark.parametrize("question", [*SIMPLE, COMPOUND])
def test_only_hits_are_chosen_and_each_once(retriever: PolicyRetriever, question: str) -> None:
    ranked = retriever.rank(question)
    chosen = select(question, question, ranked, retriever, PLAIN).hits
    assert set(chosen) <= set(ranked)
    assert len({h.passage.id for h in chosen}) == len(chosen)


def test_each_part_of_a_compound_question_brings_its_measure(retriever: PolicyRetriever) -> None:
    chosen = select(COMPOUND, COMPOUND, retriever.rank(COMPOUND), retriever, PLAIN).hits
    assert {5, 13} <= {h.passage.locator.measure for h in chosen}


def test_nothing_found_is_nothing_chosen(retriever: PolicyRetriever) -> None:
    assert select("育儿补贴", "育儿补贴", (), retriever, PLAIN).hits == ()


@pytest.mark.parametrize(
    ("question", "wants_all"),
    [
        ("对灵活就业的人有哪些好处", True),
        ("凡是跟老人有关的都给我找出来", True),
        ("数码产品买新补贴包括哪几类", True),
        ("Which products get a subsidy?", True),
        ("公積金で何が変わるのか、もれなく挙げてください", True),
        ("¿Qué se anuncia para las personas mayores? Enumérelo, por favor.", True),
        ("Перечислите, что обещают пенсионерам", True),
        ("اذكر كل ما يخص كبار السن", True),
        ("退休金会涨吗", False),
        ("中小学会放春假吗", False),
        ("Is there support for flying drones?", False),
        ("夜間の小児科と春休みについて、それぞれ何と書いてありますか", False),
        ("¿Es el subsidio para todos?", False),
    ],
)
def test_a_question_after_all_items_is_told_from_one_after_a_matter(
    question: str, wants_all: bool
) -> None:
    assert asks_for_all(question) is wants_all


def test_a_question_of_many_commas_costs_few_searches(
    retriever: PolicyRetriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "，".join(f"还想问育儿补贴{n}和免税店" for n in range(40))
    ranked, searched, rank = retriever.rank(question), [], PolicyRetriever.rank

    def counted(self: PolicyRetriever, *queries: str) -> tuple[Hit, ...]:
        searched.append(queries)
        return rank(self, *queries)

    monkeypatch.setattr(PolicyRetriever, "rank", counted)
    assert select(question, question, ranked, retriever, PLAIN).hits
    assert 0 < len(searched) <= 8


def test_what_leans_on_the_conversation_is_cut_only_where_it_says_so(
    retriever: PolicyRetriever,
) -> None:
    question = COMPOUND.replace("还想问", "")
    for asked, n_measures in ((question, 1), (question + "分别怎么说", 2)):
        ranked = retriever.rank(asked)
        chosen = select(asked, f"旅游 {asked}", ranked, retriever, PLAIN).hits
        assert len({h.passage.locator.measure for h in chosen}) == n_measures


def test_measures_come_in_the_order_in_which_their_sentences_ask(
    retriever: PolicyRetriever,
) -> None:
    one, other = "支持在城市口岸开设免税店吗？", "研究建立育儿补贴制度吗？"
    for question, order in ((one + other, [13, 5]), (other + one, [5, 13])):
        chosen = select(question, question, retriever.rank(question), retriever, PLAIN)
        assert list(dict.fromkeys(h.passage.locator.measure for h in chosen.hits)) == order


def test_two_sentences_about_one_measure_bring_a_clause_each(retriever: PolicyRetriever) -> None:
    one, other = "探索开展有奖发票活动吗？", "工会经费能用于职工健身吗？"
    for question in (one + other, other + one):
        chosen = select(question, question, retriever.rank(question), retriever, PLAIN)
        places = {hit.passage.id: hit.passage.text for hit in chosen.hits}
        assert len(chosen.asked) == 2
        assert [hit.passage.id for hit in chosen.hits[:2]] == list(chosen.asked)
        first, second = (places[name] for name in chosen.asked)
        assert ("有奖发票" in first) is ("有奖发票" not in second) is (question == one + other)


def test_a_clause_that_the_whole_question_does_not_find_is_not_brought(
    retriever: PolicyRetriever,
) -> None:
    question = "探索开展有奖发票活动吗？工会经费能用于职工健身吗？"
    ranked = retriever.rank(question)[:1]
    chosen = select(question, question, ranked, retriever, PLAIN)
    assert chosen.hits == ranked and set(chosen.asked) <= {ranked[0].passage.id}
