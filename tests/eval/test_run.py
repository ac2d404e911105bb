"""The command: what it writes, how it goes on, and what it says when it cannot."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from made import make_abstention, make_reply
from pydantic import SecretStr

from eval import run
from eval.question import QUESTIONS, Question
from eval.reply import Reply
from eval.report import Report
from eval.systems import code_sha, settings_sha
from rag.settings import Backend, Settings


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


def test_a_small_whole_run_leaves_a_stopped_larger_one_its_replies(
    system: Fixed, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.stop_after = 8
    assert call(monkeypatch, "--limit", "9") == 1
    assert call(monkeypatch, "--limit", "2") == 0
    assert system.n_asked == 8
    assert call(monkeypatch, "--limit", "9") == 0
    assert system.n_asked == 8 + 2 + 1


def test_a_run_with_other_settings_does_not_go_on_from_these(
    system: Fixed, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.stop_after = 3
    assert call(monkeypatch, "--limit", "4") == 1
    monkeypatch.setenv("POLICYQA_READER", "0")
    assert call(monkeypatch, "--limit", "4") == 0
    assert system.n_asked == 3 + 4


def test_the_settings_hash_tells_what_replies_hang_on_and_no_secret(tmp_path: Path) -> None:
    settings = Settings()
    hashed = settings_sha(settings)
    for update in (
        {"backend": Backend.OPENAI},
        {"openai_base_url": "http://other/v1"},
        {"reader": not settings.reader},
        {"model_languages": ("zh",)},
        {"model_timeout_s": 1.0},
        {"vectors": "http://other"},
        {"texts": tmp_path},
    ):
        assert settings_sha(settings.model_copy(update=update)) != hashed, update
    for update in ({"openai_api_key": SecretStr("s")}, {"port": 1}, {"index": tmp_path}):
        assert settings_sha(settings.model_copy(update=update)) == hashed, update
    texts = tmp_path / "elsewhere"
    shutil.copytree(settings.texts, texts)
    assert settings_sha(settings.model_copy(update={"texts": texts})) == hashed


def test_the_code_hash_sees_a_learned_array(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed, read = code_sha(), Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda path: read(path) + (b"x" if path.suffix == ".npz" else b"")
    )
    assert code_sha() != hashed


def test_brackets_in_a_path_are_no_markup(
    system: Fixed,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(monkeypatch, "--limit", "1", "--out", str(tmp_path / "[/b]" / "r.json")) == 0
    assert "[/b]" in capsys.readouterr().err


def test_a_page_is_no_name_for_the_json(system: Fixed, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit) as stop:
        call(monkeypatch, "--out", "r.html")
    assert stop.value.code == 2


def test_a_report_on_other_questions_is_told_before_anything_is_asked(
    system: Fixed,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = tmp_path / "a.json"
    call(monkeypatch, "--split", "dev", "--limit", "1", "--out", str(before))
    assert call(monkeypatch, "--split", "report", "--limit", "1", "--compare", str(before)) == 1
    assert "no question stands in both" in capsys.readouterr().err
    assert system.n_asked == 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--compare", "{bad}"], "no report of this version"),
        (["--compare", "{missing}"], "No such file"),
        (["--questions", "{bad}"], "line 1"),
        (["--questions", "{empty}"], "holds no question"),
        (["--out", "{bad}/r.json"], "bad"),
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
