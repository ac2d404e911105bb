"""A served page with a deterministic assistant, and a headless Chromium to visit it with."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fakes import FakeAssistant
from visit import Visit

from rag.pages.chat import build_page, launch_options

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def address(assistant: FakeAssistant) -> Iterator[str]:
    blocks = build_page(assistant)
    _, url, _ = blocks.launch(
        server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options()
    )
    yield url
    blocks.close(verbose=False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def contexts(browser: Any) -> Iterator[dict[str, Any]]:
    """A browser context for each set of options, shared so that its cache is warm."""
    opened: dict[str, Any] = {}
    yield opened
    for context in opened.values():
        context.close()


@pytest.fixture
def visits(browser: Any, contexts: dict[str, Any], address: str) -> Iterator[Any]:
    opened = []

    def open_page(**options: Any) -> Visit:
        wanted = {"locale": "zh-CN", "reduced_motion": "reduce"} | options
        key = repr(sorted(wanted.items()))
        if key not in contexts:
            contexts[key] = browser.new_context(**wanted)
        visit = Visit(contexts[key].new_page())
        opened.append(visit.page)
        visit.page.set_default_timeout(15_000)
        visit.page.on("request", lambda r: visit.requests.append(r.url))
        visit.page.on("pageerror", lambda e: visit.errors.append(str(e)))
        visit.page.on("dialog", lambda d: (visit.dialogs.append(d.message), d.dismiss()))
        visit.page.goto(address)
        language = wanted["locale"].split("-")[0]
        visit.page.wait_for_function(f"document.documentElement.lang.startsWith('{language}')")
        visit.page.wait_for_selector(f".pqa-language:not([data-language={language}])")
        return visit

    yield open_page
    for page in opened:
        page.close()


@pytest.fixture
def visit(visits: Any) -> Visit:
    return visits()


@pytest.fixture
def gate(assistant: FakeAssistant) -> Iterator[threading.Semaphore]:
    assistant.gate = threading.Semaphore(0)
    yield assistant.gate
    assistant.gate.release(100)
    assistant.gate = None
