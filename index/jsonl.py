"""Questions in, results out, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError
from tqdm import tqdm

from corpus.errors import PolicyQAError

_Line = TypeVar("_Line", bound=BaseModel)


class QuestionTurn(BaseModel):
    """One earlier utterance."""

    role: Literal["user", "assistant"]
    content: str


class QuestionRecord(BaseModel):
    """One line of a batch; other fields are ignored."""

    id: str | int
    question: str
    history: tuple[QuestionTurn, ...] | None = None


def read_lines(path: Path, model: type[_Line]) -> list[_Line]:
    """What each line of a file holds, in order; empty lines are skipped.

    Raises:
        PolicyQAError: the file cannot be read, or a line is no such record (its number is told).
    """
    try:
        # Not splitlines: a line separator within a text is part of it.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyQAError(f"{path} could not be read: {error}") from error
    records = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            records.append(model.model_validate_json(line))
        except ValidationError as error:
            raise PolicyQAError(
                f"{path}, line {number}: {_faults(error)}; got {line[:80]}"
            ) from error
    return records


def _faults(error: ValidationError) -> str:
    """Each as `history.0.role: Input should be 'user' or 'assistant'`."""
    return "; ".join(
        f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}".removeprefix(": ")
        for fault in error.errors()
    )


def read_questions(path: Path) -> list[QuestionRecord]:
    """All questions of a batch, in order.

    Raises:
        PolicyQAError: as read_lines.
    """
    return read_lines(path, QuestionRecord)


def write_lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Write each record as it comes and flush it, so that an interrupted batch keeps its lines.

    Raises:
        PolicyQAError: the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8") as file:
            for record in _progress(records):
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                file.flush()
    except OSError as error:
        raise PolicyQAError(f"{path} could not be written: {error}") from error


def _progress(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield from tqdm(records, unit="question", disable=None)
