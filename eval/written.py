"""Files that a long run ends in: found writable before it begins, and written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def require_writable(path: Path) -> None:
    """Make the folder of a file to come.

    Raises:
        OSError: nothing can be written there.
    """
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; wanted the name of a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-"):
        pass


def replace_text(path: Path, text: str) -> None:
    """Write a file beside its place and move it there, so that nobody finds half of it."""
    part = path.with_name(f".{path.name}-{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
