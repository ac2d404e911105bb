"""The page: what it shows, what it does when a visitor acts, and how it is launched."""

from __future__ import annotations

import logging
import os
import secrets
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

from rag.pages.parts import Parts, page_head, page_theme
from rag.pages.places import Excerpt, open_excerpt
from rag.pages.protocol import Assistant
from rag.pages.relay import Relay
from rag.pages.render import Renderer
from rag.pages.session import Cited, Exchange, Phase, Session
from rag.pages.texts import LANGUAGES, Texts, choose_language, load_texts
from rag.privacy import mask_numbers

MAX_QUESTION = 500
"""Characters. More is read of an over-long one, so that what is not seen in it cannot make it look short."""
_MOST_KEPT = 4 * MAX_QUESTION
MAX_VISITORS_ASKING = 24
"""Questions that may wait in line; below the server's 40 threads, so that the page still answers."""
_STOP_WAIT_S = 2.0

_LOGGER = logging.getLogger("policyqa")

Updates = dict[Any, Any]
"""New values by component, as Gradio takes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Does what a visitor asks of the page. One desk serves every session."""

    assistant: Assistant
    parts: Parts
    line: threading.Lock = field(default_factory=threading.Lock)

    @property
    def renderer(self) -> Renderer:
        """Renders the policies as they are now."""
        return Renderer(self.assistant.documents, self.assistant.renderings)

    def ask(self, text: str, session: Session) -> Iterator[Updates]:
        """Answer what stands in the composer, showing every step."""
        yield from self._answer(text, session, from_composer=True)

    def ask_again(self, event: gr.EventData, session: Session) -> Iterator[Updates]:
        """Answer an example's or an earlier question."""
        yield from self._answer(_data(event).get("question"), session, from_composer=False)

    def stop(self, session: Session) -> None:
        """End the question under way; what was shown stays."""
        if session.relay is not None:
            session.relay.stop()

    def clear(self, session: Session) -> Updates:
        """Forget the conversation."""
        if session.relay is not None:
            session.relay.discard(_STOP_WAIT_S)
        session.forget()
        cleared = {self.parts.question: "", self.parts.panel: self._panel(session)}
        return self._ended(session) | cleared

    def cite(self, event: gr.EventData, session: Session) -> str:
        """The panel with the measure that a chip names."""
        data = _data(event)
        session.cited = Cited(
            locator=str(data.get("locator", "")), quote_sha=str(data.get("quote", ""))
        )
        return self._panel(session)

    def close(self, session: Session) -> str:
        """The panel with nothing open."""
        session.cited = None
        return self._panel(session)

    def greet(self, session: Session, request: gr.Request) -> Updates:
        """The whole page in the language that the browser asks for, or `?lang=` names."""
        asked = request.query_params.get("lang") or request.headers.get("accept-language", "")
        session.language = choose_language(str(asked))
        return self._speak(session)

    def switch(self, event: gr.EventData, session: Session) -> Updates:
        """The whole page in the other language."""
        language = _data(event).get("language")
        session.language = language if language in LANGUAGES else session.language
        return self._speak(session)

    def tick(self, session: Session) -> Updates:
        """The standing notice with the model's state; the clock stops once it is settled."""
        state = self.assistant.model_state
        return {
            self.parts.notice: self.renderer.notice(_texts(session), state),
            self.parts.clock: gr.Timer(active=state == "loading"),
        }

    def _answer(self, text: object, session: Session, *, from_composer: bool) -> Iterator[Updates]:
        if session.asking:
            return
        question = mask_numbers(str(text or "").strip())[:_MOST_KEPT]
        history = session.history()
        relay = Relay(lambda: self.assistant.stream(question, history), self.line)
        session.relay = relay
        exchange = Exchange(
            question=question, model_loading=self.assistant.model_state == "loading"
        )
        session.asking = True
        session.begin(exchange)
        fits = len(question) <= MAX_QUESTION
        emptied = {self.parts.question: ""} if from_composer and fits else {}
        try:
            yield {**self._show(session), **self._buttons(True), **emptied}
            yield from self._follow(relay, exchange, session)
            # Gradio repeats the last of these once the generator ends, perhaps after what `clear`
            # shows: a question that is forgotten meanwhile has to end with the empty page too.
            if relay.discarded:
                session.forget()
                yield self._ended(session)
        finally:
            relay.stop()
            if session.relay is relay:  # else the next question is under way already
                session.asking = False
            relay.close()

    def _follow(self, relay: Relay, exchange: Exchange, session: Session) -> Iterator[Updates]:
        try:
            for event in relay.events():
                is_judged = bool(exchange.shown)
                exchange = exchange.after(event)
                if not is_judged:
                    exchange = replace(exchange, is_starting=self.assistant.is_starting)
                session.update(exchange)
                yield self._show(session)
        except Exception:  # the page's edge: the visitor gets a number, the log gets the cause
            exchange = replace(exchange, phase=Phase.FAULT, reference=_report())
        if exchange.running:
            exchange = replace(exchange, phase=Phase.STOPPED)
        session.update(exchange)
        session.asking = False
        yield self._ended(session)

    def _ended(self, session: Session) -> Updates:
        staff = {self.parts.staff: self.renderer.staff(_texts(session), session.answer)}
        return {**self._show(session), **self._buttons(False), **staff}

    def _show(self, session: Session) -> Updates:
        html = self.renderer.conversation(_texts(session), session.exchanges)
        return {self.parts.conversation: html}

    def _buttons(self, busy: bool) -> Updates:
        return {
            self.parts.send: gr.Button(visible=not busy),
            self.parts.stop: gr.Button(visible=busy),
        }

    def _panel(self, session: Session) -> str:
        cited, t = session.cited, _texts(session)
        if cited is None:
            return self.renderer.panel(t, None)
        try:
            excerpt: Excerpt | None = open_excerpt(
                self.assistant.documents, cited.locator, cited.quote_sha
            )
        except (KeyError, ValueError):
            excerpt = None
        return self.renderer.panel(t, excerpt, missing=excerpt is None)

    def _speak(self, session: Session) -> Updates:
        t = _texts(session)
        return {
            **self._show(session),
            **self.tick(session),
            **self.parts.labels(t),
            self.parts.header: self.renderer.header(t),
            self.parts.panel: self._panel(session),
            self.parts.staff: self.renderer.staff(t, session.answer),
        }


def build_page(assistant: Assistant) -> gr.Blocks:
    """The page over an assistant, not yet launched."""
    # Gradio sums up its event counts after every event, for a monitor that is switched off here.
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**9))
    page: gr.Blocks
    with gr.Blocks(title="政策问答 · Policy QA", analytics_enabled=False) as page:
        parts = Parts.build(Renderer(assistant.documents), assistant.model_state)
        _wire(Desk(assistant=assistant, parts=parts), page)
    page.queue(default_concurrency_limit=None, api_open=False)
    return page


def launch_page(assistant: Assistant, *, host: str, port: int, open_browser: bool) -> None:
    """Serve the page until interrupted.

    Raises:
        OSError: the address cannot be served at.
    """
    page = build_page(assistant)
    options = launch_options() | {"inbrowser": open_browser, "quiet": True}
    try:
        page.launch(server_name=host, server_port=port, prevent_thread_lock=True, **options)
    except OSError as fault:  # Gradio names settings of its own
        raise OSError(
            f"nothing can be served at {host}:{port}; is it taken? POLICYQA_PORT chooses another port"
        ) from fault
    print(f"Policy QA: http://{host}:{port}/  (Ctrl-C stops it)", file=sys.stderr, flush=True)
    page.block_thread()


def launch_options() -> dict[str, Any]:
    """What every launch of the page has in common: its look, and all that stays switched off."""
    return {
        "theme": page_theme(),
        "head": page_head(),
        "show_error": False,
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "share": False,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "state_session_capacity": 1000,
        "max_file_size": 1,
    }


def _wire(desk: Desk, page: gr.Blocks) -> None:
    parts = desk.parts
    session = gr.State(Session())
    shown = [parts.conversation, parts.send, parts.stop, parts.staff, parts.question]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asking: dict[str, Any] = quiet | {
        "concurrency_limit": MAX_VISITORS_ASKING,
        "concurrency_id": "ask",
        "outputs": shown,
    }
    gr.on([parts.question.submit, parts.send.click], desk.ask, [parts.question, session], **asking)
    parts.conversation.ask(desk.ask_again, session, **asking)
    parts.stop.click(desk.stop, session, None, **quiet)
    parts.clear.click(desk.clear, session, [*shown, parts.panel], **quiet)
    for html in (parts.conversation, parts.panel):
        html.cite(desk.cite, session, parts.panel, trigger_mode="always_last", **quiet)
    parts.panel.close(desk.close, session, parts.panel, **quiet)
    parts.header.language(desk.switch, session, parts.spoken(), **quiet)
    page.load(desk.greet, session, parts.spoken(), **quiet)
    parts.clock.tick(desk.tick, session, [parts.notice, parts.clock], **quiet)


def _texts(session: Session) -> Texts:
    return load_texts(session.language)


def _data(event: gr.EventData) -> dict[str, Any]:
    data = event._data
    return data if isinstance(data, dict) else {}


def _report() -> str:
    reference = secrets.token_hex(4).upper()
    _LOGGER.exception("fault %s while answering", reference)
    return reference
