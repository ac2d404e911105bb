"""What the page does with a visitor's acts, without a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import gradio as gr
import pytest
from fakes import FakeAssistant

from rag.pages.chat import Desk, Updates
from rag.pages.parts import Parts
from rag.pages.render import Renderer
from rag.pages.session import Session
from rag.pages.texts import load_texts

QUESTION = "旧手机换新有补贴吗？"


@pytest.fixture
def assistant() -> Iterator[FakeAssistant]:
    assistant = FakeAssistant(gate=threading.Semaphore(0))
    yield assistant
    assert assistant.gate is not None
    assistant.gate.release(100)


@pytest.fixture
def desk(assistant: FakeAssistant) -> Desk:
    with gr.Blocks():
        parts = Parts.build(Renderer(assistant.documents), assistant.model_state)
    return Desk(assistant=assistant, parts=parts)


def _conversation(desk: Desk, updates: Updates) -> str:
    return str(updates[desk.parts.conversation])


def test_a_question_cleared_under_way_ends_with_the_page_that_clear_shows(desk: Desk) -> None:
    session = Session()
    steps = desk.ask(QUESTION, session)
    while "pqa-card" not in _conversation(desk, next(steps)):
        pass
    cleared: list[Updates] = []
    clearing = threading.Thread(target=lambda: cleared.append(desk.clear(session)))
    clearing.start()
    last = [_conversation(desk, step) for step in steps][-1]
    clearing.join()
    assert "pqa-exchange" not in last
    assert last == _conversation(desk, cleared[0])
    assert session.exchanges == () and not session.asking


def test_a_question_cleared_at_its_end_ends_so_too(desk: Desk, assistant: FakeAssistant) -> None:
    assert assistant.gate is not None
    assistant.gate.release(100)
    session = Session()
    steps = desk.ask(QUESTION, session)
    while 'data-phase="done"' not in _conversation(desk, next(steps)):
        pass
    clearing = threading.Thread(target=desk.clear, args=(session,))
    clearing.start()
    assert session.relay is not None
    while not session.relay.discarded:
        pass
    last = [_conversation(desk, step) for step in steps][-1]
    clearing.join()
    assert "pqa-exchange" not in last and session.exchanges == ()


def test_a_question_is_not_taken_while_another_is_under_way(desk: Desk) -> None:
    session = Session()
    steps = desk.ask(QUESTION, session)
    next(steps)
    assert list(desk.ask(QUESTION, session)) == []
    steps.close()  # type: ignore[attr-defined]
    assert not session.asking


def test_the_end_of_one_question_leaves_the_next_under_way(
    desk: Desk, assistant: FakeAssistant
) -> None:
    assert assistant.gate is not None
    assistant.gate.release(100)
    session = Session()
    first = desk.ask(QUESTION, session)
    while session.asking or session.answer is None:
        next(first)
    second = desk.ask(QUESTION, session)
    next(second)
    assert list(first) == [] and session.asking
    list(second)
    assert not session.asking


@pytest.mark.parametrize("is_late", [False, True])
def test_a_question_that_waits_for_the_start_says_so_and_shows_its_hits(
    desk: Desk, assistant: FakeAssistant, is_late: bool
) -> None:
    assert assistant.gate is not None
    t = load_texts("zh")
    assistant.is_starting = True
    steps = desk.ask(QUESTION, Session())
    while "pqa-card" not in (html := _conversation(desk, next(steps))):
        pass
    assert t("starting") in html and t("writing") not in html
    assistant.is_starting = is_late
    assistant.gate.release()
    html = _conversation(desk, next(steps))
    assert "pqa-sentence" in html and t("starting") not in html and t("writing") in html
    assistant.is_starting = False
    assistant.gate.release(100)
    last = [_conversation(desk, step) for step in steps][-1]
    assert (t("started_early") in last) is is_late
