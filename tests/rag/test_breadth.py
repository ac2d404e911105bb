"""Which measures a question is about: read from how the whole of it and its parts find them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.embed import DEFAULT_EMBEDDER
from index.late import ASKED_WEIGHT
from index.passage import Hit, Passage
from rag.breadth import SIGNS, Breadth, BreadthWeights, parts_of, read_signs


def hits(passages: tuple[Passage, ...], *found: tuple[int, float]) -> tuple[Hit, ...]:
    """Hits of the first clause of each measure."""
    first = {p.locator.measure: p for p in reversed(passages)}
    return tuple(
        Hit(passage=first[measure], rank=rank, score=score, dense_rank=rank, lexical_rank=None)
        for rank, (measure, score) in enumerate(found, 1)
    )


def weights(signs: tuple[float, ...], intercept: float) -> BreadthWeights:
    return BreadthWeights(
        embedder="e",
        asked_weight=ASKED_WEIGHT,
        centre=(0.0, 0.0),
        vector=(0.0, 1.0),
        vector_intercept=0.0,
        signs=signs,
        intercept=intercept,
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
    ],
)
def test_a_question_is_cut_where_it_names_one_thing_after_the_other(
    question: str, parts: tuple[str, ...]
) -> None:
    assert parts_of(question) == parts


def test_the_signs_are_those_of_the_whole_and_of_the_parts(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, (5, 0.9), (13, 0.86), (7, 0.85))
    parts = [hits(passages, (13, 0.93), (5, 0.81)), hits(passages, (5, 0.9), (13, 0.8))]
    signs = read_signs(whole, parts, 0.4)
    assert [locator.measure for locator in signs] == [13, 7]
    thirteen, seven = signs.values()
    assert thirteen == pytest.approx([-0.04, 1, 0.12, 1, 0.10, 0.4])
    assert seven == pytest.approx([-0.05, 2, 0, 0, 0, 0.4])
    assert len(SIGNS) == len(seven)


def test_far_behind_only_what_a_part_finds_is_looked_at(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, *((n, 0.9 - n / 100) for n in range(1, 13)))
    assert len(read_signs(whole, [], 0.0)) == 6
    signs = read_signs(whole, [hits(passages, (12, 0.9), (1, 0.8))], 0.0)
    assert 12 in {locator.measure for locator in signs}


def test_the_surest_comes_first_and_the_unsure_not_at_all(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, (5, 0.9), (13, 0.86), (7, 0.85))
    by_score = Breadth(weights((100.0, 0, 0, 0, 0, 0), 4.5))
    assert [o.measure for o in by_score.others(np.zeros(2), whole, [])] == [13]
    by_rank = Breadth(weights((0, 1.0, 0, 0, 0, 0), 0.0))
    assert [o.measure for o in by_rank.others(np.zeros(2), whole, [])] == [7, 13]


def test_the_question_s_vector_counts(passages: tuple[Passage, ...]) -> None:
    whole = hits(passages, (5, 0.9), (13, 0.86))
    breadth = Breadth(weights((0, 0, 0, 0, 0, 1.0), 0.0))
    assert breadth.others(np.array([0.0, 0.1]), whole, [])
    assert not breadth.others(np.array([0.0, -0.1]), whole, [])


def test_weights_are_used_where_they_fit_alone(
    tmp_path: Path, passages: tuple[Passage, ...]
) -> None:
    path = tmp_path / "w.json"
    path.write_text(weights((0, 0, 0, 0, 0, 0), 1.0).model_dump_json(), encoding="utf-8")
    whole = hits(passages, (5, 0.9), (13, 0.86))
    assert Breadth.load("e", ASKED_WEIGHT, path).others(np.zeros(2), whole, [])
    for other in (("f", ASKED_WEIGHT), ("e", 0.9)):
        assert not Breadth.load(*other, path).others(np.zeros(2), whole, [])


def test_the_shipped_weights_fit_the_default_embedder() -> None:
    assert Breadth.load(DEFAULT_EMBEDDER, ASKED_WEIGHT)._weights is not None
