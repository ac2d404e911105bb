"""Learns rag.measure_attention: `python -m eval.fit_attention [--out FILE]`.

To be run after eval.fit_further and fit_breadth: it looks at the tokens as the gate's probe does, and is weighed
beside the signs of the breadth. It learns from the questions of eval.learning whose measures are known and that
lean on no conversation, but for the many plain ones of measures.jsonl, and from those that nothing answers; it is
weighed on the calibration sets. JSON goes to stdout: for how many of those the measures chosen are just the
right ones without it and with it, weighed without the question. The language model reads two to six
questions a second; what it read is kept.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from torch import nn
from torch.nn import functional
from tqdm import tqdm

from corpus.document import Locator
from corpus.errors import PolicyQAError
from eval.fit_breadth import Example, is_exact
from eval.learning import Labelled, as_turns, load_labelled, load_like_asked
from eval.question import CALIBRATION, load_questions
from eval.readings import open_reader
from index.search import SCORING, Index
from rag.attentive_probe import AttentiveProbe
from rag.breadth import Breadth, sight
from rag.build import open_index, open_retriever
from rag.measure_attention import WEIGHTS, Attended, MeasureAttention, probe_sha
from rag.reader import READER, QuestionReader
from rag.rewrite import Rewriter
from rag.settings import Settings

_EPOCHS, _BATCH, _LEARNING_RATE, _WEIGHT_DECAY, _DROPOUT = 10, 128, 2e-3, 0.05, 0.2
_UNLIKELY = -3.0  # the logit to begin with
_FOLDS = 10
_LEFT_OUT = "everyday, measures.jsonl"
_NOT_SEARCHED = ("structure", "injection")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attending:
    """What the probe makes of a question's tokens (n_tokens, dimension), and the measures it is about."""

    tokens: np.ndarray
    measures: frozenset[int]


class AttentionNet(nn.Module):
    """What rag.measure_attention applies, for padded batches, with gradients."""

    def __init__(self, dimension: int, n_measures: int) -> None:
        super().__init__()
        self.attention = nn.Linear(dimension, n_measures)
        self.weights = nn.Parameter(torch.zeros(n_measures, dimension))
        self.intercepts = nn.Parameter(torch.full((n_measures,), _UNLIKELY))
        self.drop = nn.Dropout(_DROPOUT)

    def forward(self, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Tokens (batch, tokens, dimension) and a mask of ones where there is one: logits (batch, measures)."""
        read = self.drop(tokens)
        shares = self.attention(read).masked_fill(mask[..., None] == 0, -1e4).softmax(1)
        pooled = torch.einsum("btm,btd->bmd", shares, read)
        return (pooled * self.weights).sum(-1) + self.intercepts

    def arrays(self) -> dict[str, np.ndarray]:
        """As MeasureAttention takes them, but for the addresses and what they count."""
        return {
            "attention": self.attention.weight.detach().numpy().astype(np.float16),
            "offsets": self.attention.bias.detach().numpy(),
            "weights": self.weights.detach().numpy().astype(np.float16),
            "intercepts": self.intercepts.detach().numpy(),
        }


def load_asked() -> Iterator[Labelled]:
    """The questions to learn from."""
    for one in (*load_labelled(), *load_like_asked()):
        if not one.history and one.kind != _LEFT_OUT:
            yield one


def read_tokens(
    labelled: Sequence[Labelled], reader: QuestionReader, probe: AttentiveProbe
) -> Iterator[Attending]:
    """Every question as the probe sees it.

    Raises:
        PolicyQAError: the reader failed on a question.
    """
    for one in tqdm(labelled, unit="question", disable=None):
        if (states := reader.states(one.question)) is None:
            raise PolicyQAError("the question reader failed on a question; the log tells why.")
        yield Attending(tokens=probe.read(states), measures=one.measures)


def learn(examples: Sequence[Attending], numbers: Sequence[int], *, seed: int = 0) -> AttentionNet:
    """The net that tells the measures of these numbers, in their order."""
    torch.manual_seed(seed)
    net = AttentionNet(examples[0].tokens.shape[1], len(numbers))
    tokens = [torch.from_numpy(e.tokens.astype(np.float32)) for e in examples]
    wanted = torch.tensor([[n in e.measures for n in numbers] for e in examples], dtype=torch.float)
    optimiser = torch.optim.AdamW(net.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
    n_steps = _EPOCHS * math.ceil(len(examples) / _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, _LEARNING_RATE, total_steps=n_steps + 1, pct_start=0.1
    )
    net.train()
    with tqdm(total=n_steps, unit="batch", disable=None) as bar:
        for _ in range(_EPOCHS):
            for places in torch.randperm(len(examples)).split(_BATCH):  # type: ignore[no-untyped-call]
                own = [tokens[i] for i in places]
                padded = nn.utils.rnn.pad_sequence(own, batch_first=True)
                mask = nn.utils.rnn.pad_sequence([torch.ones(len(one)) for one in own], True)
                loss = functional.binary_cross_entropy_with_logits(
                    net(padded, mask), wanted[places]
                )
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
                bar.update()
    return net.eval()


def sight_calibration(index: Index, reader: QuestionReader, net: MeasureAttention) -> list[Example]:
    """The answerable calibration questions as the breadth sees them, the measures' attention among it."""
    retriever = open_retriever(index, reader).model_copy(update={"attention": net})
    rewriter = Rewriter.load(index.embedder)
    asked = [q for path in CALIBRATION for q in load_questions(path)]
    asked = [q for q in asked if q.measures and q.kind not in _NOT_SEARCHED]
    examples = []
    for q in tqdm(asked, unit="question", disable=None):
        rewritten = rewriter.rewrite(q.question, as_turns(q.history))
        hits = retriever.rank_asked(q.question, rewritten)
        examples.append(
            Example(
                kind="several" if len(q.measures) > 1 else "one",
                sighting=sight(q.question, rewritten, hits, retriever),
                gold=frozenset(q.measures),
                acceptable=frozenset(q.acceptable_measures),
            )
        )
    return examples


def weigh(examples: Sequence[Example], breadth: Breadth) -> tuple[float, float, float, float]:
    """What the logits of the measures' attention count beside the breadth's: Attended.weights."""
    rows, is_gold = [], []
    for example in examples:
        attended, best = example.sighting.attended, example.sighting.best
        if attended is None or example.best not in example.gold:
            continue
        for other, logit in breadth.logits(example.sighting).items():
            if other.measure in example.gold or other.measure not in example.acceptable:
                odds = attended.odds[other]
                rows.append([logit, odds, odds - attended.odds[best]])
                is_gold.append(other.measure in example.gold)
    model = LogisticRegression(max_iter=1000).fit(rows, is_gold)
    before, own, lead = (round(float(weight), 5) for weight in model.coef_[0])
    return before, own, lead, round(float(model.intercept_[0]), 5)


def reweighed(example: Example, weights: tuple[float, float, float, float] | None) -> Example:
    """The example with other weights of the attention, or without it."""
    attended = example.sighting.attended
    if attended is None or weights is None:
        return replace(example, sighting=replace(example.sighting, attended=None))
    own = Attended(odds=attended.odds, weights=weights)
    return replace(example, sighting=replace(example.sighting, attended=own))


def tell(examples: Sequence[Example], breadth: Breadth) -> dict[str, str]:
    """Exact questions of all, without the attention and with it, each weighed without the question."""
    exact = {"without": 0, "with": 0}
    for fitted, held in KFold(_FOLDS, shuffle=True, random_state=0).split(examples):
        weights = weigh([examples[i] for i in fitted], breadth)
        for example in (examples[i] for i in held):
            for name, own in (("without", None), ("with", weights)):
                others = breadth.others(reweighed(example, own).sighting)
                exact[name] += is_exact(example, others)
    return {name: f"{n} of {len(examples)}" for name, n in exact.items()}


def main() -> int:
    """Fit, print, write.

    Raises:
        PolicyQAError: there is no probe, or the reader could not be loaded.
    """
    parser = argparse.ArgumentParser(
        prog="eval.fit_attention",
        description="Learn which words of a question a measure attends to.",
    )
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    index, reader = open_index(Settings()), open_reader()
    probe = AttentiveProbe.load(READER)
    if probe is None:
        raise PolicyQAError("there is no probe; fit it first: eval.fit_probe, fit_further")
    examples = list(read_tokens([*load_asked()], reader, probe))
    measures = sorted({passage.locator.measure_locator for passage in index.passages})
    net = learn(examples, [_number_of(measure) for measure in measures])
    arrays = {
        **net.arrays(),
        "addresses": np.array([str(measure) for measure in measures]),
        "beside": np.array([1.0, 0.0, 0.0, 0.0]),
    }
    breadth = Breadth.load(index.embedder.name, SCORING)
    sighted = sight_calibration(index, reader, MeasureAttention(reader, probe, arrays))
    arrays["beside"] = np.array(weigh(sighted, breadth))
    fitted_on = f"{len(examples)} questions, weighed on {len(sighted)}"
    arrays |= {"probe_sha": np.array(probe_sha()), "fitted_on": np.array(fitted_on)}
    np.savez_compressed(args.out, allow_pickle=False, **arrays)
    print(json.dumps({"fitted_on": fitted_on, "exact": tell(sighted, breadth)}, indent=1))
    return 0


def _number_of(measure: Locator) -> int:
    if measure.measure is None:
        raise PolicyQAError(f"{measure} has no number")
    return measure.measure


if __name__ == "__main__":
    sys.exit(main())
