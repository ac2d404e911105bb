"""Vectors kept by the text they were made of, so that a text is embedded once."""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from index.embed import Embedder
from index.weights import open_store

# Embedded and kept together: what a stopped build loses at most.
_CHUNK = 256
_SHOW_PROGRESS_FROM = 500
_TABLES = ("vectors", "passage_tokens", "query_tokens")


def default_cache(embedder: Embedder) -> Path:
    """Where an embedder's vectors are kept, beside the weights."""
    name = hashlib.sha256(embedder.name.encode()).hexdigest()[:16]
    return open_store().root / "vectors" / f"{name}.sqlite"


class VectorCache:
    """An embedder's vectors and token vectors in a SQLite file, by the sha256 of their texts.

    Several processes may use it at once. A file that cannot be used is as good as none: a cache may
    cost time, never an answer.
    """

    def __init__(self, path: Path | None, embedder: Embedder) -> None:
        """`path` None: nothing outlives this object."""
        self._embedder = embedder
        self._database = _open(path)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """(n, dimension) float32, one row a text; only texts not seen before are embedded.

        They are embedded in order of length, so that texts of a batch are alike long, and kept as
        they come: a build that was stopped goes on where it was.
        """
        made = self._made("vectors", texts, self._embedder.embed_passages, np.float32)
        return np.stack([rows[0] for rows in made])

    def embed_passage_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """What the embedder's method of this name gives, in float16."""
        return self._made("passage_tokens", texts, self._embedder.embed_passage_tokens, np.float16)

    def embed_queries_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """What the embedder's method of this name gives, in float16."""
        return self._made("query_tokens", texts, self._embedder.embed_queries_tokens, np.float16)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _made(
        self,
        table: str,
        texts: Sequence[str],
        make: Callable[[Sequence[str]], Sequence[np.ndarray] | np.ndarray],
        kind: type[np.floating],
    ) -> list[np.ndarray]:
        """For each text its rows (m, dimension), from the table or made and kept."""
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        found = self._read(table, set(keys), kind)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        by_length = sorted(missing.items(), key=lambda item: len(item[1]))
        is_long = len(by_length) >= _SHOW_PROGRESS_FROM
        with tqdm(
            total=len(by_length),
            unit="passage",
            desc="embedding",
            disable=not (is_long and sys.stderr.isatty()),
        ) as bar:
            for start in range(0, len(by_length), _CHUNK):
                chunk = by_length[start : start + _CHUNK]
                rows = [np.atleast_2d(r).astype(kind) for r in make([text for _, text in chunk])]
                made = dict(zip((key for key, _ in chunk), rows, strict=True))
                self._keep(table, made)
                found |= made
                bar.update(len(chunk))
        return [found[key] for key in keys]

    def _read(
        self, table: str, keys: set[bytes], kind: type[np.floating]
    ) -> dict[bytes, np.ndarray]:
        is_tokens = table != "vectors"  # a text has many of those
        size = self._embedder.dimension * np.dtype(kind).itemsize
        if len(keys) < _CHUNK:
            marks = ",".join("?" * len(keys))
            rows = self._database.execute(
                f"SELECT key, vector FROM {table} WHERE key IN ({marks})", tuple(keys)
            )
        else:
            rows = self._database.execute(f"SELECT key, vector FROM {table}")
        return {
            key: np.frombuffer(vector, dtype=kind).reshape(-1, self._embedder.dimension)
            for key, vector in rows
            if key in keys and (len(vector) == size or (is_tokens and len(vector) % size == 0))
        }

    def _keep(self, table: str, made: dict[bytes, np.ndarray]) -> None:
        rows = [(key, vectors.tobytes()) for key, vectors in made.items()]
        with self._database:
            self._database.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", rows)


def _open(path: Path | None) -> sqlite3.Connection:
    if path is None:
        return _prepare(sqlite3.connect(":memory:"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _prepare(sqlite3.connect(path, timeout=30))
    except (sqlite3.Error, OSError) as error:
        print(f"vectors are not kept this time: {path}: {error}", file=sys.stderr)
        return _prepare(sqlite3.connect(":memory:"))


def _prepare(database: sqlite3.Connection) -> sqlite3.Connection:
    with database:
        for table in _TABLES:
            database.execute(
                f"CREATE TABLE IF NOT EXISTS {table} (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
            )
    return database
