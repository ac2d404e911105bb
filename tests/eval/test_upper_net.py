"""What is learned on top of the encoder is written and gone on from."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel

from eval.upper_net import UpperNet


def made(seed: int) -> UpperNet:
    """One over a small encoder of chance weights, as if it had learned something."""
    torch.manual_seed(seed)
    config = BertConfig(
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        vocab_size=10,
    )
    net = UpperNet(BertModel(config))
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.requires_grad:
                parameter.normal_()
    return net


def test_what_was_written_is_gone_on_from(tmp_path: Path) -> None:
    path, first, second = tmp_path / "cross.npz", made(1), made(2)
    first.write(path, embedder="small", fitted_on="nothing")
    second.take(path, "small")
    for name, added in second.added.items():
        assert torch.allclose(added.down, first.added[name].down, atol=2e-3)
        assert torch.allclose(added.up, first.added[name].up, atol=2e-3)
    assert torch.equal(second.head.weight, first.head.weight)
    assert torch.allclose(second.head.bias, first.head.bias)
    assert torch.equal(second.segments, first.segments)


def test_weights_for_another_embedder_are_refused(tmp_path: Path) -> None:
    path, net = tmp_path / "cross.npz", made(1)
    net.write(path, embedder="small", fitted_on="nothing")
    with pytest.raises(ValueError, match="small"):
        net.take(path, "large")
