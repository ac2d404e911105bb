"""A model of natural-language inference as the second reader: a small one of random weights, read as real ones are."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from fakes import FakeEmbedder, FakeHost
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    BertTokenizer,
)

from index.passage import Passage
from index.registry import WeightsError
from rag.check.support import WEIGHTS, Support, SupportWeights
from rag.entailment import load_entailment, second_reader
from rag.judge import ModelJudge
from rag.prompt import load_prompts
from rag.settings import Settings

XNLI = ("entailment", "neutral", "contradiction")
MNLI = ("CONTRADICTION", "ENTAILMENT", "NEUTRAL")
TWO = ("not_entailment", "entailment")
SENTENCE = "最低工资会提高。"


def save_model(folder: Path, labels: tuple[str, ...]) -> str:
    """A two-layer BERT over single characters with these labels, at a folder."""
    folder.mkdir(exist_ok=True)
    letters = sorted(set("科学合理提高最低工资标准会必须降。，"))
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
        initializer_range=0.5,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize(("labels", "place"), [(XNLI, 0), (MNLI, 1), (TWO, 1)])
def test_the_odds_are_of_entailment_against_all_else(
    tmp_path: Path, clause: Callable[[str], Passage], labels: tuple[str, ...], place: int
) -> None:
    name, passage = save_model(tmp_path, labels), clause("最低工资标准")
    odds = load_entailment(name).support(SENTENCE, passage, "zh")
    both = AutoTokenizer.from_pretrained(name)(passage.text, SENTENCE, return_tensors="pt")
    model = AutoModelForSequenceClassification.from_pretrained(name).eval()
    share = model(**both).logits.softmax(-1)[0, place].item()
    assert odds == pytest.approx(torch.logit(torch.tensor(share)).item(), abs=1e-3)
    assert load_entailment(name).support("必须降低。", passage, "zh") != pytest.approx(odds)


@pytest.mark.parametrize("labels", [("LABEL_0", "LABEL_1"), ("good", "bad", "neutral")])
def test_a_model_for_something_else_is_refused_in_a_sentence(
    tmp_path: Path, labels: tuple[str, ...]
) -> None:
    with pytest.raises(WeightsError, match=f"no model of natural-language inference.*{labels[1]}"):
        load_entailment(save_model(tmp_path, labels))


def test_a_folder_without_a_model_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=f"{tmp_path}.*cannot be loaded"):
        load_entailment(str(tmp_path))


def test_it_reads_in_the_place_of_the_language_model_where_it_is_named(tmp_path: Path) -> None:
    host, prompts = FakeHost(chat_model=None), load_prompts()
    named = Settings(nli=save_model(tmp_path, XNLI))
    assert second_reader(named, host, prompts) is load_entailment(str(tmp_path))  # type: ignore[arg-type]
    assert isinstance(second_reader(Settings(nli=""), host, prompts), ModelJudge)  # type: ignore[arg-type]


def test_one_that_was_not_fitted_is_not_asked_and_the_log_tells_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    weights = SupportWeights.model_validate_json(WEIGHTS.read_bytes())
    path = tmp_path / "support.json"
    path.write_text(weights.model_copy(update={"embedder": "fake-pairs"}).model_dump_json())
    reader = load_entailment(save_model(tmp_path / "nli", XNLI))
    with caplog.at_level(logging.WARNING, logger="policyqa"):
        Support.load(FakeEmbedder(), {}, reader, path)
    assert "eval.fit_support" in caplog.text and reader.name in caplog.text
