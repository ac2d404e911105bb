"""What language models are given and what is written to the log, while something runs."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import BaseMessage
from langchain_core.tracers.context import register_configure_hook

LOGGER = "policyqa"


class _Models(BaseCallbackHandler):
    """Hears every message that a model is sent."""

    def __init__(self, heard: list[str]) -> None:
        self._heard = heard

    def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], **_: Any
    ) -> None:
        """Keep the messages' texts."""
        self._heard += [message.text for sent in messages for message in sent]


class _Lines(logging.Handler):
    """Hears every line of the log, with the cause of a failure."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self._heard.append(self.format(record))


_models: ContextVar[_Models | None] = ContextVar("overheard_models", default=None)
register_configure_hook(_models, inheritable=True)


@contextlib.contextmanager
def overheard() -> Iterator[list[str]]:
    """A list that fills with what is given to models and the log by what runs inside, in this thread."""
    heard: list[str] = []
    logger, lines = logging.getLogger(LOGGER), _Lines(heard)
    level, token = logger.level, _models.set(_Models(heard))
    logger.addHandler(lines)
    logger.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        logger.setLevel(level)
        logger.removeHandler(lines)
        _models.reset(token)
