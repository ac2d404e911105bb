"""The gate's opinions go on from what they were, and no further than asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import PolicyQAError
from eval.fit_further import Example, go_on_reading
from eval.fit_probe import ProbeNet, new_net
from eval.learning import Labelled
from eval.logistic import fit_logistic, go_on_logistic
from rag.logistic import Logistic, LogisticWeights

_N, _DIMENSION = 400, 6


def make(seed: int, turned: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors, one sign and what is so: by the vector's first place, and by the second as far as `turned`."""
    chance = np.random.default_rng(seed)
    vectors = chance.normal(size=(_N, _DIMENSION)) / 20
    signs = chance.normal(size=(_N, 1))
    return vectors, signs, vectors[:, 0] + turned * vectors[:, 1] > 0


def start() -> LogisticWeights:
    vectors, signs, is_so = make(0, turned=0.0)
    return fit_logistic(
        vectors,
        signs,
        is_so,
        np.ones(_N),
        inverse_regularisation=0.1,
        embedder="made",
        threshold=0.4,
        fitted_on="400",
    )


def right(weights: LogisticWeights, seed: int, turned: float) -> float:
    vectors, signs, is_so = make(seed, turned)
    return float(((Logistic(weights).probabilities(vectors, signs) > 0.5) == is_so).mean())


def test_what_goes_on_learns_the_new_and_keeps_the_old() -> None:
    before = start()
    vectors, signs, is_so = make(1, turned=1.0)
    after = go_on_logistic(before, vectors, signs, is_so, inverse_regularisation=0.1)
    assert right(after, 2, turned=1.0) > right(before, 2, turned=1.0) + 0.1
    assert right(after, 3, turned=0.0) > 0.7
    assert after.threshold == before.threshold and after.fitted_on == "400, then 400 questions"


def test_held_tightly_it_stays_what_it_was() -> None:
    vectors, signs, is_so = make(1, turned=1.0)
    after = go_on_logistic(start(), vectors, signs, is_so, inverse_regularisation=1e-3)
    ranked = [Logistic(w).probabilities(vectors, signs) for w in (start(), after)]
    assert np.corrcoef(*ranked)[0, 1] > 0.98


def test_an_opinion_goes_on_once(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text(start().model_dump_json(), encoding="utf-8")
    vectors, signs, is_so = make(1, turned=1.0)
    examples = [
        Example(
            labelled=Labelled(
                kind="", question="", history=(), measures=frozenset({1} if so else ())
            ),
            query="",
            signs=own,
            states=vector[None],
        )
        for vector, own, so in zip(vectors, signs, is_so, strict=True)
    ]
    assert go_on_reading(path, path, examples) == "400, then 400 questions"
    with pytest.raises(PolicyQAError, match="fit it again first"):
        go_on_reading(path, path, examples)


def test_a_probe_that_goes_on_is_the_one_that_was_written(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    net = new_net([chance.normal(size=(5, 8)).astype(np.float32) for _ in range(20)])
    net.write(tmp_path / "probe.npz", "made")
    again = ProbeNet.of(tmp_path / "probe.npz")
    wanted = net.state_dict()
    for name, array in again.state_dict().items():
        if not name.startswith("about."):  # not kept
            assert np.allclose(array.numpy(), wanted[name].numpy(), atol=1e-3), name
