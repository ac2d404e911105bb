"""Whether a file is the one that is wanted, without reading a gigabyte at every start.

A large file that was hashed once is sealed: its size, modification time and sha256 go into a small
JSON file in its folder. As long as size and time are those of the seal, its sha256 is believed;
otherwise it is hashed again. Small files are hashed every time.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

SEALS = "seals.json"

SEALED_FROM_BYTES = 1_000_000
"""Smaller files are hashed in a millisecond, and need no seal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What a file was when it was last hashed."""

    size: int
    mtime_ns: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Self:
        """The seal of a file as it is now, every byte read."""
        found = path.stat()
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return cls(size=found.st_size, mtime_ns=found.st_mtime_ns, sha256=sha256)


def find_fault(path: Path, *, size: int, sha256: str, full: bool = False) -> str | None:
    """What is wrong with a file, or None if its bytes are the wanted ones.

    Args:
        path: The file.
        size: Its bytes, as wanted.
        sha256: Their hash, as wanted.
        full: Hash it even where a seal would do.

    Returns:
        The rest of a sentence that begins with the file's name.
    """
    if not path.is_file():
        return "is missing"
    found = path.stat()
    if found.st_size != size:
        return f"has {found.st_size:,} bytes where {size:,} are wanted"
    believed = Seal(size=size, mtime_ns=found.st_mtime_ns, sha256=sha256)
    if not full and read_seals(path.parent).get(path.name) == believed:
        return None
    seal = Seal.of(path)
    set_seal(path, seal)
    if seal.sha256 != sha256:
        return f"has the sha256 {seal.sha256[:12]}… where {sha256[:12]}… is wanted"
    return None


def read_seals(folder: Path) -> dict[str, Seal]:
    """A folder's seals by file name; none if they are missing or unreadable."""
    try:
        entries = json.loads((folder / SEALS).read_text(encoding="utf-8"))
        return {name: Seal(**entry) for name, entry in entries.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def set_seal(path: Path, seal: Seal) -> None:
    """Keep a file's seal; a folder that is read-only stays as it is."""
    seals = read_seals(path.parent)
    if seals.get(path.name) == seal or seal.size < SEALED_FROM_BYTES:
        return
    entries = {name: asdict(kept) for name, kept in (seals | {path.name: seal}).items()}
    fresh = path.parent / f".{SEALS}.{os.getpid()}"
    try:
        fresh.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
        os.replace(fresh, path.parent / SEALS)
    except OSError:
        return
