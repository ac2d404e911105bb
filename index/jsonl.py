"""Questions in, results out, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from tqdm import tqdm

from corpus.errors import PolicyQAError


class QuestionTurn(BaseModel):
    """One earlier utterance."""

    role: str
    content: str


class QuestionRecord(BaseModel):
    """One line of a batch; other fields are ignored."""

    id: str | int
    question: str
    history: tuple[QuestionTurn, ...] | None = None


def read_questions(path: Path) -> list[QuestionRecord]:
    """All questions of a file, in order; empty lines are skipped.

    Raises:
        PolicyQAError: the file cannot be read, or a line is no question (its number is told).
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyQAError(f"{path} could not be read: {error}") from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(QuestionRecord.model_validate_json(line))
        except ValidationError as error:
            raise PolicyQAError(
                f'{path}, line {number}: wanted {{"id", "question"}}; got {line[:80]}'
            ) from error
    return questions


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
