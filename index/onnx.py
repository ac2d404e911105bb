"""The encoder in onnxruntime: the vectors of sentence-transformers, a question in a third of the time.

The graph is exported once from the sentence-transformers folder into the cache, held against it on a
few texts, and sealed. Only encoders whose vectors are the mean of their tokens are exported. Beside it
goes, for `index.cross_encoder`, a graph of the upper half of the layers with what was learned added to
their weights.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import os
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from index.seals import Seal, find_fault, set_seal

_FILE = "graph.onnx"
_WHOLE = "token vectors and middle states"
_STAMP = "made_from.json"
_BATCH = 8
_OPSET = 17
_AGREES = 0.999
_TRIED_ON = (
    "养老金怎么调整？",
    "How will pensions be raised?",
    "支持换购合格安全的电动自行车。" * 9,
)


def _open(graph: Path) -> Any:
    import onnxruntime  # a second to import

    options = onnxruntime.SessionOptions()
    has_affinity = hasattr(os, "sched_getaffinity")
    options.intra_op_num_threads = len(os.sched_getaffinity(0)) if has_affinity else 0
    # Threads that spin after a question keep the cores from the search that follows: 41 ms
    # became 26 over 58,701 passages, though the question itself takes 13 where it took 10.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


class OnnxEncoder:
    """Token vectors of texts, by an exported graph and the model's own tokenizer."""

    def __init__(self, graph: Path, tokenizer: Any, max_length: int) -> None:
        self._session = _open(graph)
        self._tokenizer = tokenizer
        self._max_length = max_length

    def token_vectors(self, texts: Sequence[str]) -> list[np.ndarray]:
        """For each text (n_tokens, dimension) float32, special tokens included, in order."""
        return [vectors for (vectors,) in self._run(texts, "vectors")]

    def vectors_and_states(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """A text's token vectors, and the same after the lower half of the layers.

        Both at once, since onnxruntime computes the whole graph for either.
        """
        ((vectors, states),) = self._run([text], "vectors", "states")
        return vectors, states

    def _run(self, texts: Sequence[str], *outputs: str) -> list[tuple[np.ndarray, ...]]:
        """In batches of texts alike in length, so that little is padded."""
        found: list[tuple[np.ndarray, ...]] = [()] * len(texts)
        by_length = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(by_length), _BATCH):
            places = by_length[start : start + _BATCH]
            read = self._tokenizer(
                [texts[i] for i in places],
                return_tensors="np",
                padding=True,
                truncation=True,
                max_length=self._max_length,
            )
            inputs = {name: read[name].astype(np.int64) for name in ("input_ids", "attention_mask")}
            arrays = self._session.run(outputs, inputs)
            for i, (place, mask) in enumerate(zip(places, inputs["attention_mask"], strict=True)):
                found[place] = tuple(array[i][mask > 0] for array in arrays)
        return found


def is_exportable(model: Any) -> bool:
    """Whether a SentenceTransformer is an encoder with mean pooling and nothing more but a norm."""
    names = [type(module).__name__ for module in model]
    if names[:2] != ["Transformer", "Pooling"] or names[2:] not in ([], ["Normalize"]):
        return False
    return str(model[1].get_config_dict().get("pooling_mode", "mean")) in ("mean", "('mean',)") or (
        bool(model[1].get_config_dict().get("pooling_mode_mean_tokens"))
    )


def find_graph(folder: Path, cache: Path) -> Path | None:
    """The graph exported from a sentence-transformers folder, if it is there and undamaged."""
    return _find(_made(folder, cache, _WHOLE))


def export(model: Any, folder: Path, cache: Path) -> Path | None:
    """Export a SentenceTransformer loaded from a folder; None where it cannot be done or differs.

    It is written beside its place and moved there when it is whole and agrees with the model.
    """
    if not is_exportable(model):
        return None

    def write(graph: Path) -> bool:
        _export_graph(model, graph)
        encoder = OnnxEncoder(graph, model.tokenizer, model.max_seq_length)
        found = [rows.mean(axis=0) for rows in encoder.token_vectors(_TRIED_ON)]
        wanted = model.encode(list(_TRIED_ON), prompt="", show_progress_bar=False)
        return _agree(found, wanted)

    return _make_once(_made(folder, cache, _WHOLE), write)


class UpperLayers:
    """The upper half of an encoder's layers, by a graph that `export_upper` made."""

    def __init__(self, graph: Path) -> None:
        self._session = _open(graph)

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """States (n_tokens, dimension) of one sequence through the layers, none of them masked."""
        (rows,) = self._session.run(None, {"states": states[None].astype(np.float32)})
        found: np.ndarray = rows[0]
        return found


def export_upper(
    load: Callable[[], Any], folder: Path, cache: Path, changes: Mapping[str, np.ndarray], mark: str
) -> Path | None:
    """The graph of the upper layers with `changes` added to their weights; None where it cannot be had.

    `changes` name weights as the upper layers' own `named_parameters` do, the first upper layer being
    0. `load` gives the SentenceTransformer of the folder; it is called where no graph with this
    `mark` is there yet.
    """
    made = _made(folder, cache, mark)
    if (graph := _find(made)) is not None:
        return graph

    def write(graph: Path) -> bool:
        import torch

        layers = _upper_layers(load(), changes)
        with torch.inference_mode():
            tried = torch.randn(1, 40, layers.dimension, generator=torch.Generator().manual_seed(0))
            wanted = layers(tried)[0].numpy()
        _export_upper(layers, graph)
        return _agree(UpperLayers(graph)(tried[0].numpy()), wanted)

    return _make_once(made, write)


def _agree(
    found: Sequence[np.ndarray] | np.ndarray, wanted: Sequence[np.ndarray] | np.ndarray
) -> bool:
    return all(
        float(one @ other) >= _AGREES * np.linalg.norm(one) * np.linalg.norm(other)
        for one, other in zip(found, wanted, strict=True)
    )


def _find(made: Path) -> Path | None:
    try:
        stamp = json.loads((made / _STAMP).read_text(encoding="utf-8"))
        fault = find_fault(made / _FILE, size=stamp["size"], sha256=stamp["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None if fault else made / _FILE


def _make_once(made: Path, write: Callable[[Path], bool]) -> Path | None:
    """The graph in a place, written there by one process if it is not there yet.

    `write` tells whether what it wrote does what it should.
    """
    try:
        made.mkdir(parents=True, exist_ok=True)
        with FileLock(made / "lock"):
            if (graph := _find(made)) is not None:
                return graph
            return _write(write, made)
    except Exception as error:  # an exporter fails in many ways; torch then does it, or nobody
        warnings.warn(f"the encoder is not exported: {error}", stacklevel=3)
        return None


def _write(write: Callable[[Path], bool], made: Path) -> Path | None:
    with tempfile.TemporaryDirectory(dir=made) as part:
        graph = Path(part) / _FILE
        if not write(graph):
            return None
        seal = Seal.of(graph)
        stamp = {"size": seal.size, "sha256": seal.sha256}
        os.replace(graph, made / _FILE)
        (made / _STAMP).write_text(json.dumps(stamp), encoding="utf-8")
    set_seal(made / _FILE, Seal.of(made / _FILE))
    return made / _FILE


def _export_graph(model: Any, graph: Path) -> None:
    import torch

    class TokenVectors(torch.nn.Module):
        def __init__(self, encoder: Any) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            output = self.encoder(
                input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True
            )
            states = output.hidden_states  # what the first layer takes, then what each layer gives
            return output.last_hidden_state, states[(len(states) - 1) // 2]

    names, outputs = ["input_ids", "attention_mask"], ["vectors", "states"]
    example = model.tokenizer(list(_TRIED_ON), return_tensors="pt", padding=True)
    axes = {name: {0: "batch", 1: "tokens"} for name in (*names, *outputs)}
    encoder = TokenVectors(model[0].auto_model.eval())
    _trace(encoder, tuple(example[name] for name in names), graph, names, outputs, axes)


def _upper_layers(model: Any, changes: Mapping[str, np.ndarray]) -> Any:
    """The upper half of a SentenceTransformer's layers as a module of their own, changed."""
    import torch

    class Upper(torch.nn.Module):
        def __init__(self, layers: Any, dimension: int) -> None:
            super().__init__()
            self.layers = layers
            self.dimension = dimension

        def forward(self, states: Any) -> Any:
            for layer in self.layers:
                given = layer(states)
                states = given[0] if isinstance(given, tuple) else given
            return states

    encoder = model[0].auto_model
    every = encoder.encoder.layer
    layers = copy.deepcopy(every[len(every) // 2 :]).eval()  # the model itself stays as it is
    weights = dict(layers.named_parameters())
    with torch.inference_mode():
        for name, change in changes.items():
            weights[name].add_(torch.from_numpy(change.astype(np.float32)))
    return Upper(layers, int(encoder.config.hidden_size))


def _export_upper(layers: Any, graph: Path) -> None:
    import torch

    example = torch.zeros(1, 8, layers.dimension)
    axes = {name: {1: "tokens"} for name in ("states", "vectors")}
    _trace(layers, (example,), graph, ["states"], ["vectors"], axes)


def _trace(
    module: Any,
    example: tuple[Any, ...],
    graph: Path,
    inputs: Sequence[str],
    outputs: Sequence[str],
    axes: Mapping[str, Mapping[int, str]],
) -> None:
    import torch

    with warnings.catch_warnings(), contextlib.redirect_stdout(None), torch.inference_mode():
        warnings.simplefilter("ignore")  # of the tracer, about branches that an encoder never takes
        torch.onnx.export(
            module,
            example,
            str(graph),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=dict(axes),
            opset_version=_OPSET,
            dynamo=False,
        )


def _made(folder: Path, cache: Path, what: str) -> Path:
    """Where a folder's graph lies: a place that changes with its weights, the exporter and `what`."""
    weights = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("*.bin"))
    found = hashlib.sha256(f"{folder.resolve()}\n{version('torch')}\n{what}".encode())
    for path in weights:
        stat = path.stat()
        found.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return cache / "onnx" / found.hexdigest()[:16]
