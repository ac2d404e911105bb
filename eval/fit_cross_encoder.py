"""Learn the gate's cross-encoder: `python -m eval.fit_cross_encoder [--epochs N] [--start FILE] [--out FILE]`.

Pairs of a question and a measure are learned from: questions to learn from with a measure that answers
them; those that no measure answers with the one that the search finds first; and, counting half, answered
ones with a measure that the search finds and that does not answer them, so that a question alone never
tells. With `--start` it goes on from weights that know most of the questions already, where one epoch is
enough. Prints JSON; an epoch takes about half an hour on two cores.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

import torch
from tqdm import tqdm

from eval.pairs import Pair, pairs_of, read_asked
from eval.upper_net import Sides, UpperNet, learn, shortened
from index.cross_encoder import WEIGHTS
from rag.build import open_index
from rag.gate import measure_texts
from rag.settings import Settings

EPOCHS = 3


def main() -> int:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(
        prog="eval.fit_cross_encoder", description="Learn the gate's cross-encoder."
    )
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--start", type=Path, metavar="FILE", help="go on from these weights")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    torch.manual_seed(0)
    index = open_index(Settings())
    embedder = index.embedder
    asked = [one for one in read_asked(index) if one.found]
    texts = {int(key.measure or 0): text for key, text in measure_texts(index).items()}
    states = {text: shortened(embedder.passage_states(text)) for text in texts.values()}
    for question in tqdm({one.question: None for one in asked}, unit="question", disable=None):
        states[question] = shortened(embedder.query_states(question))

    def as_sides(pair: Pair) -> Sides:
        told = texts[pair.measure]
        return Sides(first=pair.question, second=told, holds=pair.answers, weight=pair.weight)

    chance = random.Random(0)
    epochs = [[*map(as_sides, pairs_of(asked, chance))] for _ in range(args.epochs)]
    net = UpperNet.of(embedder.name)
    if args.start:
        net.take(args.start, embedder.name)
    losses = learn(net, epochs, states, chance)
    net.write(args.out, embedder=embedder.name, fitted_on=f"{len(asked)} questions")
    print(json.dumps({"questions": len(asked), "mean_losses": losses}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
