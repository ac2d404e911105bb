"""A question is moved for laws alone, by a map that is small, plain arrays and the embedder's own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder

from index import search as searching
from index.adapter import WEIGHTS, Adapter
from index.build import build
from index.embed import DEFAULT_EMBEDDER
from index.search import Index

TURN = np.array([[0.0, 2.0], [0.0, 0.0]])


def test_a_question_is_moved_and_has_length_one() -> None:
    moved = Adapter(TURN, np.eye(2)).apply(np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert moved == pytest.approx(np.array([[1 / 5**0.5, 2 / 5**0.5], [0.0, 1.0]]))
    assert moved.dtype == np.float32
    assert Adapter(TURN, np.eye(2)).apply(np.array([1.0, 0.0])).shape == (2,)


def test_what_is_saved_is_loaded_for_its_embedder_alone(tmp_path: Path) -> None:
    Adapter(TURN, np.eye(2)).save(tmp_path / "a.npz", embedder="e", fitted_on="x")
    kept = Adapter.load("e", tmp_path / "a.npz")
    assert kept is not None
    assert kept.apply(np.array([1.0, 0.0])) == pytest.approx([1 / 5**0.5, 2 / 5**0.5], abs=1e-3)
    assert Adapter.load("f", tmp_path / "a.npz") is None
    assert Adapter.load("e", tmp_path / "none.npz") is None


def test_the_shipped_one_is_small_and_fits_the_default_embedder() -> None:
    assert Adapter.load(DEFAULT_EMBEDDER) is not None
    assert WEIGHTS.stat().st_size < 300_000


@pytest.mark.parametrize(("name", "is_moved"), [("劳动法第三条", True), ("", False)])
def test_only_among_articles_is_the_question_moved(
    name: str, is_moved: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[np.ndarray] = []

    class Counting:
        def apply(self, query: np.ndarray) -> np.ndarray:
            asked.append(query)
            return query

    monkeypatch.setattr(searching.Adapter, "load", lambda embedder: Counting())
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps({"id": "r", "name": name, "text": "一条规定。"}), encoding="utf-8")
    build(path, tmp_path / "out", FakeEmbedder(), place="")
    assert Index.open(tmp_path / "out", FakeEmbedder(), place="").search("规定", 1)
    assert bool(asked) is is_moved
