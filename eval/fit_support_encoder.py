"""Learn the checker's cross-encoder: `python -m eval.fit_support_encoder [--epochs N] [--out FILE]`.

It reads a sentence together with the clause that it cites, an English one with the clause's kept rendering.
What is learned from are the
sentences of eval/questions/support_pairs.jsonl, faithful or altered, by thirteen authors who knew the clauses
alone; and, counting half, some of the faithful ones beside another clause. `eval.fit_support` then weighs it
with the other signs, on sentences that it was not learned from. Prints JSON; takes about twenty minutes on
two cores.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from tqdm import tqdm

from corpus.renderings import load_renderings
from eval.checker import PAIRS, Pair, load_pairs
from eval.upper_net import Sides, UpperNet, learn, shortened
from index.passage import Passage
from rag.build import open_index
from rag.check.segments import fold_for_match
from rag.check.support import ENCODER, Support
from rag.settings import Settings

WRITTEN = PAIRS.with_name("support_pairs.jsonl")
EPOCHS = 4
_WRONG_WEIGHT = 0.5
# Shares of faithful sentences set beside another clause in an epoch, and of these one of the same measure.
_WRONG_SHARE = 0.25
_NEAR_SHARE = 0.6


def sides_of(
    pairs: Sequence[Pair], clauses: dict[str, Passage], support: Support, chance: random.Random
) -> list[Sides]:
    """The pairs of one epoch, in an order of chance."""
    sides = []
    for pair in pairs:
        said, (locator,) = fold_for_match(pair.statement), pair.locators
        clause = clauses[locator]
        sides.append(
            Sides(first=said, second=support.held(clause, pair.lang), holds=float(pair.supported))
        )
        if pair.supported and chance.random() < _WRONG_SHARE:
            others = [p for p in clauses.values() if p is not clause]
            measure = clause.locator.measure_locator
            near = [p for p in others if p.locator.measure_locator == measure]
            wrong = chance.choice(near if near and chance.random() < _NEAR_SHARE else others)
            sides.append(
                Sides(
                    first=said,
                    second=support.held(wrong, pair.lang),
                    holds=0.0,
                    weight=_WRONG_WEIGHT,
                )
            )
    chance.shuffle(sides)
    return sides


def main() -> int:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(
        prog="eval.fit_support_encoder", description="Learn the checker's cross-encoder."
    )
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--out", type=Path, default=ENCODER)
    args = parser.parse_args()
    torch.manual_seed(0)
    index = open_index(Settings())
    embedder, pairs = index.embedder, load_pairs(WRITTEN)
    clauses = {str(passage.locator): passage for passage in index.passages}
    support = Support(None, embedder, load_renderings(Settings().texts)["en"])
    chance = random.Random(0)
    epochs = [sides_of(pairs, clauses, support, chance) for _ in range(args.epochs)]
    firsts = {side.first: None for sides in epochs for side in sides}
    seconds = {side.second: None for sides in epochs for side in sides}
    states = {text: shortened(embedder.passage_states(text)) for text in seconds}
    for text in tqdm(firsts, unit="sentence", disable=None):
        states[text] = shortened(embedder.query_states(text))
    net = UpperNet.of(embedder.name)
    losses = learn(net, epochs, states, chance)
    net.write(args.out, embedder=embedder.name, fitted_on=f"{len(pairs)} sentences")
    print(json.dumps({"sentences": len(pairs), "mean_losses": losses}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
