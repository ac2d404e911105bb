"""The encoder in onnxruntime: the vectors of sentence-transformers, a question in a third of the time.

The graph is exported once from the sentence-transformers folder into the cache, held against it on a
few texts, and sealed. Only encoders whose vectors are the mean of their tokens are exported.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from index.seals import Seal, find_fault, set_seal

_FILE = "token_vectors.onnx"
_STAMP = "made_from.json"
_BATCH = 8
_OPSET = 17
_AGREES = 0.999
_TRIED_ON = (
    "养老金怎么调整？",
    "How will pensions be raised?",
    "支持换购合格安全的电动自行车。" * 9,
)


class OnnxEncoder:
    """Token vectors of texts, by an exported graph and the model's own tokenizer."""

    def __init__(self, graph: Path, tokenizer: Any, max_length: int) -> None:
        import onnxruntime  # a second to import

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = len(os.sched_getaffinity(0)) if _has_affinity() else 0
        # Threads that spin after a question keep the cores from the search that follows: 41 ms
        # became 26 over 58,701 passages, though the question itself takes 13 where it took 10.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = tokenizer
        self._max_length = max_length

    def token_vectors(self, texts: Sequence[str]) -> list[np.ndarray]:
        """For each text (n_tokens, dimension) float32, special tokens included, in order.

        Run in batches of texts alike in length, so that little is padded.
        """
        found: list[np.ndarray] = [np.empty(0, dtype=np.float32)] * len(texts)
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
            (vectors,) = self._session.run(None, inputs)
            for place, rows, mask in zip(places, vectors, inputs["attention_mask"], strict=True):
                found[place] = rows[mask > 0]
        return found


def _has_affinity() -> bool:
    return hasattr(os, "sched_getaffinity")


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
    made = _made(folder, cache)
    try:
        stamp = json.loads((made / _STAMP).read_text(encoding="utf-8"))
        fault = find_fault(made / _FILE, size=stamp["size"], sha256=stamp["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None if fault else made / _FILE


def export(model: Any, folder: Path, cache: Path) -> Path | None:
    """Export a SentenceTransformer loaded from a folder; None where it cannot be done or differs.

    It is written beside its place and moved there when it is whole and agrees with the model.
    """
    if not is_exportable(model):
        return None
    made = _made(folder, cache)
    try:
        made.mkdir(parents=True, exist_ok=True)
        with FileLock(made / "lock"):
            if (graph := find_graph(folder, cache)) is not None:
                return graph
            return _write(model, made)
    except Exception as error:  # an exporter fails in many ways; torch then does the work
        warnings.warn(f"the encoder stays with torch: {error}", stacklevel=2)
        return None


def _write(model: Any, made: Path) -> Path | None:
    with tempfile.TemporaryDirectory(dir=made) as part:
        graph = Path(part) / _FILE
        _export_graph(model, graph)
        encoder = OnnxEncoder(graph, model.tokenizer, model.max_seq_length)
        found = [rows.mean(axis=0) for rows in encoder.token_vectors(_TRIED_ON)]
        wanted = model.encode(list(_TRIED_ON), prompt="", show_progress_bar=False)
        for one, other in zip(found, wanted, strict=True):
            if one @ other < _AGREES * np.linalg.norm(one) * np.linalg.norm(other):
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
            output = self.encoder(input_ids=input_ids, attention_mask=attention_mask)
            return output.last_hidden_state

    names = ["input_ids", "attention_mask"]
    example = model.tokenizer(list(_TRIED_ON), return_tensors="pt", padding=True)
    axes = {name: {0: "batch", 1: "tokens"} for name in (*names, "vectors")}
    with warnings.catch_warnings(), contextlib.redirect_stdout(None), torch.inference_mode():
        warnings.simplefilter("ignore")  # of the tracer, about branches that an encoder never takes
        torch.onnx.export(
            TokenVectors(model[0].auto_model.eval()),
            tuple(example[name] for name in names),
            str(graph),
            input_names=names,
            output_names=["vectors"],
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )


def _made(folder: Path, cache: Path) -> Path:
    """Where a folder's graph lies: a place that changes with its weights and the exporter."""
    weights = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("*.bin"))
    found = hashlib.sha256(f"{folder.resolve()}\n{version('torch')}".encode())
    for path in weights:
        stat = path.stat()
        found.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return cache / "onnx" / found.hexdigest()[:16]
