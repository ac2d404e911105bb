"""A question's vector turned towards the articles that lawyers would name: a small learned map.

An encoder that was not trained for it puts a layman's question near to other laymen's words. One
matrix, learned on questions with their articles and kept beside this module, moves the question; the
passages stay as they are, so that nothing is embedded again. `eval.fit_adapter` learns it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

WEIGHTS = Path(__file__).with_name("adapter.npz")


class Adapter:
    """A learned map of question vectors."""

    def __init__(self, down: np.ndarray, up: np.ndarray) -> None:
        """`down` is (dimension, rank), `up` (rank, dimension): what is added to a question."""
        self._down = down.astype(np.float32)
        self._up = up.astype(np.float32)

    @classmethod
    def load(cls, embedder: str, path: Path = WEIGHTS) -> Adapter | None:
        """The shipped one; None where it was learned for another embedder."""
        if not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as arrays:
            if str(arrays["embedder"]) != embedder:
                return None
            return cls(arrays["down"], arrays["up"])

    def save(self, path: Path, *, embedder: str, fitted_on: str) -> None:
        """Write what `load` reads; `fitted_on` tells what it was learned on."""
        np.savez_compressed(
            path,
            down=self._down.astype(np.float16),
            up=self._up.astype(np.float16),
            embedder=np.array(embedder),
            fitted_on=np.array(fitted_on),
        )

    def apply(self, queries: np.ndarray) -> np.ndarray:
        """Question vectors (…, dimension) of length 1, moved and of length 1 again."""
        moved = queries + queries @ self._down @ self._up
        unit: np.ndarray = moved / np.linalg.norm(moved, axis=-1, keepdims=True)
        return unit.astype(np.float32)
