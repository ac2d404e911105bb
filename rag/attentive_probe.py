"""Whether the documents say what is asked, by every token's state in the language model's lower layers.

The mean of the states tells what a question is about and, roughly, what it wants (`rag.reader`). Whether a town that
it names is a circumstance or the very thing asked after tells only how its words hang together; a small
transformer over the frozen states can learn that (attentive probing). Alone it judges no better than the mean, but
it errs elsewhere, and both together judge better. `eval.fit_probe` learns it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

WEIGHTS = Path(__file__).with_name("attentive_probe.npz")
N_HEADS = 8
# The mean state is brought to this length before the head weighs it.
MEAN_LENGTH = 8.0
_SMALL = 1e-5


class AttentiveProbe:
    """A pre-norm transformer, pooled by learned attention, over a question's token states."""

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        """`arrays` are those that eval.fit_probe writes, named as in its network."""
        self._arrays = {
            name: array.astype(np.float32)
            for name, array in arrays.items()
            if array.dtype.kind == "f"
        }
        self._n_layers = len({name.split(".")[1] for name in arrays if name.startswith("layers.")})

    @classmethod
    def load(cls, reader: str, path: Path = WEIGHTS) -> AttentiveProbe | None:
        """The shipped one; None where it was learned over another language model."""
        if not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as arrays:
            if str(arrays["reader"]) != reader:
                return None
            return cls(dict(arrays))

    def logit(self, states: np.ndarray) -> float:
        """That the documents say what is asked, for states (n_tokens, dimension) as they come."""
        scaled = self._scaled(states)
        read = self.read(states)
        shares = softmax(self._linear("attention", read), axis=0)
        pooled = (shares.T @ read).ravel()
        mean = scaled.mean(axis=0)
        mean *= MEAN_LENGTH / np.linalg.norm(mean)
        return float((self._linear("answered", pooled) + self._linear("mean", mean))[0])

    def read(self, states: np.ndarray) -> np.ndarray:
        """What it makes of each token's state: (n_tokens, own dimension)."""
        read = self._linear("inward", self._scaled(states))
        for layer in range(self._n_layers):
            read = self._layer(f"layers.{layer}.", read)
        return self._norm("norm", read)

    def _scaled(self, states: np.ndarray) -> np.ndarray:
        found: np.ndarray = (states - self._arrays["centre"]) / self._arrays["scale"]
        return found

    def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
        found: np.ndarray = x @ self._arrays[f"{name}.weight"].T + self._arrays[f"{name}.bias"]
        return found

    def _norm(self, name: str, x: np.ndarray) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _SMALL)
        scaled = centred / deviation * self._arrays[f"{name}.weight"]
        found: np.ndarray = scaled + self._arrays[f"{name}.bias"]
        return found

    def _layer(self, name: str, x: np.ndarray) -> np.ndarray:
        x = x + self._attend(f"{name}self_attn.", self._norm(f"{name}norm1", x))
        hidden = np.maximum(self._linear(f"{name}linear1", self._norm(f"{name}norm2", x)), 0)
        found: np.ndarray = x + self._linear(f"{name}linear2", hidden)
        return found

    def _attend(self, name: str, x: np.ndarray) -> np.ndarray:
        n, dimension = x.shape
        both = x @ self._arrays[f"{name}in_proj_weight"].T + self._arrays[f"{name}in_proj_bias"]
        # (3, heads, tokens, width)
        query, key, value = both.reshape(n, 3, N_HEADS, -1).transpose(1, 2, 0, 3)
        width = dimension // N_HEADS
        shares = softmax(query @ key.transpose(0, 2, 1) / np.sqrt(width), axis=-1)
        joined = (shares @ value).transpose(1, 0, 2).reshape(n, dimension)
        return self._linear(f"{name}out_proj", joined)


def softmax(x: np.ndarray, axis: int) -> np.ndarray:
    """Shares along an axis."""
    raised = np.exp(x - x.max(axis=axis, keepdims=True))
    found: np.ndarray = raised / raised.sum(axis=axis, keepdims=True)
    return found
