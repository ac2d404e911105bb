"""Search returns what a dot product and BM25 say, in the form that DESIGN promises."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import FakeEmbedder

from corpus.load import DEFAULT_TEXTS, load_corpus
from corpus.questions import load_clause_questions
from index import build as building
from index import search as searching
from index.build import build, embed_views
from index.late import LateIndex
from index.lexical import LexicalIndex
from index.passage import cut_passages
from index.search import LEXICAL_WEIGHT, Index, main
from index.vectors import PLACE_VARIABLE

QUERIES = ("育儿补贴怎么领", "手机换新有补贴吗", "免税店", "zzz", "带薪年休假与小长假连休")


@pytest.fixture(scope="module", params=["faiss", "milvus"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the vectors lie: FAISS, or a Milvus Lite."""
    if request.param == "faiss":
        return ""
    pytest.importorskip("milvus_lite", reason="Milvus Lite is not installed here")
    return str(tmp_path_factory.mktemp("milvus") / "vectors.db")


@pytest.fixture(scope="module")
def out(place: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    build(DEFAULT_TEXTS, folder, FakeEmbedder(), place=place)
    return folder


@pytest.fixture
def index(out: Path, place: str) -> Iterator[Index]:
    """Opened for a test alone: a Milvus Lite serves one at a time."""
    opened = Index.open(out, FakeEmbedder(), place=place)
    yield opened
    opened.close()


@pytest.fixture
def faked(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "SentenceEmbedder", lambda *_: FakeEmbedder())
    monkeypatch.setenv(PLACE_VARIABLE, place)


@pytest.mark.parametrize("is_late", [True, False])
def test_scores_and_order_are_those_of_the_parts(
    is_late: bool, out: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By late interaction; in a corpus too large for it by a dot product and BM25."""
    embedder = FakeEmbedder()
    passages = cut_passages(load_corpus(), len)
    embeddings = embed_views(passages, embedder.embed_passages)
    lexical = LexicalIndex.build([p.embedded_text for p in passages])
    late = LateIndex.build(passages, load_clause_questions(DEFAULT_TEXTS), embedder)
    if not is_late:
        monkeypatch.setattr(building, "MAX_PASSAGES", len(passages) - 1)
        out = out / "large"
        build(DEFAULT_TEXTS, out, embedder, place=place)
    index = Index.open(out, embedder, place=place)
    assert index.is_late is is_late
    for query in QUERIES:
        dense, words = embeddings @ embedder.embed_query(query), lexical.scores(query)
        oracle = dense + LEXICAL_WEIGHT * words
        if is_late:
            oracle = late.scores(embedder.embed_query_tokens(query))
        hits = index.search(query, len(passages))
        rows = [passages.index(hit.passage) for hit in hits]
        assert sorted(rows) == list(range(len(passages)))
        assert [hit.score for hit in hits] == pytest.approx(oracle[rows], abs=1e-5)
        assert np.all(np.diff(oracle[rows]) <= 1e-5)
        for hit, row in zip(hits, rows, strict=True):
            assert hit.dense_rank is not None
            assert np.sum(dense > dense[row] + 1e-5) < hit.dense_rank
            assert hit.dense_rank <= np.sum(dense > dense[row] - 1e-5)
            assert (hit.lexical_rank is None) == (words[row] == 0)
    index.close()


def test_hits_are_distinct_and_ranked_from_one(index: Index) -> None:
    hits = index.search("以旧换新", 10)
    assert [hit.rank for hit in hits] == list(range(1, 11))
    assert len({hit.passage.id for hit in hits}) == 10


def test_a_small_index_gives_all_it_has(index: Index) -> None:
    assert len(index.search("以旧换新", 10_000)) == len(index.passages)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["index.search", *map(str, arguments)])
    return main()


def questions(folder: Path, *lines: str) -> Path:
    path = folder / "q.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


@pytest.mark.usefixtures("faked")
def test_batch_writes_exactly_the_fields_of_the_design(
    out: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = questions(
        tmp_path,
        '{"id": "a", "question": "育儿补贴", "lang": "zh", "gold": [5]}',
        '{"id": 7, "question": "免税店", "history": [{"role": "user", "content": "你好"}]}',
    )
    found = tmp_path / "h.jsonl"
    assert run(monkeypatch, "--batch", asked, "--out", found, "--top-k", 3, "--index", out) == 0
    rows = lines_of(found)
    assert [row["id"] for row in rows] == ["a", 7]
    for row in rows:
        assert set(row) == {"id", "hits", "seconds"}
        assert row["seconds"] >= 0
        assert [hit["rank"] for hit in row["hits"]] == [1, 2, 3]
        for hit in row["hits"]:
            assert set(hit) == {"id", "locator", "measure", "rank", "score"}
            assert f"#measure:{hit['measure']}/" in hit["locator"]
    assert rows[0]["hits"][0]["measure"] == 5
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("faked")
def test_records_are_found_by_their_own_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = tmp_path / "r.jsonl"
    rows = [
        {"id": "law-48", "name": "劳动法第四十八条", "text": "国家实行最低工资保障制度。"},
        {"id": "guide", "name": "指南", "text": "凭身份证领取。"},
    ]
    records.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    build(records, tmp_path / "out", FakeEmbedder())
    asked = questions(tmp_path, '{"id": "1", "question": "最低工资"}')
    found = tmp_path / "h.jsonl"
    arguments = ("--batch", asked, "--out", found, "--index", tmp_path / "out")
    assert run(monkeypatch, *arguments) == 0
    hits = lines_of(found)[0]["hits"]
    assert [(h["id"], h["measure"]) for h in hits] == [("law-48", 48), ("guide", None)]


@pytest.mark.usefixtures("faked")
def test_one_question_prints_json_alone(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "免税店", "--index", out, "--top-k", 2) == 0
    hits = json.loads(capsys.readouterr().out)["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2]
    assert "免税店" in hits[0]["text"]


@pytest.mark.usefixtures("faked")
def test_a_bad_line_exits_1_and_tells_its_number(
    out: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = questions(tmp_path, '{"id": "a", "question": "甲"}', '{"id": "b"}')
    arguments = ("--batch", asked, "--out", tmp_path / "h.jsonl", "--index", out)
    assert run(monkeypatch, *arguments) == 1
    assert "line 2" in capsys.readouterr().err


@pytest.mark.usefixtures("faked")
def test_a_bad_batch_leaves_earlier_results_alone(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = tmp_path / "h.jsonl"
    earlier.write_text('{"id": "earlier"}\n', encoding="utf-8")
    asked = questions(tmp_path, '{"id": "b"}')
    assert run(monkeypatch, "--batch", asked, "--out", earlier, "--index", out) == 1
    assert lines_of(earlier) == [{"id": "earlier"}]


def test_hits_never_overwrite_their_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = questions(tmp_path, '{"id": "a", "question": "问"}')
    with pytest.raises(SystemExit) as stop:
        run(monkeypatch, "--batch", asked, "--out", tmp_path / "." / asked.name)
    assert stop.value.code == 2
    assert lines_of(asked) == [{"id": "a", "question": "问"}]


@pytest.mark.usefixtures("faked")
def test_a_named_index_that_is_damaged_or_stale_is_refused(
    out: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, "问", "--index", tmp_path / "none") == 1
    monkeypatch.setattr(searching, "SentenceEmbedder", lambda *_: FakeEmbedder(name="other"))
    assert run(monkeypatch, "问", "--index", out) == 1
    assert capsys.readouterr().err.count("python -m index.build") == 2


@pytest.mark.parametrize(
    "arguments",
    [(), ("问", "--batch", "q.jsonl"), ("--batch", "q.jsonl"), ("问", "--top-k", "0")],
)
def test_wrong_usage_exits_2(monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(monkeypatch, *arguments)
    assert stop.value.code == 2
