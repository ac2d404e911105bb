"""Clauses in other languages, kept beside a policy's text by clause: read and approved, not official.

One file beside each text and language, `NAME.en.jsonl`, a line a clause: `{"clause", "locator",
"text", "by"}`. `clause` is the hash of the clause's own words, so that the rendering of a clause that
was changed is left out; `locator` is for the reader; `by` tells who wrote it.
"""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corpus.lines import read_lines

_NAME = re.compile(r".+\.([a-z]{2})\.jsonl")


class Rendering(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(frozen=True)
    clause: str
    locator: str
    text: str
    by: str


def read_renderings_file(path: Path) -> list[Rendering]:
    """The lines of one file, in order.

    Raises:
        PolicyQAError: a line is not what it should be; the message names it.
    """
    return read_lines(path, Rendering, "rendering of a clause")


def load_renderings(texts: Path) -> dict[str, dict[str, str]]:
    """By language, every rendering by clause hash, of a corpus folder or beside a single text.

    Raises:
        PolicyQAError: a file is not what it should be.
    """
    folder = texts.parent if texts.is_file() else texts
    pattern = f"{texts.stem}.??.jsonl" if texts.is_file() else "*.??.jsonl"
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob(pattern)):
        if match := _NAME.fullmatch(path.name):
            by_clause = {entry.clause: entry.text for entry in read_renderings_file(path)}
            found.setdefault(match[1], {}).update(by_clause)
    return found
