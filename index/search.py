"""Question → hits, no language model: `python -m index.search "question"`, or in batch."""

from __future__ import annotations

import argparse
import copy
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.document import Locator
from corpus.errors import PolicyQAError
from corpus.load import DEFAULT_TEXTS
from index import store
from index.adapter import Adapter
from index.build import DEFAULT_OUT, build, source_hash
from index.cache import default_cache
from index.embed import Embedder, SentenceEmbedder
from index.fuse import best_positive_rows, best_rows, fuse
from index.jsonl import read_questions, write_lines
from index.late import ASKED_WEIGHT, NEAREST, LateIndex
from index.lexical import LexicalIndex
from index.passage import Hit, Passage
from index.topics import READ_TOPIC_WEIGHT, TOPIC_WEIGHT, UNKNOWN_ODDS, Topics
from index.vectors import Vectors

# Where there is no late interaction. Chosen on 381 of the statutes' development questions over 11,887
# articles: Recall@10 is 0.638 for dense scores alone, 0.67 from 0.001 to 0.003, 0.656 at 0.004.
LEXICAL_WEIGHT = 0.0015
# How a policy's clauses are scored, for what is learned from the scores.
SCORING = f"asked {ASKED_WEIGHT} of {NEAREST}, topics {TOPIC_WEIGHT}, read {READ_TOPIC_WEIGHT}"
# The best of either search that are looked at together; a hit has no rank in a list beyond them.
_DENSE_CANDIDATES = 1000
_LEXICAL_CANDIDATES = 300


class Index:
    """An index in memory, ready to be searched."""

    def __init__(
        self,
        *,
        manifest: store.Manifest,
        passages: Sequence[Passage],
        vectors: Vectors,
        lexical: LexicalIndex,
        late: LateIndex | None,
        embedder: Embedder,
    ) -> None:
        self.manifest = manifest
        self.passages = tuple(passages)
        self.embedder = embedder
        self._vectors = vectors
        self._lexical = lexical
        self._late = late
        # Learned on laws; a policy has late interaction.
        is_law = late is None and any(p.locator.path[-1].kind == "article" for p in self.passages)
        self._adapter = Adapter.load(embedder.name) if is_law else None
        self._topics = Topics.load(embedder.name) if late is not None else None

    @classmethod
    def open(
        cls,
        out: Path,
        embedder: Embedder,
        *,
        corpus_sha: str | None = None,
        place: str | None = None,
    ) -> Index:
        """Load an index that was built with this embedder, from this corpus if one is named.

        `place` is where its vectors lie; None: where the environment says.

        Raises:
            StaleIndexError: it was built from something else.
            DamagedIndexError: files are missing or altered.
            PolicyQAError: the place of the vectors cannot be reached.
        """
        manifest = store.load_manifest(out)
        manifest.require(out, embedder=embedder.name, corpus_sha=corpus_sha, place=place)
        loaded = store.load(out, place)
        return cls(
            manifest=loaded.manifest,
            passages=loaded.passages,
            vectors=loaded.vectors,
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
        changed = copy.copy(self)
        changed._late = late
        return changed

    def with_topics(self, topics: Topics | None) -> Index:
        """The same index with other models of what its measures are asked: for learning on."""
        changed = copy.copy(self)
        changed._topics = topics
        return changed

    def topic_odds(self, query: str) -> dict[Locator, float]:
        """How much a query speaks of each measure that was learned about: logits; may be empty."""
        if self._topics is None:
            return {}
        return self._topics.odds(self.embedder.embed_query(query))

    @property
    def is_late(self) -> bool:
        """Whether scores are those of late interaction; else of dense and lexical search."""
        return self._late is not None

    def search(self, query: str, top_k: int) -> tuple[Hit, ...]:
        """The best `top_k` passages, best first; fewer when the index is smaller.

        They are scored by late interaction where the index has it, else by dense and lexical
        scores together.
        """
        vector = self.embedder.embed_query(query)
        if self._adapter is not None:
            vector = self._adapter.apply(vector)
        near, near_scores = self._vectors.nearest(vector, max(top_k, _DENSE_CANDIDATES))
        lexical = self._lexical.scores(query)
        worded = best_positive_rows(lexical, max(top_k, _LEXICAL_CANDIDATES))
        if self._late is not None:
            rows = np.arange(len(self.passages))
            scores = self._late.scores(self.embedder.embed_query_tokens(query))
            scores += TOPIC_WEIGHT * self._topic_logits(query)
        else:
            others = np.setdiff1d(worded, near)
            rows = np.concatenate([near, others])
            dense = np.concatenate([near_scores, self._vectors.scores_of(vector, others)])
            order = np.argsort(rows)  # so that equals stand in the order of the passages
            rows, dense = rows[order], dense[order]
            scores = fuse(dense, lexical[rows], lexical_weight=LEXICAL_WEIGHT)
        dense_ranks = {int(row): rank for rank, row in enumerate(near, start=1)}
        lexical_ranks = {int(row): rank for rank, row in enumerate(worded, start=1)}
        best = best_rows(scores, top_k)
        return tuple(
            Hit(
                passage=self.passages[row],
                rank=rank,
                score=float(score),
                dense_rank=dense_ranks.get(int(row)),
                lexical_rank=lexical_ranks.get(int(row)),
            )
            for rank, (row, score) in enumerate(zip(rows[best], scores[best], strict=True), start=1)
        )

    def _topic_logits(self, query: str) -> np.ndarray:
        """Of each passage its measure's (n,) float32; 0 where none of them was learned about."""
        odds = self.topic_odds(query)
        own = (odds.get(passage.locator.measure_locator, np.nan) for passage in self.passages)
        logits = np.fromiter(own, dtype=np.float32, count=len(self.passages))
        known = ~np.isnan(logits)
        logits[~known] = UNKNOWN_ODDS if known.any() else 0.0
        return logits

    def close(self) -> None:
        """Let go of files and connections."""
        self._vectors.close()


def open_default(
    embedder: Embedder,
    texts: Path = DEFAULT_TEXTS,
    out: Path = DEFAULT_OUT,
    *,
    place: str | None = None,
) -> Index:
    """The default index, built first when it is missing, damaged or stale."""
    corpus_sha = source_hash(texts)
    try:
        return Index.open(out, embedder, corpus_sha=corpus_sha, place=place)
    except (store.StaleIndexError, store.DamagedIndexError) as reason:
        print(f"building the index ({reason})", file=sys.stderr)
        build(texts, out, embedder, cache=default_cache(embedder), place=place)
        return Index.open(out, embedder, corpus_sha=corpus_sha, place=place)


def open_named(out: Path, *, place: str | None = None) -> Index:
    """The index in a folder, with the embedder that its manifest names.

    Raises:
        PolicyQAError: the index is damaged, stale or foreign; the message tells what mends it.
    """
    return Index.open(out, SentenceEmbedder(store.load_manifest(out).embedder), place=place)


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
    if args.batch and args.out.resolve() == args.batch.resolve():
        parser.error("--out would overwrite the questions; give it another name")
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
