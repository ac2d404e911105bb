"""The statutes of POLICYQA_BENCH: laypeople's questions with the articles that bear on them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from corpus.errors import PolicyQAError
from index.build import build
from index.cache import default_cache
from index.embed import Embedder
from index.store import Loaded, load


def bench_folder() -> Path:
    """The statutes' folder.

    Raises:
        PolicyQAError: it is not there.
    """
    bench = Path(os.environ.get("POLICYQA_BENCH", "../shared/bench")) / "statutes"
    if not (bench / "corpus.jsonl.gz").is_file():
        raise PolicyQAError(f"{bench} holds no statutes; name their folder in POLICYQA_BENCH.")
    return bench


def open_statutes(folder: Path, embedder: Embedder) -> Loaded:
    """Every article, indexed in `folder` with its vectors in FAISS; kept vectors are used again.

    Raises:
        PolicyQAError: the statutes are not there.
    """
    texts = bench_folder() / "corpus.jsonl.gz"
    build(texts, folder, embedder, cache=default_cache(embedder), place="")
    return load(folder, "")


def read_questions(bench: Path) -> list[dict[str, Any]]:
    """The development questions with their gold articles' ids."""
    lines = (bench / "queries.dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def is_told_on(question_id: str) -> bool:
    """Whether a question is kept aside from learning, to be reported on: by a hash of its id."""
    return int(hashlib.sha256(question_id.encode()).hexdigest(), 16) % 2 == 1
