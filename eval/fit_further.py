"""Let two of the gate's opinions, reading and probe, go on from what they learned, with questions asked as the
evaluation's are: `python -m eval.fit_further [--reading-out FILE] [--probe-out FILE]`.

To be run once after eval.fit_scope and eval.fit_probe, and before eval.fit_gate. Those learn from many thousands
of questions, most of them written around one measure or one pitfall; these are fewer, and as people ask: the
oldest evaluation sets and eval/questions/alike.jsonl (`eval.learning.load_like_asked`). The scope stays as it
is: it would tell no more beside the two, and rag.unsaid was learned with it. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from corpus.errors import PolicyQAError
from eval.entrance import Entrance
from eval.fit_probe import Asked, ProbeNet, learn
from eval.learning import Labelled, load_like_asked
from eval.logistic import go_on_logistic
from eval.readings import open_reader
from index.search import Index
from rag.attentive_probe import WEIGHTS as PROBE
from rag.build import open_index, open_retriever
from rag.gate import Gate
from rag.logistic import LogisticWeights
from rag.reader import WEIGHTS as READING
from rag.reader import QuestionReader, mean_of
from rag.settings import Settings

# Inverse regularisation, epochs and rate: chosen on the calibration sets, and on the half of the new
# authors whom the other half did not know.
_READING_REGULARISATION = 0.1
_EPOCHS, _LEARNING_RATE = 5, 4e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question as the gate meets it: its signs, and the states of its tokens (n_tokens, n)."""

    labelled: Labelled
    query: str
    signs: np.ndarray
    states: np.ndarray

    @property
    def is_answered(self) -> bool:
        """Whether the policy answers it."""
        return bool(self.labelled.measures)


def read_examples(
    index: Index, reader: QuestionReader, labelled: Sequence[Labelled]
) -> Iterator[Example]:
    """Those that reach the weighing.

    Raises:
        PolicyQAError: the reader failed on a question.
    """
    gate = Gate(index, reader=reader)
    entrance = Entrance(open_retriever(index, reader), gate)
    for one in tqdm(labelled, unit="question", disable=None):
        if (reached := entrance.reach(one.question, one.history)) is None:
            continue
        if (states := reader.states(reached.query)) is None:
            raise PolicyQAError("the question reader failed on a question; the log tells why.")
        yield Example(
            labelled=one,
            query=reached.query,
            signs=gate.read(reached.query, reached.rewritten, reached.hits).values,
            states=states,
        )


def go_on_reading(path: Path, out: Path, examples: Sequence[Example]) -> str:
    """What the mean state tells, gone on with the examples from the weights in `path`; what it was fitted on."""
    start = LogisticWeights.model_validate_json(path.read_bytes())
    if "then" in start.fitted_on:
        raise PolicyQAError(f"{path.name} has gone on already; fit it again first: eval.fit_scope")
    weights = go_on_logistic(
        start,
        np.stack([mean_of(e.states) for e in examples]),
        np.stack([e.signs for e in examples]),
        np.array([e.is_answered for e in examples]),
        inverse_regularisation=_READING_REGULARISATION,
    )
    out.write_text(weights.model_dump_json() + "\n", encoding="utf-8")
    return weights.fitted_on


def go_on_probing(out: Path, examples: Sequence[Example]) -> str:
    """The probe, likewise."""
    with np.load(PROBE, allow_pickle=False) as arrays:
        before = str(arrays["fitted_on"])
    if "then" in before:
        raise PolicyQAError(f"{PROBE.name} has gone on already; fit it again first: eval.fit_probe")
    asked = [
        Asked(question=e.query, is_answered=e.is_answered, measures=tuple(e.labelled.measures))
        for e in examples
    ]
    states = [e.states.astype(np.float16) for e in examples]
    net = learn(ProbeNet.of(PROBE), asked, states, n_epochs=_EPOCHS, learning_rate=_LEARNING_RATE)
    fitted_on = f"{before}, then {len(asked)} questions"
    net.write(out, fitted_on)
    return fitted_on


def main() -> int:
    """Go on, write."""
    parser = argparse.ArgumentParser(
        prog="eval.fit_further", description="Let the gate's opinions go on with more questions."
    )
    parser.add_argument("--reading-out", type=Path, default=READING)
    parser.add_argument("--probe-out", type=Path, default=PROBE)
    args = parser.parse_args()
    examples = list(read_examples(open_index(Settings()), open_reader(), [*load_like_asked()]))
    told = {
        "reading": go_on_reading(READING, args.reading_out, examples),
        "probe": go_on_probing(args.probe_out, examples),
    }
    print(json.dumps({"questions": len(examples), "fitted_on": told}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
