"""An assistant that loads while the page is already up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence

from corpus.document import Document
from corpus.load import load_corpus
from rag.answer import Event, Turn
from rag.assistant import Assistant
from rag.build import build_assistant
from rag.model import ModelState
from rag.settings import Settings

_log = logging.getLogger("policyqa")


class BackgroundAssistant:
    """The assistant of the settings, built in a thread; a question asked meanwhile waits for it.

    Raises:
        PolicyQAError: a text of the corpus cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self.documents: tuple[Document, ...] = load_corpus(settings.texts)
        self._settings = settings
        self._built = threading.Event()
        self._assistant: Assistant | None = None
        self._failure: Exception | None = None
        threading.Thread(target=self._build, name="assistant-loader", daemon=True).start()

    @property
    def model_state(self) -> ModelState:
        """Where the language model is; loading until the assistant itself is there."""
        if self._failure is not None:
            return ModelState.FAILED
        return self._assistant.model_state if self._assistant else ModelState.LOADING

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """As `Assistant.stream`, once it is there.

        Raises:
            Exception: what kept the assistant from being built.
        """
        self._built.wait()
        if self._assistant is None:
            raise RuntimeError("the assistant could not be built") from self._failure
        yield from self._assistant.stream(question, history)

    def _build(self) -> None:
        try:
            self._assistant = build_assistant(self._settings)
        except Exception as error:  # the thread's edge: told to whoever asks, and to the log
            self._failure = error
            _log.exception("the assistant could not be built")
        finally:
            self._built.set()
