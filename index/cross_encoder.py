"""A question and a passage read together: does the one answer the other?

The lower half of the encoder's layers reads each by itself, as it was trained to; the upper half, with a
small learned change to its weights, then reads the states of both as one sequence. A passage's states are
kept, and a question's come at no more than the search's own cost. `eval.fit_cross_encoder` learns it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from index.embed import Embedder

WEIGHTS = Path(__file__).with_name("cross_encoder.npz")
_KEPT_PASSAGES = 512
# A question or passage is read so far, in tokens.
LONGEST = 300
DOWN, UP = ".down", ".up"


class CrossEncoder:
    """Judges pairs of a question and a passage."""

    def __init__(
        self,
        embedder: Embedder,
        upper: Callable[[np.ndarray], np.ndarray],
        *,
        segments: np.ndarray,
        head: np.ndarray,
        bias: float,
    ) -> None:
        """`segments` (2, dimension) are added to the question's and to the passage's states, `head`
        (2, dimension) weighs the means of either's states behind `upper`."""
        self._upper = upper
        self._segments, self._head, self._bias = segments, head, bias
        self._read_question = embedder.query_states
        self._read_passage = lru_cache(maxsize=_KEPT_PASSAGES)(embedder.passage_states)

    @classmethod
    def load(cls, embedder: Embedder, path: Path = WEIGHTS) -> CrossEncoder | None:
        """The shipped one; None where it was learned for another embedder, or cannot be run."""
        if not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as arrays:
            if str(arrays["embedder"]) != embedder.name:
                return None
            changes = {
                name.removesuffix(DOWN): arrays[name.removesuffix(DOWN) + UP].astype(np.float32)
                @ arrays[name].astype(np.float32)
                for name in arrays.files
                if name.endswith(DOWN)
            }
            segments, head = arrays["segments"], arrays["head"].reshape(2, -1)
            bias = float(arrays["bias"])
        mark = hashlib.sha256(path.read_bytes()).hexdigest()
        upper = embedder.upper_layers(changes, mark)
        if upper is None:
            return None
        return cls(embedder, upper, segments=segments, head=head, bias=bias)

    def read_ahead(self, passage: str) -> None:
        """Read a passage before a question is."""
        self._read_passage(passage)

    def logit(self, question: str, passage: str) -> float | None:
        """How much more likely it is that the passage answers the question than that it does not.

        None where the encoder does not show its states.
        """
        asked, told = self._read_question(question), self._read_passage(passage)
        if asked is None or told is None:
            return None
        asked, told = asked[:LONGEST] + self._segments[0], told[:LONGEST] + self._segments[1]
        read = self._upper(np.concatenate([asked, told]))
        means = np.stack([read[: len(asked)].mean(axis=0), read[len(asked) :].mean(axis=0)])
        return float((means * self._head).sum() + self._bias)


def save(
    path: Path,
    *,
    changes: Mapping[str, tuple[np.ndarray, np.ndarray]],
    segments: np.ndarray,
    head: np.ndarray,
    bias: float,
    embedder: str,
    fitted_on: str,
) -> None:
    """Write what `CrossEncoder.load` reads; each change is (down (rank, n), up (m, rank))."""
    arrays: dict[str, Any] = {}
    for name, (down, up) in changes.items():
        arrays[name + DOWN], arrays[name + UP] = down.astype(np.float16), up.astype(np.float16)
    np.savez_compressed(
        path,
        **arrays,
        segments=segments.astype(np.float32),
        head=head.astype(np.float32),
        bias=np.array(bias),
        embedder=np.array(embedder),
        fitted_on=np.array(fitted_on),
    )
