"""The language model's lower layers: cut out of its file, loaded beside it, and weighed by the gate."""

from __future__ import annotations

import os
from pathlib import Path

import gguf
import numpy as np
import pytest

from index.search import SCORING
from rag.logistic import LogisticWeights
from rag.lower_layers import cut_layers
from rag.reader import WEIGHTS, QuestionReader
from rag.scope import SIGNS
from rag.settings import Settings


def write_model(path: Path, n_layers: int) -> Path:
    """A GGUF file with the given number of blocks, of no use but to be cut."""
    writer = gguf.GGUFWriter(path, "made")
    writer.add_uint32("made.block_count", n_layers)
    writer.add_array("made.words", ["一", "二"])
    for name in ("token_embd.weight", "output.weight"):
        writer.add_tensor(name, np.full((2, 4), 7, dtype=np.float32))
    for block in range(n_layers):
        writer.add_tensor(f"blk.{block}.attn.weight", np.full((4, 4), block, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_the_lower_layers_are_those_of_the_model(tmp_path: Path) -> None:
    model = write_model(tmp_path / "made.gguf", 12)
    made = gguf.GGUFReader(cut_layers(model, 11, tmp_path / "cache"))
    tensors = {tensor.name: tensor.data for tensor in made.tensors}
    assert list(tensors) == ["token_embd.weight", *(f"blk.{n}.attn.weight" for n in range(11))]
    assert np.all(tensors["blk.10.attn.weight"] == 10)
    fields = {field.name: field for field in made.fields.values()}
    assert fields["made.block_count"].contents() == 11
    assert fields["made.words"].contents() == ["一", "二"]


def test_they_are_cut_once_and_anew_for_another_file(tmp_path: Path) -> None:
    model = write_model(tmp_path / "made.gguf", 3)
    first = cut_layers(model, 2, tmp_path)
    assert cut_layers(model, 2, tmp_path) == first
    os.utime(model, ns=(1, 1))
    second = cut_layers(model, 2, tmp_path)
    assert second != first and not first.exists() and second.is_file()


def test_a_model_with_fewer_layers_is_refused(tmp_path: Path) -> None:
    model = write_model(tmp_path / "made.gguf", 3)
    with pytest.raises(ValueError, match="fewer than 4"):
        cut_layers(model, 4, tmp_path)


def test_the_reader_reads_a_question_unless_it_is_off() -> None:
    reader = QuestionReader(Settings())
    assert reader.vector("退休金会涨吗") is None  # not started
    reader.start()
    reader.wait()
    pension, again, bus = map(reader.vector, ("退休金会涨吗", "退休金会涨吗", "公交几点停"))
    assert pension is not None and again is not None and bus is not None
    assert pension.shape == (1536,) and np.linalg.norm(pension) == pytest.approx(1)
    assert np.array_equal(pension, again) and pension @ bus < 0.999
    for character in "问🧧𓀀":
        assert reader.vector(character * 5000) is not None
    off = QuestionReader(Settings(reader=False))
    off.start()
    off.wait()
    assert off.vector("退休金会涨吗") is None


def test_the_shipped_weights_fit_the_reader_and_the_signs() -> None:
    weights = LogisticWeights.model_validate_json(WEIGHTS.read_bytes())
    assert len(weights.vector) == len(weights.centre) == 1536
    assert len(weights.signs) == len(weights.mean) == len(weights.scale) == len(SIGNS)
    assert weights.scoring == SCORING and 0 < weights.threshold < 1
