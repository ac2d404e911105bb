"""The statutes by other people's ways: LangChain's splitter and store, and txtai.

Both get the product's embedder, and its kept vectors where a text is the same.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from index.cache import VectorCache, default_cache
from index.embed import Embedder
from index.search import Index
from index.store import Loaded

_CHUNK = 500
_OVERLAP = 50
_DEPTH = 100

Search = Callable[[str], list[str]]


def _recall(found: Sequence[str], gold: Sequence[str], k: int) -> float:
    return len(set(found[:k]) & set(gold)) / len(gold)


def _measure(search: Search, asked: Sequence[dict[str, Any]], build_s: float) -> dict[str, Any]:
    """`search` gives articles' ids, best first."""
    times, found = [], []
    for record in asked:
        started = time.perf_counter()
        found.append(list(dict.fromkeys(search(record["question"]))))
        times.append(time.perf_counter() - started)
    recalls = {
        f"recall_{k}": round(
            statistics.mean(_recall(f, a["gold"], k) for f, a in zip(found, asked, strict=True)), 4
        )
        for k in (10, _DEPTH)
    }
    times.sort()
    return {
        "build_s": round(build_s, 1),
        "p50_ms": round(1e3 * statistics.median(times), 1),
        "p95_ms": round(1e3 * times[round(0.95 * (len(times) - 1))], 1),
        **recalls,
    }


def _langchain(embedder: Embedder, loaded: Loaded, vectors: VectorCache) -> Search:
    from langchain_community.docstore.in_memory import InMemoryDocstore
    from langchain_community.vectorstores import FAISS
    from langchain_core.embeddings import Embeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    class Kept(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            rows: list[list[float]] = vectors.embed(texts).tolist()
            return rows

        def embed_query(self, text: str) -> list[float]:
            row: list[float] = embedder.embed_query(text).tolist()
            return row

    splitter = RecursiveCharacterTextSplitter(chunk_size=_CHUNK, chunk_overlap=_OVERLAP)
    chunks = splitter.create_documents(
        [p.embedded_text for p in loaded.passages], [{"id": p.id} for p in loaded.passages]
    )
    store = FAISS.from_documents(chunks, Kept())
    assert isinstance(store.docstore, InMemoryDocstore)
    return lambda question: [
        document.metadata["id"] for document in store.similarity_search(question, k=_DEPTH)
    ]


def _txtai(embedder: Embedder, loaded: Loaded, vectors: VectorCache) -> Search:
    from txtai import Embeddings

    def transform(texts: list[str]) -> Any:
        if len(texts) == 1:
            return embedder.embed_query(texts[0])[None, :]
        return vectors.embed(texts)

    store = Embeddings(method="external", transform=transform, hybrid=True, content=False)
    store.index((p.id, p.embedded_text, None) for p in loaded.passages)
    return lambda question: [found for found, _ in store.search(question, _DEPTH)]


def compare_peers(
    embedder: Embedder, loaded: Loaded, asked: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Each way's build without embedding, its search of all questions, and what it finds."""
    index = Index(
        manifest=loaded.manifest,
        passages=loaded.passages,
        vectors=loaded.vectors,
        lexical=loaded.lexical,
        late=None,
        embedder=embedder,
    )
    report: dict[str, Any] = {}
    report["policyqa"] = _measure(
        lambda question: [hit.passage.id for hit in index.search(question, _DEPTH)], asked, 0.0
    )
    ways = {"langchain": _langchain, "txtai": _txtai}
    with contextlib.closing(VectorCache(default_cache(embedder), embedder)) as vectors:
        for name, make in ways.items():
            started = time.perf_counter()
            try:
                search = make(embedder, loaded, vectors)
            except ImportError:
                report[name] = f"not installed; pip install {name}"
                continue
            report[name] = _measure(search, asked, time.perf_counter() - started)
            print(name, report[name], file=sys.stderr, flush=True)
    return report
