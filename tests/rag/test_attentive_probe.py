"""The probe over the reader's token states: what it computes, and when it is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.attentive_probe import WEIGHTS, AttentiveProbe
from rag.reader import READER


def test_the_shipped_probe_reads_states_of_any_length() -> None:
    probe = AttentiveProbe.load(READER)
    assert probe is not None
    chance = np.random.default_rng(0)
    for n_tokens in (1, 2, 30, 250):
        assert np.isfinite(probe.logit(chance.normal(size=(n_tokens, 1536)).astype(np.float32)))


def test_where_a_token_stands_is_in_its_state_alone() -> None:
    probe = AttentiveProbe.load(READER)
    assert probe is not None
    states = np.random.default_rng(1).normal(size=(6, 1536)).astype(np.float32)
    assert probe.logit(states[::-1]) == pytest.approx(probe.logit(states), abs=1e-3)
    assert abs(probe.logit(states[:3]) - probe.logit(states)) > 1e-3


def test_a_probe_over_another_model_is_not_taken(tmp_path: Path) -> None:
    assert AttentiveProbe.load("another-model") is None
    assert AttentiveProbe.load(READER, tmp_path / "none.npz") is None
    assert WEIGHTS.is_file()
