"""The page over the real assistant, in a real browser: ask, click the citation, read the clause."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator

import pytest

from rag.assistant import Assistant
from rag.pages.chat import build_page, launch_options

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.model,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = build_page(assistant)
    page.launch(
        server_name="127.0.0.1",
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
        **launch_options(),
    )
    yield f"http://127.0.0.1:{port}/"
    page.close()


def test_a_citation_opens_the_official_text_with_its_clause_marked(
    address: str, assistant: Assistant
) -> None:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page(locale="zh-CN")
        page.goto(address)
        page.fill("textarea", "退休金会涨吗")
        page.keyboard.press("Enter")
        chip = page.locator(".pqa-answer [data-locator]").first
        chip.wait_for(timeout=90_000)
        chip.click()
        mark = page.locator("mark").first
        mark.wait_for(timeout=10_000)
        marked = mark.inner_text()
        browser.close()
    (document,) = assistant.documents
    measure = next(m for _, m in document.measures() if m.number == 7)
    clauses = [clause.span.slice(document.text) for clause in measure.clauses]
    assert marked == clauses[0]
