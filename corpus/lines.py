"""Files kept beside a text, a JSON object a line."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from corpus.errors import PolicyQAError

Entry = TypeVar("Entry", bound=BaseModel)


def read_lines(path: Path, kind: type[Entry], name: str) -> list[Entry]:
    """The lines of a file, in order; none where there is no file.

    Raises:
        PolicyQAError: a line is no `name`; the message tells which.
    """
    if not path.is_file():
        return []
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entries.append(kind.model_validate_json(line))
        except ValidationError as error:
            raise PolicyQAError(
                f"{path} line {number} is no {name}; mend it, or remove the line."
            ) from error
    return entries
