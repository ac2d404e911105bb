"""A text is embedded once, and a cache never costs an answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder

from index import cache as caching
from index.cache import VectorCache, default_cache

TEXTS = ["短文", "长一些的文本", "短文", "最长的一段文本在这里"]


def test_every_text_gets_its_own_vector_in_the_order_given(tmp_path: Path) -> None:
    found = VectorCache(tmp_path / "v.sqlite", FakeEmbedder()).embed(TEXTS)
    assert np.allclose(found, FakeEmbedder().embed_passages(TEXTS))
    assert found.dtype == np.float32


def test_a_text_is_embedded_once_also_by_a_later_process(tmp_path: Path) -> None:
    first, second = FakeEmbedder(), FakeEmbedder()
    VectorCache(tmp_path / "v.sqlite", first).embed(TEXTS)
    assert sorted(first.embedded) == sorted(set(TEXTS))
    again = VectorCache(tmp_path / "v.sqlite", second).embed([*TEXTS, "一句新的"])
    assert second.embedded == ["一句新的"] and len(again) == 5


def test_what_was_embedded_before_a_stop_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(FakeEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
            if self.embedded:
                raise KeyboardInterrupt
            return super().embed_passages(texts)

    monkeypatch.setattr(caching, "_CHUNK", 1)
    with pytest.raises(KeyboardInterrupt):
        VectorCache(tmp_path / "v.sqlite", Stopped()).embed(TEXTS)
    later = FakeEmbedder()
    VectorCache(tmp_path / "v.sqlite", later).embed(TEXTS)
    assert "短文" not in later.embedded and len(later.embedded) == 2


def test_vectors_of_another_size_are_not_believed(tmp_path: Path) -> None:
    VectorCache(tmp_path / "v.sqlite", FakeEmbedder(dimension=16)).embed(TEXTS)
    assert VectorCache(tmp_path / "v.sqlite", FakeEmbedder()).embed(TEXTS).shape == (4, 512)


def test_a_file_that_is_no_database_costs_time_and_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "v.sqlite").write_text("no database" * 100, encoding="utf-8")
    assert VectorCache(tmp_path / "v.sqlite", FakeEmbedder()).embed(TEXTS).shape == (4, 512)
    assert "not kept" in capsys.readouterr().err


def test_two_embedders_have_two_files() -> None:
    assert default_cache(FakeEmbedder(name="a")) != default_cache(FakeEmbedder(name="b"))
    with pytest.raises(sqlite3.ProgrammingError):
        cache = VectorCache(None, FakeEmbedder())
        cache.close()
        cache.embed(TEXTS)


def test_token_vectors_are_kept_too_a_question_s_apart_from_a_passage_s(tmp_path: Path) -> None:
    first = VectorCache(tmp_path / "v.sqlite", FakeEmbedder())
    made = first.embed_passage_tokens(TEXTS), first.embed_queries_tokens(TEXTS)

    class Idle(FakeEmbedder):
        def embed_passage_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
            raise AssertionError("was kept")

        embed_queries_tokens = embed_passage_tokens

    again = VectorCache(tmp_path / "v.sqlite", Idle())
    kept = again.embed_passage_tokens(TEXTS), again.embed_queries_tokens(TEXTS)
    real = FakeEmbedder().embed_passage_tokens(TEXTS), FakeEmbedder().embed_queries_tokens(TEXTS)
    for before, after, oracle in zip(made, kept, real, strict=True):
        assert [rows.shape for rows in after] == [rows.shape for rows in oracle]
        assert all(np.array_equal(x, y) for x, y in zip(before, after, strict=True))
        assert all(np.allclose(x, y, atol=1e-3) for x, y in zip(after, oracle, strict=True))
