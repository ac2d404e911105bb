"""One question on its way through the assistant."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from fakes import FakeAssistant

from rag.answer import Event, Finished, Found
from rag.pages.relay import Begun, Relay


def test_events_come_in_order_after_the_question_leaves_the_line() -> None:
    events = list(Relay(lambda: FakeAssistant().stream("手机"), threading.Lock()).events())
    assert isinstance(events[0], Begun)
    assert isinstance(events[1], Found)
    assert isinstance(events[-1], Finished)


def test_a_fault_of_the_assistant_reaches_the_page() -> None:
    relay = Relay(lambda: FakeAssistant().stream("故障"), threading.Lock())
    with pytest.raises(RuntimeError):
        list(relay.events())


def test_stopping_wakes_the_page_at_once_and_closes_the_assistant_s_stream() -> None:
    line, gate = threading.Lock(), threading.Semaphore(0)
    assistant = FakeAssistant(gate=gate)
    relay = Relay(lambda: assistant.stream("手机"), line)
    events = relay.events()
    while not isinstance(next(events), Found):
        pass
    threading.Timer(0.1, relay.stop).start()
    started = time.monotonic()
    assert next(events, None) is None
    assert time.monotonic() - started < 2
    gate.release()
    with line:
        assert assistant.closed == 1


def test_questions_are_worked_on_one_at_a_time() -> None:
    line = threading.Lock()
    running: list[int] = []
    most = 0

    def stream() -> Iterator[Event]:
        nonlocal most
        running.append(1)
        most = max(most, len(running))
        time.sleep(0.02)
        yield from FakeAssistant().stream("手机")
        running.pop()

    relays = [Relay(stream, line) for _ in range(4)]
    threads = [threading.Thread(target=lambda r=r: list(r.events())) for r in relays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert most == 1


def test_a_question_stopped_in_line_never_reaches_the_assistant() -> None:
    line = threading.Lock()
    assistant = FakeAssistant()
    relay = Relay(lambda: assistant.stream("手机"), line)
    with line:
        threading.Timer(0.1, relay.stop).start()
        assert list(relay.events()) == []
    assert assistant.asked == []
