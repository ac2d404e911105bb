"""The exported graph gives the vectors of the model that it was made from."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from index import onnx, weights
from index.embed import DEFAULT_EMBEDDER, SentenceEmbedder
from index.weights import open_store

TEXTS = ["养老金会涨吗", "Will pensions rise?", "支持换购合格安全的电动自行车。" * 40, "？", ""]


def test_what_was_never_exported_is_not_found(tmp_path: Path) -> None:
    assert onnx.find_graph(tmp_path, tmp_path / "cache") is None


@pytest.mark.model
def test_vectors_are_those_of_the_model() -> None:
    from sentence_transformers import SentenceTransformer  # ten seconds to import

    model = SentenceTransformer(str(weights.resolve(DEFAULT_EMBEDDER)), device="cpu")
    embedder = SentenceEmbedder()
    for found, wanted in (
        (embedder.embed_queries(TEXTS), model.encode_query(TEXTS, normalize_embeddings=True)),
        (embedder.embed_passages(TEXTS), model.encode_document(TEXTS, normalize_embeddings=True)),
        ([embedder.embed_query(t) for t in TEXTS], model.encode_query(TEXTS)),
    ):
        assert np.sum(np.asarray(found) * wanted, axis=1) == pytest.approx(1.0, abs=1e-4)
    (one,) = model.encode(["养老金会涨吗"], prompt_name="query", output_value=None)
    own = one["token_embeddings"][int(one["prompt_length"]) : -1]
    tokens = embedder.embed_query_tokens("养老金会涨吗")
    assert tokens.shape == own.shape
    assert (tokens * np.asarray(own)).sum(axis=1) == pytest.approx(
        np.linalg.norm(np.asarray(own), axis=1), rel=1e-3
    )


@pytest.mark.model
def test_many_passages_at_once_are_the_same_passages() -> None:
    embedder = SentenceEmbedder()
    texts = [f"第{i}条支持消费。" for i in range(300)]
    many = embedder.embed_passages(texts)
    few = embedder.embed_passages(texts[:20])
    assert (many[:20] * few).sum(axis=1) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.model
def test_a_damaged_graph_is_not_used(tmp_path: Path) -> None:
    SentenceEmbedder()
    folder, cache = weights.resolve(DEFAULT_EMBEDDER), open_store().root
    graph = onnx.find_graph(folder, cache)
    if graph is None:
        pytest.skip("this machine could not export the encoder")
    copy = tmp_path / "onnx" / graph.parent.name
    shutil.copytree(graph.parent, copy)
    assert onnx.find_graph(folder, tmp_path) is not None
    with (copy / graph.name).open("r+b") as file:
        file.seek(1000)
        file.write(b"damaged")
    assert onnx.find_graph(folder, tmp_path) is None
