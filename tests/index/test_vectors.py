"""Vectors are found alike wherever they lie, and a place that cannot be used is told in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder

from corpus.errors import PolicyQAError
from index import store, vectors
from index.build import build
from index.search import Index

N, DIMENSION = 3000, 32


@pytest.fixture(scope="module")
def stored() -> np.ndarray:
    rows = np.random.default_rng(1).normal(size=(N, DIMENSION)).astype(np.float32)
    unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    rows = [{"id": f"r{i}", "name": "", "text": f"第{i}条规定。"} for i in range(9)]
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def milvus(tmp_path: Path) -> str:
    pytest.importorskip("milvus_lite", reason="Milvus Lite is not installed here")
    return str(tmp_path / "m" / "vectors.db")


@pytest.mark.parametrize("kind", ["flat", "milvus"])
def test_the_nearest_are_those_of_all_inner_products(
    kind: str, stored: np.ndarray, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place = request.getfixturevalue("milvus") if kind == "milvus" else ""
    opened = vectors.load(tmp_path, vectors.save(tmp_path, stored, place), place)
    query = stored[7]
    oracle = stored @ query
    rows, scores = opened.nearest(query, 50)
    assert rows.tolist() == np.argsort(-oracle, kind="stable")[:50].tolist()
    assert np.allclose(scores, oracle[rows], atol=1e-5)
    others = np.array([2999, 0, 1234])
    assert np.allclose(opened.scores_of(query, others), oracle[others], atol=1e-5)
    assert opened.scores_of(query, others[:0]).shape == (0,)
    assert len(opened.nearest(query, 10**6)[0]) == N
    opened.close()


def test_beyond_a_size_a_graph_finds_nearly_all_of_the_nearest(
    stored: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "EXACT_UP_TO", N - 1)
    opened = vectors.load(tmp_path, vectors.save(tmp_path, stored, ""), "")
    assert isinstance(opened, vectors.GraphVectors)
    found = 0
    for query in stored[:20]:
        oracle = stored @ query
        rows, scores = opened.nearest(query, 10)
        found += len(set(rows) & set(np.argsort(-oracle)[:10]))
        assert np.allclose(scores, oracle[rows], atol=1e-5)
        assert np.allclose(opened.scores_of(query, np.array([5, 17])), oracle[[5, 17]], atol=1e-5)
    assert found >= 0.95 * 200


def test_a_rebuilt_index_leaves_no_more_than_the_last_two_collections(
    milvus: str, texts: Path, tmp_path: Path
) -> None:
    from pymilvus import MilvusClient

    def collections() -> set[str]:
        client = MilvusClient(milvus)
        names = set(client.list_collections())
        client.close()
        return names

    seen: list[str] = []
    for _ in range(3):
        seen.append(build(texts, tmp_path / "out", FakeEmbedder(), place=milvus).vectors)
        assert collections() == set(seen[-2:]), "the one before may still be searched"


def test_vectors_that_lie_elsewhere_are_told_of(milvus: str, texts: Path, tmp_path: Path) -> None:
    build(texts, tmp_path / "out", FakeEmbedder(), place=milvus)
    with pytest.raises(store.StaleIndexError, match="POLICYQA_VECTORS does not name"):
        Index.open(tmp_path / "out", FakeEmbedder(), place="")
    build(texts, tmp_path / "out", FakeEmbedder(), place="")
    with pytest.raises(store.StaleIndexError, match="POLICYQA_VECTORS names a Milvus"):
        Index.open(tmp_path / "out", FakeEmbedder(), place=milvus)


def test_a_milvus_that_lost_the_vectors_is_told_of(
    milvus: str, texts: Path, tmp_path: Path
) -> None:
    vectors.forget(build(texts, tmp_path / "out", FakeEmbedder(), place=milvus).vectors, milvus)
    with pytest.raises(PolicyQAError, match="does not hold this index; run"):
        Index.open(tmp_path / "out", FakeEmbedder(), place=milvus)


def test_an_address_where_nobody_answers_leaves_the_old_index(texts: Path, tmp_path: Path) -> None:
    pytest.importorskip("pymilvus", reason="pymilvus is not installed here")
    build(texts, tmp_path / "out", FakeEmbedder(), place="")
    with pytest.raises(PolicyQAError, match="no Milvus answers at http://127.0.0.1:9"):
        build(texts, tmp_path / "out", FakeEmbedder(), place="http://127.0.0.1:9")
    assert Index.open(tmp_path / "out", FakeEmbedder(), place="").search("规定", 1)
