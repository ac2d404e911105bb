"""The command: one line a question, in the form that DESIGN promises."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeModel

from rag import ask
from rag.answer import Reason, Status
from rag.ask import answer_record, main, shown_text
from rag.assistant import Assistant
from rag.notices import notice

FIELDS = {
    "id",
    "answer_id",
    "status",
    "origin",
    "text",
    "cited",
    "statements",
    "nearby",
    "hits",
    "unsaid",
    "beside",
    "reason",
    "rejected",
    "rewritten",
    "first_s",
    "seconds",
}
QUESTION = "数码产品购新补贴是怎么说的"
REPLY = "实施手机、平板、智能手表（手环）3类数码产品购新补贴。支持换购合格安全的电动自行车。"
LINES = [
    json.dumps({"id": "a", "question": QUESTION, "gold": [15], "lang": "zh"}),
    json.dumps({"id": 2, "question": "今天天气怎么样，明天会下雨吗", "history": None}),
    "",
    json.dumps(
        {"id": "c", "question": "那平板呢？", "history": [{"role": "user", "content": QUESTION}]}
    ),
    json.dumps({"id": "d", "question": ""}),
    json.dumps({"id": "e", "question": "第八条讲了什么？"}),
]
MakeAssistant = Callable[[FakeModel | None], Assistant]


class Command:
    """Runs rag.ask over an assistant of fakes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._monkeypatch = monkeypatch
        self.questions, self.answers = folder / "q.jsonl", folder / "a.jsonl"

    def run(self, *arguments: object) -> int:
        self._monkeypatch.setattr(sys, "argv", ["rag.ask", *map(str, arguments)])
        return main()

    def batch(self, lines: list[str], *arguments: str) -> int:
        self.questions.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.run("--batch", self.questions, "--out", self.answers, *arguments)

    def rows(self) -> list[dict[str, Any]]:
        text = self.answers.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.split("\n") if line]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, make_assistant: MakeAssistant, tmp_path: Path
) -> Command:
    assistant = make_assistant(FakeModel(reply=REPLY))
    monkeypatch.setattr(ask, "build_assistant", lambda *_, **__: assistant)
    return Command(monkeypatch, tmp_path)


def test_batch_writes_one_line_a_question_with_exactly_the_fields(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.batch(LINES) == 0
    rows = command.rows()
    assert [row["id"] for row in rows] == ["a", 2, "c", "d", "e"]
    assert {frozenset(row) for row in rows} == {frozenset(FIELDS)}
    assert len({row["answer_id"] for row in rows}) == len(rows)
    assert capsys.readouterr().out == ""


def test_the_values_are_of_their_kinds(command: Command) -> None:
    command.batch(LINES)
    for row in command.rows():
        assert row["status"] in ("answered", "abstained")
        assert row["origin"] in ("model", "extractive", "structure", "approved")
        assert row["text"]
        assert 0 <= row["first_s"] <= row["seconds"]
        assert all(type(number) is int for number in row["cited"])
        for hit in row["hits"]:
            assert set(hit) == {"id", "locator", "measure", "rank", "score"}
        if row["status"] == "abstained":
            assert row["cited"] == row["statements"] == []
        else:
            assert row["nearby"] == []
            assert row["text"] == "\n".join(s["text"] for s in row["statements"])
            used = [c["measure"] for s in row["statements"] for c in s["citations"]]
            assert row["cited"] == list(dict.fromkeys(used))
    answered = [row["status"] for row in command.rows()]
    assert answered == ["answered", "abstained", "answered", "abstained", "answered"]


def test_retrieve_only_stops_after_the_hits(command: Command) -> None:
    assert command.batch(LINES, "--retrieve-only") == 0
    rows = command.rows()
    assert {frozenset(row) for row in rows} == {frozenset({"id", "hits", "rewritten", "seconds"})}
    assert rows[0]["hits"][0]["measure"] == 15
    assert rows[2]["rewritten"] == f"{QUESTION} 那平板呢？"


def test_one_question_prints_json_alone(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(QUESTION) == 0
    record = json.loads(capsys.readouterr().out)
    assert set(record) == FIELDS
    assert record["cited"] == [15]


def test_a_bad_line_exits_1_with_its_number_and_writes_nothing(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.batch([LINES[0], "", '{"id": "b"}']) == 1
    captured = capsys.readouterr()
    assert "line 3" in captured.err
    assert captured.out == ""
    assert not command.answers.exists()


def test_a_role_that_is_neither_user_nor_assistant_is_not_taken_for_one(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    turn = {"role": "human", "content": QUESTION}
    line = json.dumps({"id": "b", "question": "那平板呢？", "history": [turn]})
    assert command.batch([LINES[0], line]) == 1
    assert "line 2: history.0.role" in capsys.readouterr().err


def test_answers_never_overwrite_their_questions(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(command.questions.parent)
    command.questions.write_text(LINES[0], encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        command.run("--batch", command.questions, "--out", command.questions.name)
    assert stop.value.code == 2
    assert command.questions.read_text(encoding="utf-8") == LINES[0]


def test_a_setting_that_does_not_exist_exits_1_with_a_sentence(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLICYQA_BACKEND", "foo")
    assert command.run(QUESTION) == 1
    assert "backend" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [(), ("问", "--batch", "q.jsonl"), ("--batch", "q.jsonl")])
def test_wrong_usage_exits_2(command: Command, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stop:
        command.run(*arguments)
    assert stop.value.code == 2


def test_an_interrupted_batch_keeps_its_answers(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Assistant.ask

    def interrupted(self: Assistant, question: str, history: Any = ()) -> Any:
        if not question:
            raise KeyboardInterrupt
        return whole(self, question, history)

    monkeypatch.setattr(Assistant, "ask", interrupted)
    assert command.batch(LINES) == 1
    assert [row["id"] for row in command.rows()] == ["a", 2, "c"]


def test_shown_text_is_the_statements_or_the_notice(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FakeModel(reply=REPLY))
    answer = assistant.ask(QUESTION)
    assert shown_text(answer) == "\n".join(s.text for s in answer.statements)
    for question, language in (("天气怎么样会下雨吗", "zh"), ("Tell me a joke", "en")):
        abstained = assistant.ask(question)
        assert abstained.status is Status.ABSTAINED
        assert shown_text(abstained) == notice(abstained.reason, language)
    assert shown_text(assistant.ask("")) == notice(Reason.EMPTY, "zh")


def test_a_question_of_broken_bytes_can_be_printed(make_assistant: MakeAssistant) -> None:
    broken = b"\xff\xfe".decode("utf-8", "surrogateescape")  # as the shell hands it over
    record = answer_record(make_assistant(None).ask(broken), question_id="")
    json.dumps(record, ensure_ascii=False).encode()
