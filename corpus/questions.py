"""Plain questions kept beside a policy's text, by clause: other ways to ask for what it says.

One file beside each text, `NAME.questions.jsonl`, a line a clause: `{"clause", "locator",
"questions", "by"}`. `clause` is the hash of the clause's own words, so that questions for a clause
that was changed are left out until somebody writes new ones; `locator` is for the reader; `by` is
"written" or the name of the language model that made them. They are an aid to search, never shown,
never cited and never an answer.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corpus.lines import read_lines

SUFFIX = ".questions.jsonl"


class ClauseQuestions(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(frozen=True)
    clause: str
    locator: str
    questions: tuple[str, ...]
    by: str


def clause_hash(text: str) -> str:
    """The key of a clause's questions: sixteen hex digits that only its words change."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def questions_path(text_file: Path) -> Path:
    """Where the questions for a text lie."""
    return text_file.with_name(text_file.stem + SUFFIX)


def read_questions_file(path: Path) -> list[ClauseQuestions]:
    """The lines of one file, in order; none where there is no file.

    Raises:
        PolicyQAError: a line is not what it should be; the message names it.
    """
    return read_lines(path, ClauseQuestions, "entry of questions")


def load_clause_questions(texts: Path) -> dict[str, tuple[str, ...]]:
    """Every clause's questions in a corpus folder, or beside a single text, by clause hash.

    Raises:
        PolicyQAError: a file is not what it should be.
    """
    paths = [questions_path(texts)] if texts.is_file() else sorted(texts.glob(f"*{SUFFIX}"))
    return {entry.clause: entry.questions for path in paths for entry in read_questions_file(path)}


def questions_hash(questions: dict[str, tuple[str, ...]]) -> str:
    """A hash that changes when any question does; empty where there are none."""
    if not questions:
        return ""
    lines = (f"{clause}\0" + "\0".join(asked) for clause, asked in sorted(questions.items()))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
