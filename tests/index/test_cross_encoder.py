"""The cross-encoder reads a question and a passage together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder

from index.cross_encoder import LONGEST, CrossEncoder, save
from index.embed import SentenceEmbedder


@pytest.fixture(scope="module")
def embedder() -> SentenceEmbedder:
    return SentenceEmbedder()


def save_made(path: Path, embedder: str, dimension: int = 384) -> None:
    """A cross-encoder that changes one weight, and weighs one side against the other."""
    generator = np.random.default_rng(0)
    down = generator.normal(size=(2, dimension)).astype(np.float32)
    up = generator.normal(size=(dimension, 2)).astype(np.float32) / 100
    save(
        path,
        changes={"0.attention.self.query.weight": (down, up)},
        segments=generator.normal(size=(2, dimension)) / 10,
        head=np.concatenate([np.ones(dimension), -np.ones(dimension)]),
        bias=0.5,
        embedder=embedder,
        fitted_on="made by hand",
    )


def test_none_is_loaded_for_another_embedder_or_one_without_layers(tmp_path: Path) -> None:
    path = tmp_path / "cross_encoder.npz"
    assert CrossEncoder.load(FakeEmbedder(), path) is None
    save_made(path, "another")
    assert CrossEncoder.load(FakeEmbedder(), path) is None
    save_made(path, FakeEmbedder().name)
    assert CrossEncoder.load(FakeEmbedder(), path) is None


@pytest.mark.model
def test_unchanged_upper_layers_end_where_the_encoder_ends(embedder: SentenceEmbedder) -> None:
    from sentence_transformers import SentenceTransformer

    from index import weights

    model = SentenceTransformer(str(weights.resolve(embedder.name)), device="cpu")
    states, upper = embedder.query_states("养老金会涨吗"), embedder.upper_layers({}, "unchanged")
    if states is None or upper is None:
        pytest.skip("this machine could not export the encoder")
    (whole,) = model.encode(["养老金会涨吗"], prompt_name="query", output_value=None)
    wanted = np.asarray(whole["token_embeddings"])
    assert upper(states) == pytest.approx(wanted, abs=1e-3)


@pytest.mark.model
def test_a_saved_one_is_the_one_loaded(embedder: SentenceEmbedder, tmp_path: Path) -> None:
    path = tmp_path / "cross_encoder.npz"
    save_made(path, embedder.name)
    cross = CrossEncoder.load(embedder, path)
    if cross is None:
        pytest.skip("this machine could not export the encoder")
    with np.load(path, allow_pickle=False) as arrays:
        name = "0.attention.self.query.weight"
        change = arrays[f"{name}.up"].astype(np.float32) @ arrays[f"{name}.down"].astype(np.float32)
        segments = arrays["segments"]
    upper = embedder.upper_layers({name: change}, "by hand")
    asked = embedder.query_states("养老金会涨吗")
    told = embedder.passage_states("适当提高退休人员基本养老金。")
    assert upper is not None and asked is not None and told is not None
    read = upper(np.concatenate([asked + segments[0], told + segments[1]]))
    wanted = read[: len(asked)].mean(axis=0).sum() - read[len(asked) :].mean(axis=0).sum() + 0.5
    found = cross.logit("养老金会涨吗", "适当提高退休人员基本养老金。")
    assert found == pytest.approx(wanted, abs=1e-3)
    assert cross.logit("？", "适" * 3 * LONGEST) is not None


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "answers", "does_not"),
    [
        (
            "退休以后每个月领的钱会多点吗",
            "适当提高退休人员基本养老金。",
            "支持换购合格安全的电动自行车。",
        ),
        (
            "旧电瓶车能换新的不",
            "支持换购合格安全的电动自行车。",
            "适当提高退休人员基本养老金。",
        ),
    ],
)
def test_the_shipped_one_tells_an_answer_from_another_clause(
    embedder: SentenceEmbedder, question: str, answers: str, does_not: str
) -> None:
    cross = CrossEncoder.load(embedder)
    if cross is None:
        pytest.skip("this machine could not export the encoder")
    right, wrong = cross.logit(question, answers), cross.logit(question, does_not)
    assert right is not None and wrong is not None and right > wrong
