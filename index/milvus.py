"""Passage vectors in a Milvus: a cluster by its address, or Milvus Lite in a local file."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from corpus.errors import PolicyQAError

TOKEN_VARIABLE = "POLICYQA_MILVUS_TOKEN"
_PREFIX = "policyqa_"
_BATCH = 2000
_SHOW_PROGRESS_FROM = 20_000
# What a Milvus hands out at most for one search.
_MOST_HITS = 16_384


class MilvusError(PolicyQAError):
    """The Milvus cannot be reached, or does not hold what an index says it holds."""


def _connect(place: str) -> Any:
    """A client of the Milvus at an address (http://host:19530) or in a file (vectors.db).

    Raises:
        MilvusError: it cannot be used; the message tells what to do.
    """
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        raise MilvusError("vectors in a Milvus need: pip install 'policyqa[milvus]'") from error
    if "://" not in place:
        Path(place).expanduser().parent.mkdir(parents=True, exist_ok=True)
    try:
        return MilvusClient(uri=place, token=os.environ.get(TOKEN_VARIABLE, ""))
    except Exception as error:  # its own errors, gRPC's and the operating system's
        raise MilvusError(
            f"no Milvus answers at {place} ({_first_line(error)}); start it, or correct "
            "POLICYQA_VECTORS. A local file serves one process at a time."
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().split("\n") or [""])[0][:200]


def save(place: str, embeddings: np.ndarray) -> str:
    """Put vectors (n, dimension) float32 into a new collection; returns its name.

    Raises:
        MilvusError: the Milvus cannot be used; nothing is left in it then.
    """
    from pymilvus import DataType, MilvusClient

    client = _connect(place)
    name = _PREFIX + uuid.uuid4().hex
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("row", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=int(embeddings.shape[1]))
    wanted = MilvusClient.prepare_index_params()
    # A Milvus picks the kind of index itself; Lite has an exact one alone.
    kind = "AUTOINDEX" if "://" in place else "FLAT"
    wanted.add_index("vector", index_type=kind, metric_type="IP")
    try:
        client.create_collection(name, schema=schema, index_params=wanted)
        starts = range(0, len(embeddings), _BATCH)
        is_quiet = len(embeddings) < _SHOW_PROGRESS_FROM
        for start in tqdm(starts, unit="batch", desc="to Milvus", disable=is_quiet):
            rows = enumerate(embeddings[start : start + _BATCH], start)
            client.insert(name, [{"row": row, "vector": vector} for row, vector in rows])
        client.flush(name)
    except BaseException as error:
        if client.has_collection(name):
            client.drop_collection(name)
        if isinstance(error, Exception):
            raise MilvusError(
                f"the Milvus at {place} did not take the vectors: {_first_line(error)}"
            ) from error
        raise
    finally:
        client.close()
    return name


def forget(place: str, name: str) -> None:
    """Remove a collection that `save` made, if it is there."""
    client = _connect(place)
    try:
        if name.startswith(_PREFIX) and client.has_collection(name):
            client.drop_collection(name)
    finally:
        client.close()


class MilvusVectors:
    """Vectors in a collection that `save` made; see index.vectors.Vectors."""

    def __init__(self, place: str, name: str) -> None:
        self._client = _connect(place)
        self._name = name
        self._place = place
        if not self._client.has_collection(name):
            self._client.close()
            raise MilvusError(
                f"the Milvus at {place} does not hold this index; run: python -m index.build"
            )
        self._client.load_collection(name)

    def nearest(self, query: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
        """See Vectors; at most 16,384."""
        (hits,) = self._ask(
            "search",
            data=[query],
            limit=min(n, _MOST_HITS),
            output_fields=["row"],
            search_params={"metric_type": "IP"},
        )
        rows = np.array([hit["row"] for hit in hits], dtype=np.int64)
        scores = np.array([hit["distance"] for hit in hits], dtype=np.float32)
        order = np.lexsort((rows, -scores))  # the earlier row first among equals
        return rows[order], scores[order]

    def scores_of(self, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """See Vectors."""
        if not len(rows):
            return np.empty(0, dtype=np.float32)
        found = self._ask("get", ids=[int(row) for row in rows], output_fields=["row", "vector"])
        vectors = {entity["row"]: entity["vector"] for entity in found}
        wanted = np.array([vectors[int(row)] for row in rows], dtype=np.float32)
        scores: np.ndarray = wanted @ query
        return scores

    def close(self) -> None:
        """See Vectors."""
        self._client.close()

    def _ask(self, method: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, method)(self._name, **arguments)
        except Exception as error:
            raise MilvusError(
                f"the Milvus at {self._place} failed: {_first_line(error)}"
            ) from error
