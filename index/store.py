"""The index on disk: vectors, BM25 and JSON, with a manifest, swapped in atomically, no pickle.

A folder holds one generation of files and CURRENT, which names it. A new generation is written
beside the old one and CURRENT replaced, so a reader sees the old index or the new, never a mix.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError

from corpus.document import Locator, Span
from corpus.errors import PolicyQAError
from index import vectors as vector_store
from index.late import FILE as LATE_FILE
from index.late import LateIndex
from index.lexical import LexicalIndex
from index.passage import Passage
from index.vectors import Vectors

FORMAT = 3
CUTTING = "clause-1, views clause+measure, late interaction"
_CURRENT = "CURRENT"
_ABANDONED_S = 24 * 3600
_SOFTWARE = ("faiss-cpu", "sentence-transformers", "bm25s", "numpy")


class StaleIndexError(PolicyQAError):
    """The index does not belong to the corpus, the embedder or this version of the code."""


class DamagedIndexError(PolicyQAError):
    """The index is missing, incomplete, altered or not one of ours."""


class Manifest(BaseModel):
    """What an index was made of; `files` maps each file's name to its sha256.

    `vectors` is the name under which a Milvus holds the vectors; empty where a file does.
    """

    format: int
    cutting: str
    embedder: str
    dimension: int
    corpus_sha: str
    n_passages: int
    built_at: dt.datetime
    software: dict[str, str]
    files: dict[str, str]
    vectors: str = ""

    @property
    def sha(self) -> str:
        """A hash that tells this index from any other, whenever it was built."""
        made_of = self.model_dump_json(exclude={"built_at", "vectors"})
        return hashlib.sha256(made_of.encode()).hexdigest()

    def require(
        self, out: Path, *, embedder: str, corpus_sha: str | None, place: str | None = None
    ) -> None:
        """Hold the index in `out` against what is wanted; a `corpus_sha` of None accepts any corpus.

        `place` is where vectors lie; None: where the environment says.

        Raises:
            StaleIndexError: it was made of something else.
        """
        wanted = {"format": FORMAT, "cutting": CUTTING, "embedder": embedder}
        if corpus_sha is not None:
            wanted["corpus_sha"] = corpus_sha
        for name, value in wanted.items():
            found = getattr(self, name)
            if found != value:
                raise StaleIndexError(
                    f"the index was built from {name} {str(found)[:24]} but {str(value)[:24]} is "
                    f"wanted now; run: python -m index.build --out {out}"
                )
        place = vector_store.default_place() if place is None else place
        if misplaced := vector_store.find_misplaced(self.vectors, place):
            raise StaleIndexError(
                f"the index's vectors {misplaced}; run: python -m index.build --out {out}"
            )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _passage_record(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "locator": str(passage.locator),
        "text": passage.text,
        "heading_path": passage.heading_path,
        "start": passage.span.start,
        "end": passage.span.end,
        "n_tokens": passage.n_tokens,
    }


def _read_passage(record: dict[str, Any]) -> Passage:
    return Passage(
        id=record["id"],
        locator=Locator.parse(record["locator"]),
        text=record["text"],
        heading_path=tuple(record["heading_path"]),
        span=Span(record["start"], record["end"]),
        n_tokens=record["n_tokens"],
    )


def _write_files(folder: Path, passages: Sequence[Passage], late: LateIndex | None) -> None:
    LexicalIndex.build([p.embedded_text for p in passages]).save(folder)
    if late is not None:
        late.save(folder)
    with (folder / "passages.jsonl").open("w", encoding="utf-8") as file:
        for passage in passages:
            file.write(json.dumps(_passage_record(passage), ensure_ascii=False) + "\n")


@contextlib.contextmanager
def _new_generation(out: Path) -> Iterator[Path]:
    """A folder to write into; gone again when writing fails or is interrupted."""
    out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="generation-", dir=out))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _remove_others(out: Path, kept: Path, previous: Path | None, place: str) -> None:
    """Remove older generations, and what a killed build left; another build may be writing now.

    One whose vectors lie elsewhere may still be searched by who opened it: it goes a build later.
    """
    for other in out.glob("generation-*"):
        with contextlib.suppress(OSError):
            is_whole = (other / "manifest.json").is_file()
            is_old = time.time() - other.stat().st_mtime > _ABANDONED_S
            if other != kept and (is_whole or is_old):
                with contextlib.suppress(PolicyQAError):
                    vectors = _read_manifest(out, other).vectors
                    if vectors and other == previous:
                        continue
                    vector_store.forget(vectors, place)
                shutil.rmtree(other, ignore_errors=True)


def save(
    out: Path,
    *,
    passages: Sequence[Passage],
    embeddings: np.ndarray,
    late: LateIndex | None = None,
    embedder: str,
    corpus_sha: str,
    place: str = "",
) -> Manifest:
    """Write a new index into `out` and swap it in; `embeddings` is (n, dimension) float32.

    `place`: where the vectors go, a Milvus or, empty, a file beside the rest.

    Raises:
        PolicyQAError: the place cannot be used; the old index stands.
    """
    previous = None
    with contextlib.suppress(DamagedIndexError):
        previous = _generation(out)
    with _new_generation(out) as folder:
        _write_files(folder, passages, late)
        kept = vector_store.save(folder, embeddings, place)
        manifest = Manifest(
            format=FORMAT,
            cutting=CUTTING,
            embedder=embedder,
            dimension=int(embeddings.shape[1]),
            corpus_sha=corpus_sha,
            n_passages=len(passages),
            built_at=dt.datetime.now(dt.UTC),
            software={name: version(name) for name in _SOFTWARE},
            files={p.name: _sha256(p) for p in sorted(folder.iterdir())},
            vectors=kept,
        )
        (folder / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        pointer = folder / _CURRENT
        pointer.write_text(folder.name, encoding="utf-8")
        os.replace(pointer, out / _CURRENT)
    _remove_others(out, folder, previous, place)
    return manifest


def _generation(out: Path) -> Path:
    try:
        name = (out / _CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedIndexError(
            f"{out} holds no index; run: python -m index.build --out {out}"
        ) from error
    if Path(name).name != name:
        raise DamagedIndexError(
            f"{out / _CURRENT} names a foreign folder; run: python -m index.build --out {out}"
        )
    return out / name


def load_manifest(out: Path) -> Manifest:
    """The manifest of the index in a folder.

    Raises:
        DamagedIndexError: there is none, or it is not one of ours.
    """
    return _read_manifest(out, _generation(out))


def _read_manifest(out: Path, folder: Path) -> Manifest:
    try:
        return Manifest.model_validate_json((folder / "manifest.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise DamagedIndexError(
            f"the manifest of {out} cannot be used; run: python -m index.build --out {out}"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Everything in an index folder; `late` is None where the corpus is too large for it."""

    manifest: Manifest
    passages: tuple[Passage, ...]
    vectors: Vectors
    lexical: LexicalIndex
    late: LateIndex | None


def load(out: Path, place: str | None = None) -> Loaded:
    """Everything in an index folder, after its files were held against the manifest's hashes.

    Raises:
        DamagedIndexError: a file is missing, altered or unreadable.
        PolicyQAError: the place of the vectors cannot be reached.
    """
    place = vector_store.default_place() if place is None else place
    folder = _generation(out)
    try:
        return _load_generation(out, folder, place)
    except (DamagedIndexError, OSError):
        # A build may have swapped a new generation in and removed the one being read.
        if (swapped_in := _generation(out)) == folder:
            raise
        return _load_generation(out, swapped_in, place)


def _load_generation(out: Path, folder: Path, place: str) -> Loaded:
    manifest = _read_manifest(out, folder)
    for name, sha in manifest.files.items():
        path = folder / Path(name).name
        if not path.is_file() or _sha256(path) != sha:
            raise DamagedIndexError(
                f"{path} is missing or altered; run: python -m index.build --out {out}"
            )
    lines = (folder / "passages.jsonl").read_text(encoding="utf-8").split("\n")
    passages = tuple(_read_passage(json.loads(line)) for line in lines if line)
    return Loaded(
        manifest=manifest,
        passages=passages,
        vectors=vector_store.load(folder, manifest.vectors, place),
        lexical=LexicalIndex.load(folder, len(passages)),
        late=LateIndex.load(folder) if LATE_FILE in manifest.files else None,
    )
