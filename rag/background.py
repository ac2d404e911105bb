"""An assistant that loads while the page is already up, and again when its texts change."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from corpus.document import Document
from corpus.load import load_corpus
from index.search import Index, open_default
from rag.answer import Event, Turn
from rag.assistant import Assistant
from rag.build import assemble, open_index
from rag.model import ModelHost, ModelState
from rag.reader import QuestionReader
from rag.settings import Settings

_log = logging.getLogger("policyqa")
_LOOKS_EVERY_S = 0.5

Files = frozenset[tuple[str, int, int]]


class BackgroundAssistant:
    """The assistant of the settings, built in a thread; a question asked meanwhile waits for it.

    When the texts or the index change, a new one is made beside it and takes its place; what is
    being answered is answered to its end by the old one. A text that cannot be used changes nothing.
    The models do not depend on the texts: all the assistants share them.

    Raises:
        PolicyQAError: a text of the corpus cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._documents: tuple[Document, ...] = load_corpus(settings.texts)
        self._settings = settings
        self._built = threading.Event()
        self._closed = threading.Event()
        self._model = ModelHost(settings)
        self._reader = QuestionReader(settings)
        self._assistant: Assistant | None = None
        self._failure: Exception | None = None
        threading.Thread(target=self._run, name="assistant-loader", daemon=True).start()

    @property
    def documents(self) -> tuple[Document, ...]:
        """The policies as they are now."""
        return self._assistant.documents if self._assistant else self._documents

    @property
    def renderings(self) -> Mapping[str, Mapping[str, str]]:
        """The clauses in other languages as they are now."""
        return self._assistant.renderings if self._assistant else {}

    @property
    def model_state(self) -> ModelState:
        """Where the language model is; loading until the assistant itself is there."""
        if self._failure is not None:
            return ModelState.FAILED
        return self._assistant.model_state if self._assistant else ModelState.LOADING

    @property
    def is_starting(self) -> bool:
        """Whether the assistant is not there yet, or is but waits for its question reader."""
        if self._assistant is None:
            return self._failure is None
        return self._assistant.is_starting

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """As `Assistant.stream`, once it is there.

        Raises:
            Exception: what kept the assistant from being built.
        """
        self._built.wait()
        if self._assistant is None:
            raise RuntimeError("the assistant could not be built") from self._failure
        yield from self._assistant.stream(question, history)

    def close(self) -> None:
        """Look for changes no more."""
        self._closed.set()

    def _run(self) -> None:
        texts = self._texts()
        try:
            self._reader.start()
            index = open_index(self._settings)
            self._model.start()
            self._assistant = self._assemble(index)
        except Exception as error:  # the thread's edge: told to whoever asks, and to the log
            self._failure = error
            _log.exception("the assistant could not be built")
            return
        finally:
            self._built.set()
        built = _files([self._settings.index / "CURRENT"])
        while not self._closed.wait(_LOOKS_EVERY_S):
            now = self._texts()
            if now != texts or _files([self._settings.index / "CURRENT"]) != built:
                texts = now
                index = self._renew(index)
                built = _files([self._settings.index / "CURRENT"])

    def _renew(self, index: Index) -> Index:
        """The assistant over what the texts are now; the index in use where they cannot be used."""
        settings = self._settings
        try:
            renewed = open_default(
                index.embedder, settings.texts, settings.index, place=settings.vectors
            )
            self._assistant = self._assemble(renewed)
        except Exception:  # as above
            _log.exception("the changed texts cannot be used; answers go on from the old ones")
            return index
        return renewed

    def _assemble(self, index: Index) -> Assistant:
        assistant = assemble(self._settings, index, self._model, reader=self._reader)
        # Beside what watches the texts, which it must neither hold up nor break.
        threading.Thread(target=assistant.read_ahead, name="clause-reader", daemon=True).start()
        return assistant

    def _texts(self) -> Files:
        texts = self._settings.texts
        return _files(texts.iterdir() if texts.is_dir() else [texts])


def _files(paths: Iterable[Path]) -> Files:
    """What changes with files: their names, sizes and times."""
    found = set()
    for path in paths:
        with contextlib.suppress(OSError):  # it went away just now
            stat = path.stat()
            found.add((str(path), stat.st_size, stat.st_mtime_ns))
    return frozenset(found)
