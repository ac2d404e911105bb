"""A language model's readings are kept, and a reading that is there is not asked for again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeHost
from langchain_core.messages import BaseMessage, HumanMessage

from eval.readings import KeptReader, Readings
from rag.judge import ModelJudge
from rag.prompt import load_prompts
from rag.reader import QuestionReader
from rag.settings import Settings


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the model was asked; it gives the length of the question as its odds."""
    found: list[str] = []

    def log_odds(_: ModelJudge, messages: list[BaseMessage]) -> float | None:
        found.append(messages[-1].text)
        return float(len(found[-1]))

    monkeypatch.setattr(ModelJudge, "log_odds", log_odds)
    return found


def open_at(path: Path) -> Readings:
    return Readings(FakeHost(), load_prompts(), path)  # type: ignore[arg-type]


def test_what_was_read_is_kept_over_a_cut_line(tmp_path: Path, asked: list[str]) -> None:
    path = tmp_path / "made" / "readings.jsonl"
    first = open_at(path)
    assert [first.log_odds([HumanMessage(text)]) for text in ("一", "二二", "一")] == [1, 2, 1]
    with path.open("a", encoding="utf-8") as file:
        file.write('["cut o')
    again = open_at(path)
    assert [again.log_odds([HumanMessage(text)]) for text in ("二二", "三三三", "一")] == [2, 3, 1]
    assert asked == ["一", "二二", "三三三"]
    assert open_at(path).log_odds([HumanMessage("三三三")]) == 3
    assert len(asked) == 3


def test_a_question_is_read_once_and_one_that_could_not_be_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def states(_: QuestionReader, question: str) -> np.ndarray | None:
        read.append(question)
        return None if question == "三" else np.full((len(read), 2), 0.5, dtype=np.float32)

    monkeypatch.setattr(QuestionReader, "states", states)
    path = tmp_path / "made" / "reader.sqlite"
    first = [KeptReader(Settings(), path).states(question) for question in ("一", "二", "三")]
    again = [KeptReader(Settings(), path).states(question) for question in ("一", "二", "三")]
    for found in (first, again):
        one = [[0.5, 0.5]]
        assert [None if s is None else s.tolist() for s in found] == [one, one * 2, None]
    assert read == ["一", "二", "三", "三"]
    vector = KeptReader(Settings(), path).vector("二")
    assert vector is not None and vector.tolist() == pytest.approx([0.5**0.5, 0.5**0.5])
