"""The command: what it writes, how it goes on, and what it says when it cannot."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from made import make_abstention, make_reply

from eval import run
from eval.question import QUESTIONS, Question
from eval.reply import Reply
from eval.report import Report


class Fixed:
    """Cites the gold measures of every second question it is asked, and abstains on the others."""

    name = "extractive"

    def __init__(self) -> None:
        self.n_asked = 0
        self.stop_after = 10**6

    def reply(self, question: Question) -> Reply:
        """By turns."""
        if self.n_asked == self.stop_after:
            self.stop_after = 10**6
            raise KeyboardInterrupt
        self.n_asked += 1
        if self.n_asked % 2:
            return make_abstention(question_id=question.id)
        return make_reply(*question.measures, question_id=question.id)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fixed:
    """The system that the command opens; its reports go to a folder of the test."""
    fixed = Fixed()
    monkeypatch.setattr(run, "open_system", lambda name, settings: fixed)
    monkeypatch.setattr(run, "REPORTS", tmp_path / "reports")
    return fixed


def call(monkeypatch: pytest.MonkeyPatch, *args: str) -> int:
    monkeypatch.setattr(sys, "argv", ["eval.run", "--system", "extractive", *args])
    return run.main()


def test_it_writes_json_that_reads_back_and_a_page(
    system: Fixed,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "deep" / "r.json"
    assert call(monkeypatch, "--limit", "12", "--out", str(out)) == 0
    printed = capsys.readouterr()
    report = Report.model_validate_json(out.read_bytes())
    assert len(report.entries) == 12 and json.loads(printed.out)["made"]["system"] == "extractive"
    assert "grounded" in printed.err
    assert "<html" in out.with_suffix(".html").read_text(encoding="utf-8")


def test_a_comparison_names_what_moved(
    system: Fixed,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, after = tmp_path / "a.json", tmp_path / "b.json"
    call(monkeypatch, "--limit", "9", "--out", str(before))
    assert call(monkeypatch, "--limit", "9", "--out", str(after), "--compare", str(before)) == 0
    assert "newly failed" in capsys.readouterr().err
    comparison = json.loads(after.read_text(encoding="utf-8"))["comparison"]
    assert comparison["n"] == 9 and comparison["newly_failed"]


def test_stopped_by_ctrl_c_it_goes_on_where_it_was(
    system: Fixed,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    system.stop_after = 5
    assert call(monkeypatch, "--limit", "8") == 1
    assert "goes on" in capsys.readouterr().err
    assert call(monkeypatch, "--limit", "8") == 0
    assert system.n_asked == 8
    left = [path.suffix for path in (tmp_path / "reports").iterdir()]
    assert sorted(left) == [".html", ".json"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--compare", "{bad}"], "no report of this version"),
        (["--compare", "{missing}"], "No such file"),
        (["--questions", "{bad}"], "line 1"),
        (["--questions", "{empty}"], "holds no question"),
    ],
)
def test_bad_input_gets_one_clear_sentence(
    args: list[str],
    said: str,
    system: Fixed,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "bad").write_text('{"a": 1}', encoding="utf-8")
    (tmp_path / "empty").write_text("", encoding="utf-8")
    named = {name: str(tmp_path / name) for name in ("bad", "missing", "empty")}
    assert call(monkeypatch, *(arg.format(**named) for arg in args)) == 1
    assert said in capsys.readouterr().err
    assert system.n_asked == 0


def test_the_halves_are_asked_apart(system: Fixed, monkeypatch: pytest.MonkeyPatch) -> None:
    call(monkeypatch, "--split", "dev")
    assert 0 < system.n_asked <= len(QUESTIONS.read_text(encoding="utf-8").splitlines())
