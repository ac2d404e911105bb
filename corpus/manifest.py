"""The facts about each source that its text does not tell: corpus/texts/manifest.toml."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import PolicyQAError

MANIFEST_NAME = "manifest.toml"


class Facts(BaseModel):
    """What is known of one source. A fact that nobody gave is empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    DOCUMENT_FIELDS: ClassVar[set[str]] = {
        "id",
        "title",
        "issuer",
        "document_number",
        "issued_on",
        "published_on",
        "in_force_from",
        "repealed_on",
        "source_url",
    }

    file: str
    id: str = Field(pattern=r"^[^#/\s]+$")
    title: str
    issuer: str = ""
    document_number: str = ""
    issued_on: dt.date | None = None
    published_on: dt.date | None = None
    in_force_from: dt.date | None = None
    repealed_on: dt.date | None = None
    source_url: str = ""
    dateline: str = ""
    language: str = "zh"
    why_shipped: str = ""


def load_manifest(folder: Path) -> tuple[Facts, ...]:
    """The facts of every source of a corpus folder, in the order of its manifest.

    Raises:
        PolicyQAError: the manifest is missing, is no TOML, or an entry has a wrong or unknown field.
    """
    path = folder / MANIFEST_NAME
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["document"]
        return tuple(Facts(**entry) for entry in entries)
    except FileNotFoundError as error:
        raise PolicyQAError(
            f"{folder} has no {MANIFEST_NAME}; wanted one that lists its source files."
        ) from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValidationError) as error:
        raise PolicyQAError(f"{path} cannot be used: {error}") from error


def facts_of(path: Path, *, announced_title: str) -> Facts:
    """The manifest's facts about a file; for a file that no manifest lists, what its name tells."""
    if (path.parent / MANIFEST_NAME).is_file():
        for facts in load_manifest(path.parent):
            if facts.file == path.name:
                return facts
    name = "-".join(path.stem.replace("#", " ").split()) or "document"
    return Facts(file=path.name, id=name, title=announced_title or path.stem)
