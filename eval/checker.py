"""The checker against labelled pairs: `python -m eval.checker [--pairs FILE] [--split …] [--system main|extractive]`.

790 sentences beside the clauses that they cite (eval/questions/support.jsonl), faithful or altered in
one point, written by somebody who did not know how the checker works, and parted by a hash of their
id: `eval.fit_support` learns from the tuning half. eval/questions/support_unseen.jsonl has 197 more, harder
and learned from by nothing. With --system extractive no language model is
asked about borderline sentences. An altered sentence is caught when the checks do not support it; a faithful one is to pass. A
table on stderr, JSON on stdout.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from corpus.errors import PolicyQAError
from corpus.renderings import load_renderings
from eval.question import QUESTIONS
from eval.support import SupportJudge
from eval.systems import ModelMissingError
from index.search import Index
from rag.build import open_index
from rag.check.support import Support
from rag.entailment import second_reader
from rag.model import ModelHost, ModelState
from rag.prompt import load_prompts
from rag.settings import Settings

PAIRS = QUESTIONS.with_name("support.jsonl")
Split = Literal["tune", "report"]


class Pair(BaseModel):
    """A sentence and the addresses of the clauses that it cites.

    `kind` names how a faithful one was made or what was altered; `note` tells it in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    lang: Literal["zh", "zh-Hant", "en"]
    kind: str
    statement: Annotated[str, Field(min_length=1)]
    locators: Annotated[tuple[str, ...], Field(min_length=1)]
    supported: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A pair and what the checker made of it in `seconds`."""

    pair: Pair
    holds: bool
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether the checker agrees with the label."""
        return self.holds == self.pair.supported


def load_pairs(path: Path = PAIRS) -> list[Pair]:
    """The pairs in file order.

    Raises:
        ValueError: a line is no pair; the message names it.
    """
    pairs = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            pairs.append(Pair.model_validate_json(line))
        except ValidationError as error:
            raise ValueError(f"{path.name} line {number}: {error}") from error
    return pairs


def split_of_pair(pair: Pair) -> Split:
    """The half that a pair belongs to, by a hash of its id."""
    return "report" if hashlib.sha256(pair.id.encode()).digest()[0] % 2 else "tune"


def judge_pairs(pairs: Sequence[Pair], index: Index, support: Support | None) -> list[Judged]:
    """Every pair held against the clauses that it cites.

    Raises:
        PolicyQAError: a pair cites what the index does not hold.
    """
    judge = SupportJudge(index, support)
    quotes = {str(passage.locator): passage.text for passage in index.passages}
    for pair in pairs:
        if missing := set(pair.locators) - quotes.keys():
            raise PolicyQAError(
                f"pair {pair.id} cites {min(missing)}, which the index does not hold; "
                "wanted the texts that the pairs were written on"
            )
    judged = []
    for pair in tqdm(pairs, unit="pair", disable=None):
        cited = [quotes[locator] for locator in pair.locators]
        started = time.perf_counter()
        holds = judge.holds(pair.statement, cited)
        seconds = time.perf_counter() - started
        judged.append(Judged(pair=pair, holds=holds, seconds=seconds))
    return judged


def rates(judged: Sequence[Judged]) -> dict[str, tuple[int, int]]:
    """How many were judged rightly, and of how many: by label and language, and by kind."""
    found: dict[str, list[bool]] = defaultdict(list)
    for one in judged:
        label = "passed" if one.pair.supported else "caught"
        for name in (label, f"{label} {one.pair.lang}", f"{label} {one.pair.kind}"):
            found[name].append(one.is_right)
    return {name: (sum(right), len(right)) for name, right in sorted(found.items())}


def main() -> int:
    """Hold the checker against the pairs."""
    parser = argparse.ArgumentParser(prog="eval.checker", description="Score the checker.")
    parser.add_argument("--pairs", type=Path, default=PAIRS, help="other sentences than the 790")
    parser.add_argument("--split", choices=("tune", "report"))
    parser.add_argument("--system", choices=("main", "extractive"), default="main")
    args = parser.parse_args()
    try:
        pairs = [p for p in load_pairs(args.pairs) if args.split in (None, split_of_pair(p))]
        settings = Settings()
        host = ModelHost(settings)
        if args.system == "main":
            host.start()
        index = open_index(settings)
        second = second_reader(settings, host, load_prompts())
        renderings = load_renderings(settings.texts)
        support = Support.load(index.embedder, renderings, second=second)
        if support is not None:
            support.read_ahead(index.passages)  # as the page does
        host.wait()
        if args.system == "main" and host.state is not ModelState.READY:
            raise ModelMissingError(
                f"there is no language model ({host.failure or 'POLICYQA_BACKEND is none'}); "
                "--system extractive needs none."
            )
        judged = judge_pairs(pairs, index, support)
    except (PolicyQAError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 1
    table = Table("sentences", "judged rightly", title=f"{len(pairs)} pairs")
    found = rates(judged)
    for name, (right, n) in found.items():
        table.add_row(name, f"{right / n:.3f} ({right} of {n})")
    Console(stderr=True).print(table)
    taken = [one.seconds for one in judged]
    wrong = [
        {"id": one.pair.id, "supported": one.pair.supported} for one in judged if not one.is_right
    ]
    middle, late = (round(float(value), 3) for value in np.quantile(taken, (0.5, 0.95)))
    print(json.dumps({"rates": found, "seconds": {"p50": middle, "p95": late}, "wrong": wrong}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
