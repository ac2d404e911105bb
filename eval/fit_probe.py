"""Learn the gate's attentive probe: `python -m eval.fit_probe [--out FILE]`.

It learns from the questions that were asked beside others of the opposite kind, as what the mean state tells does
(`eval.fit_scope`), and beside whether the policy answers them from which measures do. The calibration sets
are not read; eval.fit_gate weighs it there.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from tqdm import tqdm

from corpus.errors import PolicyQAError
from eval.learning import load_about_measures, load_developed, load_follow_ups, load_judged
from eval.readings import open_reader
from rag.attentive_probe import MEAN_LENGTH, N_HEADS, WEIGHTS
from rag.reader import READER

_DIMENSION, _N_LAYERS, _N_POOLS = 256, 2, 4
_BATCH, _SORTED_BATCHES = 64, 16
LEARNING_RATE, _WEIGHT_DECAY = 5e-4, 0.05
_DROPOUT, _DROPOUT_IN = 0.2, 0.1
_SMOOTHING = 0.02
# What the loss over the measures counts beside the one that is wanted.
_MEASURES_WEIGHT = 0.17
_N_MEASURES = 30
_N_SCALED = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it was typed, whether the policy answers it, and the measures that do where known."""

    question: str
    is_answered: bool
    measures: tuple[int, ...] = ()


class ProbeNet(nn.Module):
    """What rag.attentive_probe applies, for padded batches, with gradients."""

    centre: torch.Tensor
    scale: torch.Tensor

    def __init__(self, centre: torch.Tensor, scale: torch.Tensor) -> None:
        super().__init__()
        n = len(centre)
        self.register_buffer("centre", centre)
        self.register_buffer("scale", scale)
        self.inward = nn.Linear(n, _DIMENSION)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                _DIMENSION, N_HEADS, 2 * _DIMENSION, _DROPOUT, batch_first=True, norm_first=True
            )
            for _ in range(_N_LAYERS)
        )
        self.norm = nn.LayerNorm(_DIMENSION)
        self.attention = nn.Linear(_DIMENSION, _N_POOLS)
        self.answered = nn.Linear(_N_POOLS * _DIMENSION, 1)
        self.about = nn.Linear(_N_POOLS * _DIMENSION, _N_MEASURES)
        self.mean = nn.Linear(n, 1)
        nn.init.zeros_(self.mean.weight)
        self.drop_in, self.drop = nn.Dropout(_DROPOUT_IN), nn.Dropout(_DROPOUT)

    def forward(
        self, states: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """States (batch, tokens, n) and a mask of ones where there is one: logits (batch,), (batch, measures)."""
        scaled = (states - self.centre) / self.scale * mask[..., None]
        read = self.inward(self.drop_in(scaled))
        for layer in self.layers:
            read = layer(read, src_key_padding_mask=mask == 0)
        read = self.norm(read)
        shares = self.attention(read).masked_fill(mask[..., None] == 0, -1e4).softmax(1)
        pooled = self.drop(torch.einsum("bnk,bnd->bkd", shares, read).flatten(1))
        mean = scaled.sum(1) / mask.sum(1, keepdim=True)
        mean = mean / mean.norm(dim=1, keepdim=True) * MEAN_LENGTH
        return (self.answered(pooled) + self.mean(self.drop_in(mean)))[:, 0], self.about(pooled)

    @classmethod
    def of(cls, path: Path) -> ProbeNet:
        """One that goes on from what `write` wrote; what it knew of the measures is not kept there."""
        with np.load(path, allow_pickle=False) as arrays:
            kept = {
                name: torch.from_numpy(arrays[name].astype(np.float32))
                for name in arrays.files
                if arrays[name].dtype.kind == "f"
            }
        net = cls(kept["centre"], kept["scale"])
        net.load_state_dict(kept, strict=False)
        return net

    def write(self, path: Path, fitted_on: str) -> None:
        """What `AttentiveProbe.load` reads."""
        arrays = {
            name: array.numpy().astype(np.float16 if array.ndim > 1 else np.float32)
            for name, array in self.state_dict().items()
            if not name.startswith("about.")
        }
        np.savez_compressed(path, **arrays, reader=np.array(READER), fitted_on=np.array(fitted_on))


def load_asked() -> Iterator[Asked]:
    """The questions to learn from, each once; of a conversation its last."""
    seen: set[str] = set()
    for one in _load_asked():
        if one.question not in seen:
            seen.add(one.question)
            yield one


def _load_asked() -> Iterator[Asked]:
    for judged in load_judged():
        yield Asked(question=judged.question, is_answered=judged.answered)
    for about in load_about_measures():
        if about.kind in ("everyday", "premise", "short"):
            yield Asked(question=about.question, is_answered=True, measures=about.measures)
    for q in load_developed():
        if q.kind != "structure":
            yield Asked(question=q.question, is_answered=q.answerable, measures=q.measures)
    for follow_up in load_follow_ups():
        measures = follow_up.measures
        yield Asked(question=follow_up.question, is_answered=bool(measures), measures=measures)


def new_net(states: Sequence[np.ndarray], seed: int = 0) -> ProbeNet:
    """One that knows nothing but how the states (n_tokens, n) of questions are spread."""
    torch.manual_seed(seed)
    some = random.Random(seed).sample(list(states), min(_N_SCALED, len(states)))
    tokens = np.concatenate(some).astype(np.float32)
    return ProbeNet(torch.tensor(tokens.mean(axis=0)), torch.tensor(tokens.std(axis=0) + 1e-3))


def learn(
    net: ProbeNet,
    asked: Sequence[Asked],
    states: Sequence[np.ndarray],
    *,
    n_epochs: int,
    learning_rate: float = LEARNING_RATE,
    seed: int = 0,
) -> ProbeNet:
    """The net after learning from questions and their states (n_tokens, n) each."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    net.train()
    optimiser = torch.optim.AdamW(
        net.parameters(), lr=learning_rate, weight_decay=_WEIGHT_DECAY, betas=(0.9, 0.98)
    )
    n_steps = n_epochs * math.ceil(len(asked) / _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, learning_rate, total_steps=n_steps + 1, pct_start=0.1
    )
    with tqdm(total=n_steps, unit="batch", disable=None) as bar:
        for epoch in range(n_epochs):
            total = 0.0
            for places in _batches([len(one) for one in states], chance):
                loss = _loss(net, [asked[i] for i in places], [states[i] for i in places])
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                total += loss.item() * len(places)
                bar.update()
            told = f"epoch {epoch + 1}: mean loss {total / len(asked):.4f}"
            print(told, file=sys.stderr, flush=True)
    return net.eval()


def _batches(lengths: Sequence[int], chance: random.Random) -> list[list[int]]:
    """Places of questions alike in length."""
    order = list(range(len(lengths)))
    chance.shuffle(order)
    batches = []
    for start in range(0, len(order), _BATCH * _SORTED_BATCHES):
        near = sorted(order[start : start + _BATCH * _SORTED_BATCHES], key=lengths.__getitem__)
        batches += [near[i : i + _BATCH] for i in range(0, len(near), _BATCH)]
    chance.shuffle(batches)
    return batches


def _loss(net: ProbeNet, asked: Sequence[Asked], states: Sequence[np.ndarray]) -> torch.Tensor:
    longest = max(map(len, states))
    read = torch.zeros(len(asked), longest, states[0].shape[1])
    mask = torch.zeros(len(asked), longest)
    wanted = torch.zeros(len(asked), _N_MEASURES)
    for row, (one, own) in enumerate(zip(asked, states, strict=True)):
        read[row, : len(own)] = torch.from_numpy(own.astype(np.float32))
        mask[row, : len(own)] = 1
        wanted[row, [measure - 1 for measure in one.measures]] = 1
    answered, about = net(read, mask)
    target = torch.tensor([float(one.is_answered) for one in asked])
    target = target * (1 - 2 * _SMOOTHING) + _SMOOTHING
    loss = functional.binary_cross_entropy_with_logits(answered, target)
    of_measures = functional.binary_cross_entropy_with_logits(about, wanted, reduction="none")
    is_known = torch.tensor([float(bool(one.measures)) for one in asked])
    n_known = is_known.sum().clamp(min=1)
    return loss + _MEASURES_WEIGHT * (of_measures.sum(dim=1) * is_known).sum() / n_known


def main() -> int:
    """Learn, write."""
    parser = argparse.ArgumentParser(prog="eval.fit_probe", description="Learn the gate's probe.")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    reader, asked = open_reader(), list(load_asked())
    states = [
        found.astype(np.float16)
        for one in tqdm(asked, unit="question", disable=None)
        if (found := reader.states(one.question)) is not None
    ]
    if len(states) < len(asked):
        raise PolicyQAError("the question reader failed on a question; the log tells why.")
    net = learn(new_net(states, args.seed), asked, states, n_epochs=args.epochs, seed=args.seed)
    net.write(args.out, f"{len(asked)} questions")
    print(json.dumps({"questions": len(asked), "epochs": args.epochs, "out": str(args.out)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
