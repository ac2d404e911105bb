"""Question → hits, no language model: `python -m index.search "question"`, or in batch."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from corpus.errors import PolicyQAError
from corpus.load import DEFAULT_TEXTS
from index import store
from index.build import DEFAULT_OUT, build, source_hash
from index.cache import default_cache
from index.embed import Embedder, SentenceEmbedder
from index.fuse import best_rows, fuse, ranks_of
from index.jsonl import read_questions, write_lines
from index.late import LateIndex
from index.lexical import LexicalIndex
from index.passage import Hit, Passage

# Where there is no late interaction. Chosen on 381 of the statutes' development questions over 11,887
# articles: Recall@10 is 0.638 for dense scores alone, 0.67 from 0.001 to 0.003, 0.656 at 0.004.
LEXICAL_WEIGHT = 0.0015


class Index:
    """An index in memory, ready to be searched."""

    def __init__(
        self,
        *,
        manifest: store.Manifest,
        passages: Sequence[Passage],
        dense: faiss.Index,
        lexical: LexicalIndex,
        late: LateIndex | None,
        embedder: Embedder,
    ) -> None:
        self.manifest = manifest
        self.passages = tuple(passages)
        self.embedder = embedder
        self._dense = dense
        # A view of FAISS's own memory: all inner products at once, where a search would sort them.
        stored: Any = faiss.downcast_index(dense)
        size = dense.ntotal * dense.d
        self._vectors = faiss.rev_swig_ptr(stored.get_xb(), size).reshape(dense.ntotal, dense.d)
        self._lexical = lexical
        self._late = late

    @classmethod
    def open(cls, out: Path, embedder: Embedder, *, corpus_sha: str | None = None) -> Index:
        """Load an index that was built with this embedder, from this corpus if one is named.

        Raises:
            StaleIndexError: it was built from something else.
            DamagedIndexError: files are missing or altered.
        """
        store.load_manifest(out).require(out, embedder=embedder.name, corpus_sha=corpus_sha)
        loaded = store.load(out)
        return cls(
            manifest=loaded.manifest,
            passages=loaded.passages,
            dense=loaded.dense,
            lexical=loaded.lexical,
            late=loaded.late,
            embedder=embedder,
        )

    @property
    def late(self) -> LateIndex | None:
        """Late interaction, where the index has it."""
        return self._late

    def with_late(self, late: LateIndex) -> Index:
        """The same index with another late interaction: for measuring what it does."""
        return Index(
            manifest=self.manifest,
            passages=self.passages,
            dense=self._dense,
            lexical=self._lexical,
            late=late,
            embedder=self.embedder,
        )

    @property
    def is_late(self) -> bool:
        """Whether scores are those of late interaction; else of dense and lexical search."""
        return self._late is not None

    def search(self, query: str, top_k: int) -> tuple[Hit, ...]:
        """The best `top_k` passages, best first; fewer when the index is smaller.

        They are scored by late interaction where the index has it, else by dense and lexical
        scores together.
        """
        dense = self._dense_scores(self.embedder.embed_query(query))
        lexical = self._lexical.scores(query)
        if self._late is not None:
            fused = self._late.scores(self.embedder.embed_query_tokens(query))
        else:
            fused = fuse(dense, lexical, lexical_weight=LEXICAL_WEIGHT)
        order = best_rows(fused, top_k)
        dense_ranks, lexical_ranks = ranks_of(dense, order), ranks_of(lexical, order)
        return tuple(
            Hit(
                passage=self.passages[row],
                rank=rank,
                score=float(fused[row]),
                dense_rank=int(dense_rank),
                lexical_rank=int(lexical_rank) if lexical[row] > 0 else None,
            )
            for rank, (row, dense_rank, lexical_rank) in enumerate(
                zip(order, dense_ranks, lexical_ranks, strict=True), start=1
            )
        )

    def _dense_scores(self, query: np.ndarray) -> np.ndarray:
        """The query's inner product with every passage, in the order of the passages: (n,) float32."""
        scores: np.ndarray = self._vectors @ query
        return scores


def open_default(embedder: Embedder, texts: Path = DEFAULT_TEXTS, out: Path = DEFAULT_OUT) -> Index:
    """The default index, built first when it is missing, damaged or stale."""
    corpus_sha = source_hash(texts)
    try:
        return Index.open(out, embedder, corpus_sha=corpus_sha)
    except (store.StaleIndexError, store.DamagedIndexError) as reason:
        print(f"building the index ({reason})", file=sys.stderr)
        build(texts, out, embedder, cache=default_cache(embedder))
        return Index.open(out, embedder, corpus_sha=corpus_sha)


def open_named(out: Path) -> Index:
    """The index in a folder, with the embedder that its manifest names.

    Raises:
        PolicyQAError: the index is damaged, stale or foreign; the message tells what mends it.
    """
    return Index.open(out, SentenceEmbedder(store.load_manifest(out).embedder))


def hit_record(hit: Hit) -> dict[str, Any]:
    """A hit as JSON values, in the form of the batch output."""
    return {
        "id": hit.passage.id,
        "locator": str(hit.passage.locator),
        "measure": hit.passage.locator.measure,
        "rank": hit.rank,
        "score": round(hit.score, 6),
    }


def _search_batch(index: Index, questions: Path, out: Path, top_k: int) -> None:
    asked = read_questions(questions)

    def records() -> Any:
        for question in asked:
            started = time.perf_counter()
            hits = index.search(question.question, top_k)
            seconds = round(time.perf_counter() - started, 6)
            yield {"id": question.id, "hits": [*map(hit_record, hits)], "seconds": seconds}

    write_lines(out, records())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="index.search", description=__doc__)
    parser.add_argument("question", nargs="?")
    parser.add_argument("--batch", type=Path, metavar="Q.jsonl")
    parser.add_argument("--out", type=Path, metavar="H.jsonl")
    parser.add_argument("--top-k", type=int, default=10)
    parser.add_argument("--index", type=Path, metavar="DIR")
    args = parser.parse_args()
    if (args.question is None) == (args.batch is None) or (args.batch and not args.out):
        parser.error("give a question, or --batch Q.jsonl with --out H.jsonl")
    if args.top_k < 1:
        parser.error("--top-k must be at least 1")
    return args


def main() -> int:
    """Search one question, or a file of them."""
    args = _arguments()
    try:
        index = open_named(args.index) if args.index else open_default(SentenceEmbedder())
        if args.batch:
            _search_batch(index, args.batch, args.out, args.top_k)
            return 0
        hits = index.search(args.question, args.top_k)
    except PolicyQAError as error:
        print(error, file=sys.stderr)
        return 1
    texts = [{**hit_record(hit), "text": hit.passage.text} for hit in hits]
    print(json.dumps({"question": args.question, "hits": texts}, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
