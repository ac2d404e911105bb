"""Corpus → index: `python -m index.build [--texts DIR_OR_FILE] [--out DIR]`."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus.document import Locator
from corpus.errors import PolicyQAError
from corpus.load import DEFAULT_TEXTS, corpus_hash, load_corpus
from corpus.questions import load_clause_questions, questions_hash
from index import store
from index.cache import VectorCache, default_cache
from index.embed import DEFAULT_EMBEDDER, Embedder, SentenceEmbedder
from index.late import MAX_PASSAGES, LateIndex
from index.passage import Passage, cut_passages
from index.records import is_records, load_records, records_hash
from index.vectors import default_place

DEFAULT_OUT = Path(__file__).parent / "built"


def source_hash(texts: Path) -> str:
    """The hash of what an index over `texts` is made of.

    Raises:
        PolicyQAError: the texts are missing or cannot be read.
    """
    if is_records(texts):
        return records_hash(texts)
    return corpus_hash(load_corpus(texts)) + questions_hash(load_clause_questions(texts))


def _load_passages(texts: Path, embedder: Embedder) -> tuple[Passage, ...]:
    if is_records(texts):
        return load_records(texts, embedder.count_tokens)
    passages = cut_passages(load_corpus(texts), embedder.count_tokens)
    if not passages:
        raise PolicyQAError(f"{texts} holds no numbered measure; there is nothing to index.")
    return passages


def embed_views(
    passages: Sequence[Passage], embed: Callable[[Sequence[str]], np.ndarray]
) -> np.ndarray:
    """One vector a passage: (n, dimension) float32, rows no longer than 1.

    `embed` makes one row of length 1 of each text.

    A clause of a measure is seen twice, alone and as its whole measure under its headings, and the
    two vectors are averaged without scaling back to length 1: where the views disagree the vector
    is shorter, and such a clause should weigh less (on development questions right-first rose from
    0.76 to 0.81). A passage that stands alone, such as a foreign record, is seen once.
    """
    groups: dict[Locator, list[Passage]] = defaultdict(list)
    for passage in passages:
        groups[passage.locator.measure_locator].append(passage)
    has_views = any(passage.locator.path[-1].kind == "clause" for passage in passages)
    if not has_views:
        return embed([p.embedded_text for p in passages])
    contexts = {
        locator: "。".join((*group[0].heading_path, "".join(p.text for p in group)))
        for locator, group in groups.items()
    }
    vectors = embed([*(p.text for p in passages), *contexts.values()])
    row = {locator: len(passages) + i for i, locator in enumerate(contexts)}
    whole = vectors[[row[p.locator.measure_locator] for p in passages]]
    mean: np.ndarray = (vectors[: len(passages)] + whole) / 2
    return mean


def build(
    texts: Path,
    out: Path,
    embedder: Embedder,
    *,
    cache: Path | None = None,
    place: str | None = None,
) -> store.Manifest:
    """Cut, embed and save; the index in `out` is replaced only once the new one is whole.

    Vectors of texts that were embedded before come from `cache`, where one is named. They go to
    `place`: a Milvus, "" for FAISS, None for where the environment says.

    Raises:
        PolicyQAError: the texts are missing, unreadable or hold nothing to index, or the place
            cannot be used.
    """
    passages = _load_passages(texts, embedder)
    late = None
    with contextlib.closing(VectorCache(cache, embedder)) as vectors:
        embeddings = embed_views(passages, vectors.embed)
        if not is_records(texts) and len(passages) <= MAX_PASSAGES:
            late = LateIndex.build(passages, load_clause_questions(texts), vectors)
    return store.save(
        out,
        passages=passages,
        embeddings=embeddings,
        late=late,
        embedder=embedder.name,
        corpus_sha=source_hash(texts),
        place=default_place() if place is None else place,
    )


def ensure_built(texts: Path, out: Path, embedder: str, *, place: str | None = None) -> None:
    """Build the index in `out` if it is missing, damaged or stale; load no model otherwise.

    Raises:
        PolicyQAError: the texts or the embedder cannot be used.
    """
    try:
        manifest = store.load_manifest(out)
        manifest.require(out, embedder=embedder, corpus_sha=source_hash(texts), place=place)
    except (store.StaleIndexError, store.DamagedIndexError) as reason:
        print(f"building the index ({reason})", file=sys.stderr)
        opened = SentenceEmbedder(embedder)
        build(texts, out, opened, cache=default_cache(opened), place=place)


def main() -> int:
    """Build an index and print what was built."""
    parser = argparse.ArgumentParser(prog="index.build", description=__doc__)
    parser.add_argument("--texts", type=Path, default=DEFAULT_TEXTS)
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT)
    parser.add_argument("--embedder", default=DEFAULT_EMBEDDER)
    args = parser.parse_args()
    started = time.perf_counter()
    try:
        embedder = SentenceEmbedder(args.embedder)
        manifest = build(args.texts, args.out, embedder, cache=default_cache(embedder))
    except PolicyQAError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the index is as it was, and a next run goes on from here", file=sys.stderr)
        return 1
    seconds = round(time.perf_counter() - started, 2)
    record = {"out": str(args.out), "passages": manifest.n_passages, "seconds": seconds}
    print(json.dumps({**record, "sha": manifest.sha}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
