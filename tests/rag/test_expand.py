"""Questions by the model are kept beside the text, where they lead back to their clause."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import FakeEmbedder, FakeHost, FakeModel

from corpus.load import DEFAULT_TEXTS
from corpus.questions import load_clause_questions, questions_path, read_questions_file
from index.passage import Passage
from index.search import Index
from rag import expand as expanding
from rag.expand import comes_back, expand, main, read_reply
from rag.prompt import load_prompts

CLAUSE = "支持在具备条件的城市口岸开设免税店。"


def test_a_reply_is_read_line_by_line_without_marks_and_echoes() -> None:
    reply = f"1. 我们市能买到免税的东西吗\n- 我们市能买到免税的东西吗\n\n{CLAUSE}\n<b>出国前在哪买</b>\n嗯\n2、{'很' * 90}"
    assert read_reply(reply, CLAUSE) == ["我们市能买到免税的东西吗"]


def test_a_question_that_does_not_lead_back_is_left_out(
    index: Index, clause: Callable[[str], Passage]
) -> None:
    passage = clause("城市口岸开设免税店")
    model = FakeModel(reply="城市口岸有没有免税店可逛\n带薪年休假谁来监督执行")
    (entry,) = expand([passage], index, model, load_prompts(), by="fake")
    assert entry.questions == ("城市口岸有没有免税店可逛",)
    assert (entry.locator, entry.by) == (str(passage.locator), "fake")
    assert not comes_back("带薪年休假谁来监督执行", passage, index)
    assert passage.text in str(model.asked[0][-1].content)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """The policy without its questions."""
    shutil.copytree(DEFAULT_TEXTS, tmp_path / "texts")
    (path,) = (tmp_path / "texts").glob("*.questions.jsonl")
    path.unlink()
    return tmp_path / "texts"


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> FakeModel:
    made = FakeModel(reply="育儿补贴怎么还没影\n带薪年休假谁来监督执行")

    class Host(FakeHost):
        def start(self) -> None:
            """It is there."""

    monkeypatch.setattr(expanding, "ModelHost", lambda settings: Host(chat_model=made))
    monkeypatch.setattr(expanding, "SentenceEmbedder", lambda name: FakeEmbedder())
    monkeypatch.setattr(expanding, "default_cache", lambda embedder: None)
    return made


def run(monkeypatch: pytest.MonkeyPatch, texts: Path) -> int:
    monkeypatch.setattr(sys, "argv", ["rag.expand", "--texts", str(texts)])
    return main()


def test_every_clause_is_asked_about_once_and_a_changed_one_again(
    texts: Path,
    model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, texts) == 0
    assert json.loads(capsys.readouterr().out)["clauses"] == len(model.asked) == 103
    kept = load_clause_questions(texts)
    assert any("育儿补贴怎么还没影" in questions for questions in kept.values())
    assert run(monkeypatch, texts) == 0
    assert len(model.asked) == 103, "nothing is missing"
    (file,) = texts.glob("*.txt")
    file.write_text(
        file.read_text(encoding="utf-8").replace("免税店", "免税商店"), encoding="utf-8"
    )
    assert run(monkeypatch, texts) == 0
    assert len(model.asked) == 104


def test_what_was_done_before_a_stop_is_kept(
    texts: Path, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> bool:
        if len(model.asked) == 3:
            raise KeyboardInterrupt
        return True

    monkeypatch.setattr(expanding, "comes_back", stop)
    assert run(monkeypatch, texts) == 1
    (file,) = texts.glob("*.txt")
    assert len(read_questions_file(questions_path(file))) == 2


def test_without_a_model_nothing_is_written(
    texts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLICYQA_BACKEND", "none")
    assert run(monkeypatch, texts) == 1
    assert "needs a language model" in capsys.readouterr().err
    assert load_clause_questions(texts) == {}
