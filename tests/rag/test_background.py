"""A changed text is live at once; one that cannot be used changes nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import FakeEmbedder

from corpus.load import DEFAULT_TEXTS
from index import search as searching
from rag import background, build
from rag.answer import Finished
from rag.background import BackgroundAssistant
from rag.reader import QuestionReader
from rag.settings import Backend, Settings

OLD, NEW = "研究建立育儿补贴制度", "研究建立育儿津贴制度"


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[QuestionReader]:
    """The readers that loaded their weights; none has any here."""
    found: list[QuestionReader] = []
    monkeypatch.setattr(QuestionReader, "_load", lambda reader: found.append(reader))
    return found


@pytest.fixture
def assistant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loaded: list[QuestionReader]
) -> Iterator[BackgroundAssistant]:
    shutil.copytree(DEFAULT_TEXTS, tmp_path / "texts")
    monkeypatch.setattr(build, "SentenceEmbedder", lambda name: FakeEmbedder())
    monkeypatch.setattr(searching, "default_cache", lambda embedder: tmp_path / "vectors.sqlite")
    monkeypatch.setattr(background, "_LOOKS_EVERY_S", 0.02)
    settings = Settings(
        texts=tmp_path / "texts", index=tmp_path / "index", backend=Backend.NONE, vectors=""
    )
    opened = BackgroundAssistant(settings)
    yield opened
    opened.close()


def answer(assistant: BackgroundAssistant) -> str:
    events = list(assistant.stream("育儿补贴还是育儿津贴"))
    assert isinstance(events[-1], Finished)
    return "".join(s.text for s in events[-1].answer.statements)


def change(folder: Path, old: str, new: str) -> None:
    (file,) = (folder / "texts").glob("*.txt")
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_changed_clause_is_answered_from_at_once(
    assistant: BackgroundAssistant, tmp_path: Path
) -> None:
    assert OLD in answer(assistant) and not assistant.is_starting
    change(tmp_path, OLD, NEW)
    wait_for(lambda: NEW in assistant.documents[0].text)
    assert NEW in answer(assistant) and OLD not in answer(assistant)


def test_a_text_that_cannot_be_used_leaves_the_old_answers(
    assistant: BackgroundAssistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert OLD in answer(assistant)
    manifest = tmp_path / "texts" / "manifest.toml"
    good = manifest.read_text(encoding="utf-8")
    manifest.write_text("no = [manifest", encoding="utf-8")
    wait_for(lambda: "answers go on from the old ones" in caplog.text)
    assert OLD in answer(assistant)
    manifest.write_text(good, encoding="utf-8")
    change(tmp_path, OLD, NEW)
    wait_for(lambda: NEW in assistant.documents[0].text)


def test_the_question_reader_is_loaded_once_however_often_the_texts_change(
    assistant: BackgroundAssistant, tmp_path: Path, loaded: list[QuestionReader]
) -> None:
    for old, new in ((OLD, NEW), (NEW, OLD)):
        answer(assistant)
        change(tmp_path, old, new)
        wait_for(lambda new=new: new in assistant.documents[0].text)  # type: ignore[misc]
    assert len(loaded) == 1
