"""What a language model says of many things, its yes or no or how it reads a question, kept as it comes: a
run that was stopped goes on, and one with a few questions more reads only those."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

import numpy as np
from langchain_core.messages import BaseMessage

from corpus.errors import PolicyQAError
from rag.check.support import SecondReader
from rag.entailment import load_entailment
from rag.judge import ModelJudge
from rag.model import ModelHost
from rag.prompt import Prompts, load_prompts
from rag.reader import N_LAYERS, READER, QuestionReader
from rag.settings import Settings

REPORTS = Path(__file__).parent / "reports"
_READER_STATES = REPORTS / f"reader-states-{READER}-{N_LAYERS}.sqlite"


class Readings(ModelJudge):
    """A judge that keeps its log odds in a file by what was asked."""

    def __init__(self, host: ModelHost, prompts: Prompts, path: Path) -> None:
        super().__init__(host, prompts)
        self._path = path
        self._kept: dict[str, float | None] = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
            try:
                key, odds = json.loads(line)
            except ValueError:  # cut off by a kill
                continue
            self._kept[key] = odds

    def log_odds(self, messages: list[BaseMessage]) -> float | None:
        """As the model gave them, now or before."""
        asked = "\0".join(message.text for message in messages)
        key = hashlib.sha256(asked.encode()).hexdigest()
        if key not in self._kept:
            odds = super().log_odds(messages)
            self._kept[key] = None if odds is None else round(odds, 4)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                # The line break comes first too: behind a line that was cut off it starts a new one.
                file.write("\n" + json.dumps([key, self._kept[key]]) + "\n")
        return self._kept[key]


class KeptReader(QuestionReader):
    """A question reader that keeps each question's states in a file, a file for each model: a gigabyte
    for the questions that are learned from."""

    def __init__(self, settings: Settings, path: Path = _READER_STATES) -> None:
        super().__init__(settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, timeout=30)
        with self._database:
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS states"
                " (question TEXT PRIMARY KEY, n_tokens INTEGER NOT NULL, states BLOB NOT NULL)"
            )

    def states(self, question: str) -> np.ndarray | None:
        """As they were read, now or before, rounded to half precision."""
        found = "SELECT n_tokens, states FROM states WHERE question = ?"
        if (kept := self._database.execute(found, (question,)).fetchone()) is not None:
            return np.frombuffer(kept[1], dtype=np.float16).reshape(kept[0], -1).astype(np.float32)
        states = super().states(question)
        if states is None:
            return None
        rounded = states.astype(np.float16)
        with self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO states VALUES (?, ?, ?)",
                (question, len(rounded), rounded.tobytes()),
            )
        return rounded.astype(np.float32)


def open_reader() -> KeptReader:
    """The reader that keeps what it reads, ready.

    Raises:
        PolicyQAError: it could not be loaded.
    """
    reader = KeptReader(Settings())
    reader.start()
    reader.wait()
    if not reader.is_ready:
        raise PolicyQAError("the question reader could not be loaded; the log tells why.")
    return reader


def open_second(settings: Settings) -> SecondReader | None:
    """Who reads sentence and clause: the model for inference that is set, else the readings of the
    language model; None where neither is.

    Raises:
        PolicyQAError: the model that is set cannot be loaded.
    """
    if settings.nli:
        return load_entailment(settings.nli)
    host = ModelHost(settings)
    host.start()
    host.wait()
    if host.failure:
        raise PolicyQAError(host.failure)
    if host.chat_model is None:
        return None
    path = REPORTS / f"readings-{Path(host.name).name}.jsonl"
    return Readings(host, load_prompts(), path)
