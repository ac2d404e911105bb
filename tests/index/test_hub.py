"""Claims about the model hub: its absence costs seconds, and half a download is not a model."""

import socket
import time
from pathlib import Path

import pytest
from huggingface_hub import constants

from index import hub
from index.registry import HubFile, WeightsError

COMMIT = "f86cb2c1fa58255f8052cc32aeede1b7482d4361"


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    return tmp_path


def make_copy(cache: Path) -> Path:
    repo = cache / "models--owner--name"
    snapshot = repo / "snapshots" / COMMIT
    for folder in (snapshot, repo / "refs", repo / "blobs"):
        folder.mkdir(parents=True)
    (repo / "refs" / "main").write_text(COMMIT)
    (snapshot / "config.json").write_text("{}")
    return snapshot


@pytest.mark.parametrize("name", ["BAAI/bge-m3", "Qwen/Qwen3-Embedding-0.6B", "a/b:c/d-Q4.gguf"])
def test_owner_and_repository_are_a_hub_id(name: str) -> None:
    assert hub.is_hub_id(name)


@pytest.mark.parametrize("name", ["bge-m3", "/srv/models/bge", "a/b/c", "a/b:", "", "../b/c"])
def test_other_names_are_no_hub_id(name: str) -> None:
    assert not hub.is_hub_id(name)


def test_hub_that_refuses_is_given_up_at_once(
    hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{closed.getsockname()[1]}")
        source = HubFile(repo="owner/name", revision=COMMIT, filename="x.gguf")
        with pytest.raises(WeightsError, match="does not offer owner/name: .*refused"):
            hub.fetch_from_hub(source, hub_cache)
        with pytest.raises(WeightsError, match="set HF_ENDPOINT"):
            hub.fetch_by_id("owner/name", offline=False)


def test_hub_that_is_silent_is_given_up_in_time(
    hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "REACH_TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        start = time.monotonic()
        assert hub.find_unreachable("owner/name")
        assert time.monotonic() - start < 2


def test_complete_copy_is_used_without_a_look_at_the_network(
    hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = make_copy(hub_cache)
    monkeypatch.setattr(hub, "find_unreachable", lambda repo: pytest.fail("the network was asked"))
    assert hub.fetch_by_id("owner/name", offline=False) == snapshot
    assert hub.fetch_by_id("owner/name:config.json", offline=True) == snapshot / "config.json"


def test_copy_that_is_still_arriving_is_not_used_offline(hub_cache: Path) -> None:
    make_copy(hub_cache)
    (hub_cache / "models--owner--name" / "blobs" / "0123.incomplete").write_bytes(b"half")
    with pytest.raises(WeightsError, match="not complete in the hub's cache"):
        hub.fetch_by_id("owner/name", offline=True)


def test_missing_copy_offline_says_what_to_run(hub_cache: Path) -> None:
    with pytest.raises(WeightsError, match=r"python -m index\.weights fetch owner/name"):
        hub.fetch_by_id("owner/name", offline=True)
