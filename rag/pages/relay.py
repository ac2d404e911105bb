"""One question on its way through the assistant, in a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.answer import Event

_LINE_POLL_S = 0.2
"""How soon a question that waits in line notices that it was stopped."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Event: the question left the line and the assistant is at work on it."""


@dataclass(frozen=True, slots=True)
class _Failed:
    error: Exception


@dataclass(frozen=True, slots=True)
class _Ended:
    pass


class Relay:
    """Hands the events of one question from the assistant's thread to the page's.

    The page is woken at once when somebody stops the question, also while the model is busy with
    a sentence; the assistant's iterator is closed as soon as it lets go. Questions that share a
    `line` are worked on one at a time.
    """

    def __init__(self, stream: Callable[[], Iterator[Event]], line: threading.Lock) -> None:
        self._stream = stream
        self._line = line
        self._out: queue.Queue[Begun | Event | _Failed | _Ended] = queue.Queue()
        self._stopped = threading.Event()
        self._discarded = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="policyqa-question", daemon=True)

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped the question."""
        return self._stopped.is_set()

    @property
    def discarded(self) -> bool:
        """Whether nothing more of the question is to be shown."""
        return self._discarded.is_set()

    def events(self) -> Iterator[Begun | Event]:
        """Start, then give each event as it comes, until the last or until stopped.

        Raises:
            Exception: whatever the assistant raised.
        """
        self._thread.start()
        try:
            while not isinstance(item := self._out.get(), _Ended):
                if self.stopped:
                    return
                if isinstance(item, _Failed):
                    raise item.error
                yield item
        finally:
            self._stopped.set()

    def stop(self) -> None:
        """End the question: the page first, the assistant as soon as it lets go."""
        self._stopped.set()
        self._out.put(_Ended())

    def discard(self, timeout_s: float) -> None:
        """End the question and wait until the page shows no more of it."""
        self._discarded.set()
        self.stop()
        self._closed.wait(timeout_s)

    def close(self) -> None:
        """Tell `discard` that the page is done with this question."""
        self._closed.set()

    def _work(self) -> None:
        while not self._line.acquire(timeout=_LINE_POLL_S):
            if self.stopped:
                return
        try:
            if not self.stopped:
                self._run()
        except Exception as error:  # carried to the page's thread, which reports it
            self._out.put(_Failed(error))
        finally:
            self._line.release()
            self._out.put(_Ended())

    def _run(self) -> None:
        self._out.put(Begun())
        events = self._stream()
        try:
            for event in events:
                if self.stopped:
                    return
                self._out.put(event)
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()
