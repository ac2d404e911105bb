"""What measures are asked: learned for some, silent about others, the embedder's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder

from corpus.document import Locator
from corpus.load import DEFAULT_TEXTS
from index.build import build
from index.embed import DEFAULT_EMBEDDER
from index.search import Index
from index.topics import TOPIC_WEIGHT, UNKNOWN_ODDS, WEIGHTS, Topics

FIVE, SEVEN = "boosting-consumption-2025#measure:5", "boosting-consumption-2025#measure:7"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    out = tmp_path_factory.mktemp("index")
    build(DEFAULT_TEXTS, out, FakeEmbedder())
    return Index.open(out, FakeEmbedder())


def test_the_odds_are_those_of_each_model() -> None:
    topics = Topics([FIVE, SEVEN], np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([0.5, 0.0]))
    odds = topics.odds(np.array([1.0, 2.0], dtype=np.float32))
    assert odds == {Locator.parse(FIVE): 5.5, Locator.parse(SEVEN): -2.0}


def test_what_is_saved_is_loaded_for_its_embedder_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.npz"
    Topics([FIVE], np.array([[1.0, 0.5]]), np.array([-1.0])).save(path, embedder="e", fitted_on="x")
    kept = Topics.load("e", path)
    assert kept is not None
    assert kept.odds(np.array([2.0, 2.0])) == {Locator.parse(FIVE): 2.0}
    assert Topics.load("f", path) is None
    assert Topics.load("e", tmp_path / "none.npz") is None


def test_the_shipped_ones_are_small_and_know_every_measure(index: Index) -> None:
    topics = Topics.load(DEFAULT_EMBEDDER)
    assert topics is not None and WEIGHTS.stat().st_size < 100_000
    held = {passage.locator.measure_locator for passage in index.passages}
    assert set(topics.odds(np.zeros(384, dtype=np.float32))) == held


def test_known_measures_are_moved_and_others_count_as_rather_unlikely(index: Index) -> None:
    dimension = len(index.embedder.embed_query("育儿补贴"))
    flat = np.zeros((2, dimension))
    learned = index.with_topics(Topics([FIVE, SEVEN], flat, np.array([3.0, -4.0])))
    n = len(index.passages)
    before = {h.passage.id: h for h in index.search("育儿补贴", n)}
    moved = {
        h.passage.locator.measure: (h.score - before[h.passage.id].score) / TOPIC_WEIGHT
        for h in learned.search("育儿补贴", n)
    }
    assert (moved[5], moved[7], moved[20]) == pytest.approx((3.0, -4.0, UNKNOWN_ODDS), abs=1e-3)
    assert learned.search("育儿补贴", 1)[0].passage.locator.measure == 5


def test_measures_of_another_document_are_left_as_they_are(index: Index) -> None:
    dimension = len(index.embedder.embed_query("育儿补贴"))
    other = Topics(["elsewhere#measure:1"], np.zeros((1, dimension)), np.array([9.0]))
    assert index.with_topics(other).search("育儿补贴", 9) == index.search("育儿补贴", 9)
