"""How search grows: `python -m eval.bench_retrieval [--work DIR] [--largest N] [--part P …]`.

Needs the statutes of POLICYQA_BENCH and the weights. Prints one JSON object; all of it from one run:

- `sizes`: one client's search, the question's embedding included, over parts and enlargements of the
  58,701 articles; larger than these they are *synthetic*: real vectors with noise (cosine about 0.9
  with the real one) and real words' postings repeated. Exact search beside a graph: seconds
  to build, bytes, milliseconds, how many of the exact first ten and hundred it finds, and the graph with
  twenty clients at once.
- `change`: seconds until one changed clause of the policy is live while searches go on.
- `peers`: the same articles by LangChain's splitter and store, and by txtai where it is installed.

Medians and 95th percentiles are over questions of the statutes' development file; what the peers find
is told on those kept aside from learning.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import psutil
import scipy.sparse

from corpus.errors import PolicyQAError
from eval.bench_change import time_change
from eval.bench_peers import compare_peers
from eval.statutes import bench_folder, is_told_on, open_statutes, read_questions
from index.embed import Embedder, SentenceEmbedder
from index.lexical import LexicalIndex
from index.search import Index
from index.store import Loaded
from index.vectors import FlatVectors, GraphVectors, Vectors, join

WORK = Path(__file__).parent / "reports" / "bench-retrieval"
_SIZES = (10_000, 58_701, 250_000, 1_000_000)
_QUESTIONS = 200
_CLIENTS = 20
_NOISE = 0.48
_PARTS = ("sizes", "change", "peers")


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return {"p50_ms": round(1e3 * statistics.median(ordered), 1), "p95_ms": round(1e3 * p95, 1)}


def timed(run: Callable[[], Any]) -> tuple[Any, float]:
    """What `run` gives, and its seconds."""
    started = time.perf_counter()
    return run(), time.perf_counter() - started


def _enlarge(loaded: Loaded, real: np.ndarray, n: int) -> tuple[np.ndarray, LexicalIndex]:
    """Vectors (n, dimension) and postings of the first `n` passages, or of noisy copies beyond."""
    random = np.random.default_rng(n)
    blocks, words = [], []
    for start in range(0, n, len(real)):
        block = real[: min(len(real), n - start)]
        if start:
            noise = random.normal(size=block.shape).astype(np.float32)
            noise *= _NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
            block = block + noise
            block /= np.linalg.norm(block, axis=1, keepdims=True)
        blocks.append(block)
        words.append(_postings(loaded.lexical)[: len(block)])
    matrix = scipy.sparse.vstack(words, format="csc")
    bm25 = copy.copy(loaded.lexical.bm25)
    bm25.scores = {
        "data": matrix.data,
        "indices": matrix.indices.astype(np.int32),
        "indptr": matrix.indptr.astype(np.int32),
        "num_docs": n,
    }
    return np.concatenate(blocks), LexicalIndex(bm25, n)


def _postings(lexical: LexicalIndex) -> Any:
    """BM25's weights as a (passages, words) sparse matrix."""
    kept = lexical.bm25.scores
    shape = (lexical.size, len(kept["indptr"]) - 1)
    return scipy.sparse.csc_matrix((kept["data"], kept["indices"], kept["indptr"]), shape).tocsr()


def _flat(vectors: np.ndarray) -> faiss.Index:
    stored = faiss.IndexFlatIP(vectors.shape[1])
    stored.add(vectors)
    return stored


def _recall(found: Sequence[np.ndarray], exact: Sequence[np.ndarray], k: int) -> float:
    shares = [len(set(f[:k]) & set(e[:k])) / k for f, e in zip(found, exact, strict=True)]
    return round(statistics.mean(shares), 4)


def _measure_kinds(
    index: Callable[[Vectors], Index],
    vectors: np.ndarray,
    questions: Sequence[str],
    embedder: Embedder,
) -> dict[str, Any]:
    """Exact search and a graph over the same vectors."""
    kinds: dict[str, Callable[[np.ndarray], faiss.Index]] = {
        "exact": _flat,
        "graph": join,
    }
    found: dict[str, Any] = {}
    exact: list[np.ndarray] = []
    for name, make in kinds.items():
        stored, seconds = timed(partial(make, vectors))
        size = len(faiss.serialize_index(stored))
        record: dict[str, Any] = {"build_s": round(seconds, 1), "bytes": size}
        opened: Vectors = FlatVectors(stored) if name == "exact" else GraphVectors(stored)
        record |= percentiles(_search_times(index(opened), questions))
        nearest = partial(_nearest, opened)
        rows = [nearest(embedder.embed_query(question)) for question in questions]
        if name == "exact":
            exact = rows
        else:
            record |= {f"of_exact_{k}": _recall(rows, exact, k) for k in (10, 100)}
            record["twenty_clients"] = _measure_clients(index(opened), questions)
        found[name] = record
        print(len(vectors), name, record, file=sys.stderr, flush=True)
    return found


def _nearest(vectors: Vectors, query: np.ndarray) -> np.ndarray:
    return vectors.nearest(query, 100)[0]


def _search_times(index: Index, questions: Sequence[str]) -> list[float]:
    index.search("热身", 10)
    return [timed(partial(index.search, question, 10))[1] for question in questions]


def _measure_clients(index: Index, questions: Sequence[str]) -> dict[str, Any]:
    """Twenty clients, each with the next question as soon as it has an answer."""
    lock, times = threading.Lock(), []

    def ask(question: str) -> None:
        seconds = timed(partial(index.search, question, 10))[1]
        with lock:
            times.append(seconds)

    with ThreadPoolExecutor(_CLIENTS) as clients:
        seconds = timed(lambda: list(clients.map(ask, questions)))[1]
    return percentiles(times) | {"questions_per_s": round(len(questions) / seconds, 1)}


def measure(work: Path, parts: Sequence[str], largest: int) -> dict[str, Any]:
    """All parts asked for.

    Raises:
        PolicyQAError: the statutes or the weights are not there.
    """
    bench = bench_folder()
    embedder = SentenceEmbedder()
    report: dict[str, Any] = {"cores": psutil.cpu_count(), "largest": largest}
    if "change" in parts:
        report["change"] = time_change(embedder, work)
    if not {"sizes", "peers"} & set(parts):
        return report
    loaded, seconds = timed(partial(open_statutes, work / "statutes", embedder))
    report["statutes"] = {"passages": len(loaded.passages), "build_and_open_s": round(seconds, 1)}
    report["statutes"]["resident_gib"] = round(psutil.Process().memory_info().rss / 2**30, 2)
    asked = read_questions(bench)
    questions = [record["question"] for record in asked[:_QUESTIONS]]
    assert isinstance(loaded.vectors, FlatVectors | GraphVectors)
    real = loaded.vectors.rows
    for n in [size for size in _SIZES if size <= largest]:
        vectors, lexical = _enlarge(loaded, real, n)
        passages = [loaded.passages[row % len(real)] for row in range(n)]

        def index(opened: Vectors, passages: Any = passages, lexical: Any = lexical) -> Index:
            return Index(
                manifest=loaded.manifest,
                passages=passages,
                vectors=opened,
                lexical=lexical,
                late=None,
                embedder=embedder,
            )

        if "sizes" in parts:
            report.setdefault("sizes", {})[n] = _measure_kinds(index, vectors, questions, embedder)
    if "peers" in parts:
        report["peers"] = compare_peers(
            embedder, loaded, [record for record in asked if is_told_on(record["id"])]
        )
    return report


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="eval.bench_retrieval", description=__doc__)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--largest", type=int, default=_SIZES[-1])
    parser.add_argument("--part", choices=_PARTS, nargs="+", default=list(_PARTS))
    args = parser.parse_args()
    try:
        print(json.dumps(measure(args.work, args.part, args.largest), indent=1))
    except PolicyQAError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
