"""What index.cross_encoder applies, as it is learned.

The encoder's own weights stay as they are; to each matrix of its upper half a small product is added
(LoRA: Hu et al., ICLR 2022).
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from tqdm import tqdm

from index import weights
from index.cross_encoder import DOWN, LONGEST, UP, save

_RANK = 16
_SCALE = 2.0  # of what is learned, beside the weights it is added to
_BATCH = 16
# Pairs alike in length are learned from together, out of so many batches at a time.
_SORTED_BATCHES = 16
# With 1e-3 one of two runs learned nothing at all.
_LEARNING_RATE = 5e-4
_LEAST_RATE = 0.02  # of it, at the end
_WARM_UP = 100
_DROPOUT = 0.1
_SMOOTHING = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Two texts, whether the second answers or holds the first, and how much that counts."""

    first: str
    second: str
    holds: float
    weight: float = 1.0


class Added(nn.Module):
    """A linear layer that stays as it is, and a product of two small matrices beside it."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear
        n, m = linear.in_features, linear.out_features
        self.down = nn.Parameter(torch.randn(_RANK, n) / math.sqrt(n))
        self.up = nn.Parameter(torch.zeros(m, _RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (…, n) gives (…, m)."""
        found: torch.Tensor = self.linear(x) + (x @ self.down.T) @ self.up.T * _SCALE
        return found


class UpperNet(nn.Module):
    """The encoder's upper half, for padded batches, with gradients."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        every = encoder.encoder.layer
        for parameter in encoder.parameters():
            parameter.requires_grad_(False)
        self.layers = every[len(every) // 2 :].eval()
        dimension = int(encoder.config.hidden_size)
        self.added = {
            f"{place}.{name}.weight": _replace(layer, name)
            for place, layer in enumerate(self.layers)
            for name, module in list(layer.named_modules())
            if isinstance(module, nn.Linear)
        }
        self.segments = nn.Parameter(torch.zeros(2, dimension))
        self.head = nn.Linear(2 * dimension, 1)
        nn.init.zeros_(self.head.bias)
        nn.init.normal_(self.head.weight, std=0.02)
        self.dropout = nn.Dropout(_DROPOUT)

    @classmethod
    def of(cls, embedder: str) -> UpperNet:
        """A new one over an encoder's weights."""
        from sentence_transformers import SentenceTransformer

        folder = weights.resolve(embedder)
        return cls(SentenceTransformer(str(folder), device="cpu")[0].auto_model)

    def forward(
        self, states: torch.Tensor, segments: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        """States (batch, tokens, dimension), 0 or 1 for whose each is, 1 where there is one: logits."""
        read = states + self.segments[segments]
        unseen = (1 - mask[:, None, None, :]) * -1e4
        for layer in self.layers:
            given = layer(read, unseen)
            read = given[0] if isinstance(given, tuple) else given
        means = []
        for side in (0, 1):
            own = ((segments == side) * mask)[..., None]
            means.append((read * own).sum(1) / own.sum(1))
        logits: torch.Tensor = self.head(self.dropout(torch.cat(means, dim=1)))[:, 0]
        return logits

    def take(self, path: Path, embedder: str) -> None:
        """Go on from what `write` wrote for the same embedder.

        Raises:
            ValueError: it was learned for another.
        """
        with np.load(path, allow_pickle=False) as arrays, torch.no_grad():
            if str(arrays["embedder"]) != embedder:
                raise ValueError(f"{path} was learned for {arrays['embedder']}, not {embedder}")

            def read(name: str) -> torch.Tensor:
                return torch.from_numpy(arrays[name].astype(np.float32))

            for name, added in self.added.items():
                added.down.copy_(read(f"{name}{DOWN}"))
                added.up.copy_(read(f"{name}{UP}") / _SCALE)
            self.segments.copy_(read("segments"))
            self.head.weight.copy_(read("head").reshape(1, -1))
            self.head.bias.copy_(read("bias"))

    def write(self, path: Path, *, embedder: str, fitted_on: str) -> None:
        """What `CrossEncoder.load` reads."""
        save(
            path,
            changes={
                name: (added.down.detach().numpy(), added.up.detach().numpy() * _SCALE)
                for name, added in self.added.items()
            },
            segments=self.segments.detach().numpy(),
            head=self.head.weight.detach().numpy()[0],
            bias=float(self.head.bias.detach()),
            embedder=embedder,
            fitted_on=fitted_on,
        )


def _replace(layer: nn.Module, name: str) -> Added:
    path, _, own = name.rpartition(".")
    parent = layer.get_submodule(path)
    added = Added(getattr(parent, own))
    setattr(parent, own, added)
    return added


def learn(
    net: UpperNet,
    epochs: Sequence[Sequence[Sides]],
    states: Mapping[str, np.ndarray],
    chance: random.Random,
) -> list[float]:
    """Learn from the pairs of each epoch; `states` (n_tokens, dimension) by text. Gives the mean losses."""
    learned = [p for p in net.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=_LEARNING_RATE, weight_decay=0.01)
    n_steps, step, told = sum(math.ceil(len(p) / _BATCH) for p in epochs), 0, []

    def length(pair: Sides) -> int:
        return len(states[pair.first]) + len(states[pair.second])

    net.dropout.train()
    with tqdm(total=n_steps, unit="batch", disable=None) as bar:
        for pairs in epochs:
            total = 0.0
            for batch in _batches(pairs, length, chance):
                rate = min(1.0, (step + 1) / _WARM_UP) * max(_LEAST_RATE, 1 - step / n_steps)
                for group in optimiser.param_groups:
                    group["lr"] = _LEARNING_RATE * rate
                found = net(*_as_tensors(batch, states))
                wanted = torch.tensor([pair.holds for pair in batch])
                wanted = wanted * (1 - 2 * _SMOOTHING) + _SMOOTHING
                counted = torch.tensor([pair.weight for pair in batch])
                losses = functional.binary_cross_entropy_with_logits(
                    found, wanted, reduction="none"
                )
                loss = (losses * counted).mean()
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(learned, 1.0)
                optimiser.step()
                total += loss.item() * len(batch)
                step += 1
                bar.update()
            told.append(round(total / len(pairs), 4))
            print(f"epoch {len(told)}: mean loss {told[-1]}", file=sys.stderr, flush=True)
    return told


def _batches(pairs: Sequence[Sides], length: Any, chance: random.Random) -> Iterator[list[Sides]]:
    for start in range(0, len(pairs), _BATCH * _SORTED_BATCHES):
        near = sorted(pairs[start : start + _BATCH * _SORTED_BATCHES], key=length)
        batches = [near[i : i + _BATCH] for i in range(0, len(near), _BATCH)]
        chance.shuffle(batches)
        yield from batches


def _as_tensors(
    batch: Sequence[Sides], states: Mapping[str, np.ndarray]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    sides = [(states[pair.first], states[pair.second]) for pair in batch]
    longest = max(len(asked) + len(told) for asked, told in sides)
    read = torch.zeros(len(batch), longest, sides[0][0].shape[1])
    segments = torch.zeros(len(batch), longest, dtype=torch.long)
    mask = torch.zeros(len(batch), longest)
    for row, (asked, told) in enumerate(sides):
        n = len(asked) + len(told)
        read[row, :n] = torch.from_numpy(np.concatenate([asked, told]).astype(np.float32))
        segments[row, len(asked) :] = 1
        mask[row, :n] = 1
    return read, segments, mask


def shortened(states: np.ndarray | None) -> np.ndarray:
    """As the cross-encoder takes them, in half the bytes."""
    if states is None:
        raise SystemExit("the encoder could not be exported; the log tells why")
    return states[:LONGEST].astype(np.float16)
