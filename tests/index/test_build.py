"""What is embedded: a clause by itself and within its measure, a record once."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder

from corpus.errors import PolicyQAError
from corpus.load import DEFAULT_TEXTS, load_corpus
from index import build as building
from index.build import build, embed_views, ensure_built, main, source_hash
from index.passage import cut_passages
from index.records import load_records
from index.store import load_manifest


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "r.jsonl"
    rows = [{"id": f"r{i}", "name": "劳动法第三条", "text": f"第{i}款的规定。"} for i in range(4)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def faked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "SentenceEmbedder", lambda name: FakeEmbedder(name=name))
    monkeypatch.setattr(building, "default_cache", lambda embedder: None)


def test_a_clause_is_the_mean_of_itself_and_its_measure_under_its_headings() -> None:
    document = load_corpus()[0]
    passages = cut_passages((document,), len)
    found = embed_views(passages, FakeEmbedder().embed_passages)
    assert (found.shape, found.dtype) == ((len(passages), FakeEmbedder().dimension), np.float32)
    oracle, row = FakeEmbedder(), 0
    for part, measure in document.measures():
        whole = "。".join((part.heading, measure.heading, measure.span.slice(document.text)))
        for clause in measure.clauses:
            alone = clause.span.slice(document.text)
            mean = (oracle.embed_query(alone) + oracle.embed_query(whole)) / 2
            assert np.allclose(found[row], mean, atol=1e-6)
            row += 1
    assert row == len(found)


def test_no_vector_is_longer_than_one() -> None:
    vectors = embed_views(cut_passages(load_corpus(), len), FakeEmbedder().embed_passages)
    assert np.linalg.norm(vectors, axis=1).max() <= 1 + 1e-6


def test_a_record_is_seen_once_and_alone(records: Path) -> None:
    embedder = FakeEmbedder()
    passages = load_records(records, len)
    vectors = embed_views(passages, embedder.embed_passages)
    assert embedder.embedded == [p.embedded_text for p in passages]
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_the_source_hash_tells_the_corpus_apart(records: Path, tmp_path: Path) -> None:
    assert source_hash(DEFAULT_TEXTS) == source_hash(DEFAULT_TEXTS)
    assert source_hash(DEFAULT_TEXTS) != source_hash(records)


def test_a_text_without_a_measure_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("各位乡亲，大家好。\n", encoding="utf-8")
    with pytest.raises(PolicyQAError, match="nothing to index"):
        build(tmp_path / "letter.txt", tmp_path / "out", FakeEmbedder())
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("faked")
def test_an_index_is_built_when_missing_stale_or_damaged_and_not_otherwise(
    records: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ensure_built(records, out, "fake")
    first = load_manifest(out)
    ensure_built(records, out, "fake")
    assert load_manifest(out) == first
    ensure_built(records, out, "other")
    assert load_manifest(out).embedder == "other"
    records.write_text('{"id": "x", "text": "新的规定。"}\n', encoding="utf-8")
    ensure_built(records, out, "other")
    assert load_manifest(out).n_passages == 1
    (out / "CURRENT").unlink()
    ensure_built(records, out, "other")
    assert load_manifest(out).n_passages == 1


@pytest.mark.usefixtures("faked")
def test_the_command_prints_one_json_record(
    records: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    argv = ["index.build", "--texts", str(records), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", argv)
    assert main() == 0
    report = json.loads(capsys.readouterr().out)
    assert report["passages"] == 4
    assert report["sha"] == load_manifest(out).sha


@pytest.mark.usefixtures("faked")
def test_the_command_ends_with_one_sentence_where_the_texts_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for texts in (tmp_path / "none", tmp_path / "none.jsonl", tmp_path / "none.txt"):
        argv = ["index.build", "--texts", str(texts), "--out", str(tmp_path / "out")]
        monkeypatch.setattr(sys, "argv", argv)
        assert main() == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert str(texts) in captured.err
