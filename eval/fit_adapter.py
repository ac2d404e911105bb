"""Learns the map of index.adapter: `python -m eval.fit_adapter [--index DIR] [--out FILE]`.

Needs the statutes of POLICYQA_BENCH. The development questions are parted by a hash of their ids: the
map is learned on one half and told on the other. Each question is held against all 58,701 articles at
once, for a question's vector can move while theirs stand: the loss is the cross entropy of its gold
articles under a softmax over every article's fused score, so that the map learns what the words alone
do not find. A few minutes on two cores; the same each time on the same machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from corpus.errors import PolicyQAError
from eval.bench_retrieval import WORK
from eval.statutes import bench_folder, is_told_on, open_statutes, read_questions
from index.adapter import WEIGHTS, Adapter
from index.embed import SentenceEmbedder
from index.fuse import best_rows
from index.search import LEXICAL_WEIGHT
from index.vectors import FlatVectors, GraphVectors

# Chosen by what two thirds of the learning half find for the other third.
_TEMPERATURE = 0.02
_DECAY = 0.03
_RATE = 0.002
_EPOCHS = 30
_RANK = 96
_SEED = 20250316


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Vectors (n, dimension), BM25 scores (n, n_passages), and each one's gold rows."""

    vectors: np.ndarray
    lexical: np.ndarray
    gold: tuple[tuple[int, ...], ...]

    def part(self, rows: Sequence[int]) -> Questions:
        """Some of them."""
        chosen = list(rows)
        return Questions(
            vectors=self.vectors[chosen],
            lexical=self.lexical[chosen],
            gold=tuple(self.gold[row] for row in chosen),
        )


def fit(questions: Questions, passages: np.ndarray, *, epochs: int = _EPOCHS) -> Adapter:
    """Learn a map; `passages` is (n_passages, dimension) float32."""
    import torch

    torch.manual_seed(_SEED)
    stored = torch.from_numpy(np.ascontiguousarray(passages))
    asked = torch.from_numpy(questions.vectors)
    words = LEXICAL_WEIGHT * torch.from_numpy(questions.lexical)
    wanted = torch.zeros(len(asked), len(stored))
    for row, gold in enumerate(questions.gold):
        wanted[row, list(gold)] = 1 / len(gold)
    dimension = asked.shape[1]
    matrix = torch.zeros(dimension, dimension, requires_grad=True)
    optimizer = torch.optim.Adam([matrix], lr=_RATE)
    for _ in tqdm(range(epochs), unit="pass", desc="learning"):
        moved = torch.nn.functional.normalize(asked + asked @ matrix, dim=1)
        scores = (moved @ stored.T + words) / _TEMPERATURE
        loss = torch.nn.functional.cross_entropy(scores, wanted) + _DECAY * matrix.square().sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    left, sizes, right = np.linalg.svd(matrix.detach().numpy())
    return Adapter(left[:, :_RANK] * sizes[:_RANK], right[:_RANK])


def tell(questions: Questions, passages: np.ndarray, adapter: Adapter | None) -> dict[str, float]:
    """Recall@10 and Recall@100 of the fused scores."""
    moved = questions.vectors if adapter is None else adapter.apply(questions.vectors)
    found: dict[int, list[float]] = {10: [], 100: []}
    for vector, words, gold in zip(moved, questions.lexical, questions.gold, strict=True):
        best = best_rows(passages @ vector + LEXICAL_WEIGHT * words, 100)
        for k, shares in found.items():
            shares.append(len(set(best[:k].tolist()) & set(gold)) / len(gold))
    return {f"recall_{k}": round(float(np.mean(shares)), 4) for k, shares in found.items()}


def learn(folder: Path, out: Path) -> dict[str, Any]:
    """Learn, tell and write.

    Raises:
        PolicyQAError: the statutes or the weights are not there.
    """
    bench, embedder = bench_folder(), SentenceEmbedder()
    loaded = open_statutes(folder, embedder)
    assert isinstance(loaded.vectors, FlatVectors | GraphVectors)
    row_of = {passage.id: row for row, passage in enumerate(loaded.passages)}
    asked = read_questions(bench)
    questions = Questions(
        vectors=np.stack([embedder.embed_query(record["question"]) for record in asked]),
        lexical=np.stack([loaded.lexical.scores(record["question"]) for record in asked]),
        gold=tuple(tuple(row_of[name] for name in record["gold"]) for record in asked),
    )
    aside = [row for row, record in enumerate(asked) if is_told_on(record["id"])]
    learned_on = [row for row in range(len(asked)) if row not in set(aside)]
    adapter = fit(questions.part(learned_on), loaded.vectors.rows)
    fitted_on = f"{len(learned_on)} development questions of the statutes"
    adapter.save(out, embedder=embedder.name, fitted_on=fitted_on)
    kept = Adapter.load(embedder.name, out)
    told = questions.part(aside)
    return {
        "fitted_on": fitted_on,
        "told_on": len(aside),
        "before": tell(told, loaded.vectors.rows, None),
        "after": tell(told, loaded.vectors.rows, kept),
    }


def main() -> int:
    """Learn and print what it brings."""
    parser = argparse.ArgumentParser(prog="eval.fit_adapter", description=__doc__)
    parser.add_argument("--index", type=Path, default=WORK / "statutes")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    try:
        print(json.dumps(learn(args.index, args.out), indent=1))
    except PolicyQAError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
