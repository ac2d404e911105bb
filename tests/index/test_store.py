"""The index on disk is whole, ours and unpickled, or it is refused with what mends it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from fakes import FakeEmbedder

from corpus.document import Locator, Span, Step
from corpus.load import DEFAULT_TEXTS, load_corpus
from index import store
from index.build import build
from index.passage import Passage, cut_passages
from index.search import Index

MENDS = "python -m index.build"
LINES = ["研究建立育儿补贴制度。", "适时降低住房公积金贷款利率。", "支持开设免税店。"]


def records(folder: Path, *texts: str) -> Path:
    path = folder / "records.jsonl"
    lines = [json.dumps({"id": f"r{i}", "text": text}) for i, text in enumerate(texts)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    build(records(tmp_path, *LINES), tmp_path / "out", FakeEmbedder())
    return tmp_path / "out"


def generation(out: Path) -> Path:
    (folder,) = out.glob("generation-*")
    return folder


def best(out: Path, query: str) -> str:
    return Index.open(out, FakeEmbedder()).search(query, 1)[0].passage.text


def test_what_is_built_is_what_is_loaded(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    built = build(DEFAULT_TEXTS, tmp_path / "out", embedder)
    loaded = store.load(tmp_path / "out")
    manifest, passages = loaded.manifest, loaded.passages
    assert manifest == built and loaded.late is not None
    assert passages == cut_passages(load_corpus(), embedder.count_tokens)
    assert (manifest.n_passages, manifest.dimension) == (len(passages), embedder.dimension)
    rows, _ = loaded.vectors.nearest(embedder.embed_query(passages[0].text), len(passages))
    assert sorted(rows) == list(range(len(passages)))


def test_two_builds_of_one_corpus_are_one_index(tmp_path: Path) -> None:
    first = build(DEFAULT_TEXTS, tmp_path / "one", FakeEmbedder())
    second = build(DEFAULT_TEXTS, tmp_path / "two", FakeEmbedder())
    assert first.built_at != second.built_at
    assert first.sha == second.sha
    assert first.sha != build(records(tmp_path, *LINES), tmp_path / "three", FakeEmbedder()).sha


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def _halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("damage", [_append, _flip, _halve, os.remove])
def test_any_file_altered_truncated_or_missing_is_refused_with_the_command(
    out: Path, damage: Callable[[Path], None]
) -> None:
    folder = generation(out)
    for path in sorted(p for p in folder.iterdir() if p.name != "manifest.json"):
        whole = path.read_bytes()
        damage(path)
        with pytest.raises(store.DamagedIndexError, match=f"{path.name}.*{MENDS} --out {out}"):
            store.load(out)
        path.write_bytes(whole)
    store.load(out)


@pytest.mark.parametrize("damage", [_halve, os.remove])
def test_a_manifest_that_is_truncated_or_missing_is_refused(
    out: Path, damage: Callable[[Path], None]
) -> None:
    damage(generation(out) / "manifest.json")
    with pytest.raises(store.DamagedIndexError, match=MENDS):
        store.load(out)


@pytest.mark.parametrize("pointer", ["", "generation-gone", "/etc", "../out", "a/b"])
def test_a_pointer_to_nothing_of_ours_is_refused(out: Path, pointer: str) -> None:
    (out / "CURRENT").write_text(pointer, encoding="utf-8")
    with pytest.raises(store.DamagedIndexError):
        store.load(out)


def test_a_foreign_pointer_is_refused_with_the_command(out: Path) -> None:
    (out / "CURRENT").write_text("../elsewhere", encoding="utf-8")
    with pytest.raises(store.DamagedIndexError, match=MENDS):
        store.load(out)


def test_a_folder_without_an_index_is_refused_with_the_command(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(store.DamagedIndexError, match=f"{MENDS} --out {folder}"):
            Index.open(folder, FakeEmbedder())


def test_another_embedder_is_refused(out: Path) -> None:
    with pytest.raises(store.StaleIndexError, match=rf"fake-pairs.*other.*{MENDS}"):
        Index.open(out, FakeEmbedder(name="other"))


def test_another_corpus_is_refused(out: Path) -> None:
    with pytest.raises(store.StaleIndexError, match=f"corpus_sha.*{MENDS}"):
        Index.open(out, FakeEmbedder(), corpus_sha="0" * 64)
    Index.open(out, FakeEmbedder(), corpus_sha=store.load_manifest(out).corpus_sha)


def test_the_command_for_a_stale_index_names_its_folder(out: Path) -> None:
    with pytest.raises(store.StaleIndexError, match=f"--out {out}"):
        Index.open(out, FakeEmbedder(name="other"))


def test_a_build_interrupted_while_embedding_leaves_the_old_index(
    out: Path, tmp_path: Path
) -> None:
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    other = records(tmp_path, "别的一句话。")
    with pytest.raises(KeyboardInterrupt):
        build(other, out, FakeEmbedder(fails_with=KeyboardInterrupt()))
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before
    assert best(out, "育儿补贴") == LINES[0]


def test_a_build_interrupted_while_writing_leaves_no_leftovers(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = sorted(out.rglob("*"))
    monkeypatch.setattr(faiss, "write_index", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build(records(tmp_path, "别的一句话。"), out, FakeEmbedder())
    assert sorted(out.rglob("*")) == before
    assert best(out, "育儿补贴") == LINES[0]


def test_an_interrupted_first_build_leaves_nothing_to_open(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(
            records(tmp_path, *LINES),
            tmp_path / "new",
            FakeEmbedder(fails_with=KeyboardInterrupt()),
        )
    assert not list(tmp_path.glob("new/*"))


def test_leftovers_of_a_build_killed_long_ago_go_with_the_next(out: Path, tmp_path: Path) -> None:
    (out / "generation-killed").mkdir()
    (out / "generation-killed" / "dense.faiss").write_bytes(b"half")
    os.utime(out / "generation-killed", (0, 0))
    build(records(tmp_path, *LINES), out, FakeEmbedder())
    assert sorted(p.name for p in out.iterdir()) == ["CURRENT", generation(out).name]


def test_the_swap_leaves_a_reader_with_the_old_index(out: Path, tmp_path: Path) -> None:
    reader = Index.open(out, FakeEmbedder())
    build(records(tmp_path, "育儿补贴另有规定。"), out, FakeEmbedder())
    assert reader.search("育儿补贴", 1)[0].passage.text == LINES[0]
    assert best(out, "育儿补贴") == "育儿补贴另有规定。"


def test_a_swap_while_a_reader_loads_gives_the_old_or_the_new(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_manifest = store.load_manifest
    swaps = iter([records(tmp_path, "别的一句话。")])

    def load_then_swap(folder: Path) -> store.Manifest:
        manifest = load_manifest(folder)
        for texts in swaps:
            build(texts, out, FakeEmbedder())
        return manifest

    monkeypatch.setattr(store, "load_manifest", load_then_swap)
    assert len(store.load(out).passages) in (1, len(LINES))


class _SwappedMeanwhile(Sequence[Passage]):
    """Passages at whose first reading somebody else builds the same index."""

    def __init__(self, passages: Sequence[Passage], meanwhile: Callable[[], object]) -> None:
        self._passages, self._meanwhile = passages, [meanwhile]

    def __getitem__(self, i: Any) -> Any:
        return self._passages[i]

    def __len__(self) -> int:
        return len(self._passages)

    def __iter__(self) -> Iterator[Passage]:
        while self._meanwhile:
            self._meanwhile.pop()()
        return iter(self._passages)


def test_two_builds_at_once_both_end_well(out: Path, tmp_path: Path) -> None:
    passages = store.load(out).passages
    texts = records(tmp_path, *LINES)
    slow = _SwappedMeanwhile(passages, lambda: build(texts, out, FakeEmbedder()))
    store.save(
        out,
        passages=slow,
        embeddings=FakeEmbedder().embed_passages([p.text for p in passages]),
        embedder="fake-pairs",
        corpus_sha="x",
    )
    assert best(out, "育儿补贴") == LINES[0]


def test_no_file_is_a_pickle(out: Path) -> None:
    for path in (p for p in out.rglob("*") if p.is_file()):
        head = path.read_bytes()[:2]
        assert not (head[:1] == b"\x80" and head[1:] in b"\x00\x01\x02\x03\x04\x05"), path
        assert path.suffix not in (".pkl", ".pickle", ".pt", ".joblib")
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)


class _Marks:
    """Unpickled, it would make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_a_planted_pickle_is_never_run(out: Path, tmp_path: Path) -> None:
    folder, mark = generation(out), tmp_path / "mark"
    for path in sorted(folder.glob("*.npy")):
        whole = path.read_bytes()
        np.save(path, np.array([_Marks(mark)], dtype=object), allow_pickle=True)
        _reseal(folder)
        with pytest.raises((ValueError, store.DamagedIndexError)):
            store.load(out)
        path.write_bytes(whole)
    assert not mark.exists()


def _reseal(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"] = {name: store._sha256(folder / name) for name in manifest["files"]}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "甲\n乙",
        "“引号”\\和\t制表",
        *(f"甲{c}乙" for c in "\u0085\u2028\u2029"),
    ],
)
def test_any_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    build(records(tmp_path, text, *LINES), tmp_path / "out", FakeEmbedder())
    assert store.load(tmp_path / "out").passages[0].text == text


def test_a_passage_of_every_shape_comes_back(tmp_path: Path) -> None:
    path = (Step("article", 120, 1), Step("clause", 2))
    passage = Passage(
        id="p1",
        locator=Locator("刑法", path),
        text="凡……者",
        heading_path=("编", "章"),
        span=Span(7, 11),
        n_tokens=9,
    )
    store.save(
        tmp_path,
        passages=[passage],
        embeddings=FakeEmbedder().embed_passages([passage.text]),
        embedder="fake-pairs",
        corpus_sha="x",
    )
    assert store.load(tmp_path).passages == (passage,)
