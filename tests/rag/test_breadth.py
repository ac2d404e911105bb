"""Which measures a question is about: read from how the whole of it and its parts find them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.embed import DEFAULT_EMBEDDER
from index.passage import Hit, Passage
from index.search import SCORING, Index
from rag.breadth import (
    SIGNS,
    TOPIC_SIGNS,
    Breadth,
    BreadthWeights,
    Sighting,
    read_signs,
    read_topic_signs,
    sight,
)
from rag.extent import parts_of, sentences_asked
from rag.measure_attention import Attended
from rag.products import SignWeights, expand
from rag.retrieve import PolicyRetriever


def hits(passages: tuple[Passage, ...], *found: tuple[int, float]) -> tuple[Hit, ...]:
    """Hits of the first clause of each measure."""
    first = {p.locator.measure: p for p in reversed(passages)}
    return tuple(
        Hit(passage=first[measure], rank=rank, score=score, dense_rank=rank, lexical_rank=None)
        for rank, (measure, score) in enumerate(found, 1)
    )


def seen(
    whole: tuple[Hit, ...],
    *parts: tuple[Hit, ...],
    vector: tuple[float, float] = (0.0, 0.0),
    reach: dict[int, tuple[float, ...]] | None = None,
    named: tuple[frozenset[int], ...] = (),
    odds: dict[int, float] | None = None,
    part_odds: dict[int, float] | None = None,
    asked: tuple[int, ...] = (),
    attended: Attended | None = None,
) -> Sighting:
    """A sighting of a question that wants all; the measures are told by their numbers."""
    places = {hit.passage.locator.measure: hit.passage.locator.measure_locator for hit in whole}
    if reach is None:
        reach = {n: (0.9, 0.9) for n in places if n is not None}
    return Sighting(
        vector=np.array(vector),
        hits=whole,
        parts=parts,
        reach={places[n]: np.array(near) for n, near in reach.items()},
        named=tuple(frozenset(places[n] for n in held) for held in named),
        asked=tuple(tuple(h for h in whole if h.passage.locator.measure == n) for n in asked),
        odds={places[n]: logit for n, logit in (odds or {}).items()},
        part_odds={places[n]: logit for n, logit in (part_odds or odds or {}).items()},
        attended=attended,
        wants_all=True,
        says_several=False,
    )


def signs(**given: float) -> tuple[float, ...]:
    return tuple(given.get(name, 0.0) for name in SIGNS)


def of_signs(weighed: tuple[float, ...], intercept: float) -> SignWeights:
    """A model that leaves products aside and signs as they are."""
    n = len(weighed)
    return SignWeights(
        mean=(0.0,) * n,
        scale=(1.0,) * n,
        weights=(*weighed, *(0.0,) * (n * (n + 1) // 2)),
        intercept=intercept,
    )


def weights(weighed: tuple[float, ...], intercept: float, odds_lead: float = 0.0) -> BreadthWeights:
    topical = tuple(odds_lead if name == "odds_lead" else 0.0 for name in TOPIC_SIGNS)
    return BreadthWeights(
        embedder="e",
        scoring=SCORING,
        centre=(0.0, 0.0),
        vector=(0.0, 1.0),
        vector_intercept=0.0,
        signs=of_signs(weighed, intercept),
        signs_with_topics=of_signs((*weighed, *topical), intercept),
        fitted_on="",
    )


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("退休金会涨吗", ()),
        ("育儿补贴和免税店", ("育儿补贴", "免税店")),
        ("养老金、装电梯，都有吗", ("养老金", "装电梯", "都有吗")),
        ("Android phones", ()),
        ("visas and phones?", ("visas", "phones")),
        ("车、车、房", ()),
        ("هل تدعم المطاعم؟ وما عن التفتيش؟", ("هل تدعم المطاعم", "وما عن التفتيش")),
        ("育儿补贴与免税店，以及养老金", ("育儿补贴", "免税店", "养老金")),
        ("有育儿补贴，或者奶粉补贴？", ("有育儿补贴", "奶粉补贴")),
        ("买手机或平板", ("买手机", "平板")),
        ("养老金或许会涨", ()),
        ("我想参与有奖发票", ()),
        ("来不及休年假怎么办", ()),
        ("涉及老人的有哪些", ()),
        ("再就业培训有吗", ()),
        ("公积金不再试点了吗", ()),
        ("先换手机再买车", ("先换手机", "买车")),
        (
            "Is there money, e.g. for phones? And cars?",
            ("Is there money", "e.g. for phones", "cars"),
        ),
        ("It rose 1.5 percent. Will it rise?", ("It rose 1.5 percent", "Will it rise")),
    ],
)
def test_a_question_is_cut_where_it_names_one_thing_after_the_other(
    question: str, parts: tuple[str, ...]
) -> None:
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        (
            "我刚下岗。想学手艺有培训吗？没上班有钱领吗？",
            ("想学手艺有培训吗？", "没上班有钱领吗？"),
        ),
        ("Is it open? And is it cheap?", ("Is it open?", "And is it cheap?")),
        ("هل تدعم المطاعم؟ وما عن التفتيش؟", ("هل تدعم المطاعم؟", "وما عن التفتيش؟")),
        ("我刚下岗。有培训吗？", ()),
        ("休めますか。誰が見ますか。", ("休めますか。", "誰が見ますか。")),
        ("有培训吗。能领钱吗。", ("有培训吗。", "能领钱吗。")),
        ("为啥？？", ()),
    ],
)
def test_sentences_that_ask_are_told_where_there_are_several(
    question: str, sentences: tuple[str, ...]
) -> None:
    assert sentences_asked(question) == sentences


def test_the_signs_are_those_of_the_whole_and_of_the_parts(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, (5, 0.9), (13, 0.86), (7, 0.85))
    parts = [hits(passages, (13, 0.93), (5, 0.81)), hits(passages, (5, 0.9), (13, 0.8))]
    found = read_signs(seen(whole, *parts), 0.4)
    assert [locator.measure for locator in found] == [13, 7]
    thirteen, seven = found.values()
    assert thirteen[:6] == pytest.approx([-0.04, 1, 0.12, 1, 0.10, 0.4])
    assert seven[:6] == pytest.approx([-0.05, 2, 0, 0, 0, 0.4])
    assert len(SIGNS) == len(seven)


def test_the_signs_tell_what_a_measure_adds_word_by_word(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, (5, 0.9), (13, 0.86), (7, 0.85))
    reach = {5: (0.95, 0.80), 13: (0.85, 0.94), 7: (0.80, 0.82)}
    thirteen, seven = read_signs(seen(whole, reach=reach), 0.0).values()
    assert thirteen[6:11] == pytest.approx([0.07, 0.5, 0.12, 0.01, np.log(2)])
    assert seven[6:9] == pytest.approx([0.01, 0.5, 0.0])


def test_a_name_that_both_measures_hold_is_a_sign(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, (5, 0.9), (13, 0.86), (7, 0.85))
    named = (frozenset({5, 7}),)
    thirteen, seven = read_signs(seen(whole, named=named), 0.0).values()
    assert (thirteen[-1], seven[-1]) == (0, 1)


def test_far_behind_only_what_a_part_finds_is_looked_at(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, *((n, 0.9 - n / 100) for n in range(1, 13)))
    assert len(read_signs(seen(whole), 0.0)) == 6
    found = read_signs(seen(whole, hits(passages, (12, 0.9), (1, 0.8))), 0.0)
    assert 12 in {locator.measure for locator in found}


def test_the_surest_comes_first_and_the_unsure_not_at_all(passages: tuple[Passage, ...]) -> None:
    whole = seen(hits(passages, (5, 0.9), (13, 0.86), (7, 0.85)))
    by_score = Breadth(weights(signs(behind=100.0), 4.5))
    assert [o.measure for o in by_score.others(whole)] == [13]
    by_rank = Breadth(weights(signs(rank=1.0), 0.0))
    assert [o.measure for o in by_rank.others(whole)] == [7, 13]


def test_less_is_enough_for_what_a_sentence_of_its_own_asks(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, (5, 0.9), (13, 0.86), (7, 0.85))
    breadth = Breadth(weights(signs(), -2.0))
    assert not breadth.others(seen(whole))
    assert [o.measure for o in breadth.others(seen(whole, asked=(7,)))] == [7]


def test_a_sentence_with_a_question_mark_of_its_own_is_searched(index: Index) -> None:
    retriever = PolicyRetriever(index=index)
    question = "中小学会放春秋假吗？在城市口岸能不能开免税店？"
    sighting = sight(question, question, retriever.search(question), retriever)
    assert [found[0].passage.locator.measure for found in sighting.asked] == [21, 13]


def test_the_odds_of_measures_count_where_both_are_known(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, (5, 0.9), (13, 0.86), (7, 0.85))
    sighting = seen(whole, odds={5: 1.0, 13: 0.5}, part_odds={5: 0.8, 13: 2.0})
    _, other, unknown = (hit.passage.locator.measure_locator for hit in whole)
    assert read_topic_signs(sighting, other) == pytest.approx([0.5, -0.5, 2, 1.0, 2.0, 1.2, 0, 2])
    assert read_topic_signs(sighting, unknown).size == 0
    breadth = Breadth(weights(signs(), -0.4, odds_lead=-1.0))
    assert [o.measure for o in breadth.others(sighting)] == [13]


def test_signs_are_bounded_and_multiplied_two_by_two() -> None:
    found = expand(np.array([[3.0, 9.0]]), (1.0, 0.0), (1.0, 1.0))
    assert found.tolist() == [[2.0, 4.0, 4.0, 8.0, 16.0]]


def test_the_question_s_vector_counts(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, (5, 0.9), (13, 0.86))
    breadth = Breadth(weights(signs(several=1.0), 0.0))
    assert breadth.others(seen(whole, vector=(0.0, 0.1)))
    assert not breadth.others(seen(whole, vector=(0.0, -0.1)))


def test_without_late_interaction_a_plain_rule_decides(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, (5, 0.9), (13, 0.86))
    breadth = Breadth(weights(signs(), 1.0))
    assert breadth.others(seen(whole))
    assert not breadth.others(seen(whole, reach={}))
    part = hits(passages, (13, 0.93), (5, 0.81))
    assert [o.measure for o in breadth.others(seen(whole, part, reach={}))] == [13]


def test_a_question_is_seen_with_the_names_it_shares_with_few_measures(index: Index) -> None:
    retriever = PolicyRetriever(index=index)
    question = "跟工会有关的消费措施有哪些"
    sighting = sight(question, question, retriever.search(question), retriever)
    assert [{m.measure for m in held} for held in sighting.named] == [{21, 30}]
    assert sighting.wants_all
    assert len(sighting.reach) == 30


def test_weights_are_used_where_they_fit_alone(
    tmp_path: Path, passages: tuple[Passage, ...]
) -> None:
    path = tmp_path / "w.json"
    path.write_text(weights(signs(), 1.0).model_dump_json(), encoding="utf-8")
    whole = seen(hits(passages, (5, 0.9), (13, 0.86)))
    assert Breadth.load("e", SCORING, path).others(whole)
    for other in (("f", SCORING), ("e", "other")):
        assert not Breadth.load(*other, path).others(whole)


def test_the_shipped_weights_fit_the_default_embedder() -> None:
    assert Breadth.load(DEFAULT_EMBEDDER, SCORING)._weights is not None


@pytest.mark.parametrize(("logit", "told"), [(2.0, [7]), (-2.0, [])])
def test_what_a_measure_attends_to_is_weighed_in(
    passages: tuple[Passage, ...], logit: float, told: list[int]
) -> None:
    whole = hits(passages, (5, 0.9), (7, 0.89))
    best, other = (hit.passage.locator.measure_locator for hit in whole)
    said = Attended(odds={best: 0.0, other: logit}, weights=(1.0, 1.0, 0.0, 0.0))
    breadth = Breadth(weights(signs(), intercept=0.5))
    assert [m.measure for m in breadth.others(seen(whole))] == [7]
    assert [m.measure for m in breadth.others(seen(whole, attended=said))] == told
