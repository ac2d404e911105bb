"""The page as a visitor meets it, driven in headless Chromium against a deterministic assistant."""

from __future__ import annotations

import logging
import threading
from typing import Any
from urllib.parse import urlsplit

import pytest
from fakes import MAX_QUESTION, FakeAssistant
from visit import COMPOSER, DONE, Visit

from rag.answer import Reason
from rag.notices import notice
from rag.pages.texts import load_texts

pytestmark = pytest.mark.browser

QUESTION = "旧手机换新有补贴吗？"
ZH = load_texts("zh")


def test_clauses_come_first_then_sentences_and_a_chip_opens_the_marked_clause(
    visit: Visit, gate: threading.Semaphore, assistant: FakeAssistant
) -> None:
    visit.ask(QUESTION, ".pqa-card")
    assert visit.page.locator(".pqa-sentence").count() == 0
    assert visit.page.is_visible("#pqa-stop") and not visit.page.is_visible("#pqa-send")
    gate.release()
    visit.page.wait_for_selector(".pqa-sentence")
    assert visit.page.locator(".pqa-card").first.is_visible()
    gate.release()
    visit.page.wait_for_selector(DONE)
    assert visit.page.locator(".pqa-sentence").count() == 2
    assert not visit.page.locator(".pqa-card").first.is_visible()
    visit.page.click(".pqa-chip")
    visit.page.wait_for_selector(".pqa-open mark")
    clause = assistant.search(QUESTION)[0].passage
    assert visit.page.locator(".pqa-open mark").text_content() == clause.text
    assert clause.locator.printed(assistant.documents[0].title) in visit.text(".pqa-printed")
    assert ZH("rewritten") in visit.text(".pqa-rewritten")
    assert visit.errors == []


def test_stop_keeps_what_was_shown_and_frees_the_line(
    visit: Visit, gate: threading.Semaphore
) -> None:
    gate.release()
    visit.ask(QUESTION, ".pqa-sentence")
    visit.page.click("#pqa-stop")
    visit.page.wait_for_selector("[data-phase=stopped]")
    assert visit.page.locator(".pqa-sentence").count() == 1
    assert visit.text(".pqa-stopped") == ZH("stopped")
    gate.release(10)
    visit.page.wait_for_selector("#pqa-send")
    visit.ask("手机补贴")


def test_stop_while_the_model_writes_keeps_the_clauses(
    visit: Visit, gate: threading.Semaphore, assistant: FakeAssistant
) -> None:
    visit.ask("先引，" + QUESTION, ".pqa-sentence")
    visit.page.click("#pqa-stop")
    visit.page.wait_for_selector("[data-phase=stopped]")
    assert assistant.search("先引，" + QUESTION)[0].passage.text in visit.text(".pqa-sentences")
    gate.release(10)


def test_clear_forgets_the_conversation_also_while_an_answer_is_under_way(
    visit: Visit, gate: threading.Semaphore, assistant: FakeAssistant
) -> None:
    visit.ask(QUESTION, ".pqa-card")
    visit.page.click("#pqa-clear")
    visit.page.wait_for_selector(".pqa-welcome")
    gate.release(10)
    visit.ask("手机补贴")
    assert visit.page.locator(".pqa-exchange").count() == 1
    assert assistant.histories[-1] == ()
    visit.page.click("#pqa-clear")
    visit.page.wait_for_selector(".pqa-welcome")


def test_earlier_turns_go_with_the_next_question(visit: Visit, assistant: FakeAssistant) -> None:
    visit.ask(QUESTION)
    visit.ask("那平板呢？", ".pqa-exchange:nth-child(2)[data-phase=done]")
    assert [turn.content for turn in assistant.histories[-1]][0] == QUESTION


def test_a_question_without_an_answer_gets_its_kind_sentence(visit: Visit) -> None:
    questions = {
        Reason.EMPTY: "",
        Reason.TOO_LONG: "长" * (MAX_QUESTION + 1),
        Reason.GARBAGE: "？！……",
        Reason.OFF_TOPIC: "今天天气",
        Reason.NO_AMOUNT: "补贴多少钱",
    }
    for number, (reason, question) in enumerate(questions.items(), 1):
        visit.ask(question, f".pqa-exchange:nth-child({number})[data-phase=done]")
        shown = visit.page.locator(".pqa-notice-sentence").last.inner_text()
        assert shown in (notice(reason, "zh"), notice(reason, "en"))
        visit.page.wait_for_selector("#pqa-send")
        kept = question if reason is Reason.TOO_LONG else ""
        assert visit.page.input_value(COMPOSER) == kept


def test_a_fault_shows_the_number_that_is_in_the_log(
    visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="policyqa"):
        visit.ask("这里有故障", "[data-phase=fault]")
    records = [record for record in caplog.records if record.name == "policyqa"]
    assert len(records) == 1 and records[0].exc_info is not None
    reference = str(records[0].args[0]) if isinstance(records[0].args, tuple) else ""
    assert reference and reference in visit.text(".pqa-fault")
    assert "这里有故障" in visit.text(".pqa-question")
    assert "RuntimeError" not in visit.text("body")
    visit.page.wait_for_selector("#pqa-send")
    visit.page.click(".pqa-retry")
    visit.page.wait_for_selector(".pqa-exchange:nth-child(2)[data-phase=fault]")


def test_hostile_text_is_shown_as_it_is_and_nothing_runs_or_is_fetched(visit: Visit) -> None:
    hostile = (
        "回声 ${alert(1)} `${alert(2)}` <img src=x onerror=alert(3)> {{7*7}} "
        "![a](http://elsewhere.example/a.png) <script>alert(4)</script> \\u0024{alert(5)}"
    )
    visit.ask(hostile)
    assert visit.text(".pqa-question").endswith(hostile)
    assert visit.text(".pqa-sentence").startswith(hostile)
    visit.page.get_by_role("tab").nth(1).click()
    assert visit.text(".pqa-staff-question") == hostile
    assert visit.page.locator(".pqa-conversation img, .pqa-staff img").count() == 0
    assert visit.dialogs == [] and visit.errors == []
    assert not [url for url in visit.requests if "elsewhere" in url or url.endswith("/x")]


def test_the_page_asks_no_other_host_for_anything(visit: Visit, address: str) -> None:
    visit.ask(QUESTION)
    visit.page.click(".pqa-chip")
    visit.page.wait_for_selector(".pqa-open mark")
    visit.page.get_by_role("tab").nth(1).click()
    web = [urlsplit(url) for url in visit.requests if not url.startswith(("data:", "blob:"))]
    assert {url.netloc for url in web} == {urlsplit(address).netloc}


def test_everything_can_be_done_from_the_keyboard(visit: Visit) -> None:
    page = visit.page
    page.focus(COMPOSER)
    page.keyboard.type("旧手机换新")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("有补贴吗？")
    assert page.input_value(COMPOSER) == "旧手机换新\n有补贴吗？"
    page.keyboard.press("Enter")
    page.wait_for_selector(DONE)
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.pqa-chip')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pqa-open mark")
    page.wait_for_function("document.activeElement.matches('.pqa-open')")
    page.keyboard.press("Escape")
    page.wait_for_selector(".pqa-open", state="hidden")
    assert page.evaluate("document.activeElement.matches('.pqa-chip')")


def test_a_chip_that_was_closed_opens_again(visit: Visit) -> None:
    visit.ask(QUESTION)
    for _ in range(2):
        visit.page.click(".pqa-chip")
        visit.page.wait_for_selector(".pqa-open mark")
        visit.page.click("[data-close]")
        visit.page.wait_for_selector(".pqa-outline")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(visits: Any, scheme: str) -> None:
    phone = {"width": 390, "height": 844}
    visit = visits(viewport=phone, is_mobile=True, has_touch=True, color_scheme=scheme)
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visit.page.evaluate(sideways) <= 0
    visit.ask(QUESTION)
    assert visit.page.evaluate(sideways) <= 0
    visit.page.tap(".pqa-chip")
    visit.page.wait_for_selector(".pqa-open mark")
    assert visit.page.evaluate(sideways) <= 0
    box = visit.page.locator(".pqa-open").bounding_box()
    assert box["x"] >= 0 and box["width"] <= 390 and box["y"] + box["height"] <= 845
    visit.page.tap("[data-close]")
    visit.page.get_by_role("tab").nth(1).tap()
    assert visit.page.evaluate(sideways) <= 0
    assert visit.page.evaluate(_SMALLEST_FONT) >= 16


def test_staff_see_each_sentence_beside_its_clause_with_verdict_and_reason(
    visit: Visit, assistant: FakeAssistant
) -> None:
    visit.ask(QUESTION)
    visit.page.get_by_role("tab").nth(1).click()
    staff = visit.text(".pqa-staff")
    clause = assistant.search(QUESTION)[0].passage
    for wanted in (
        clause.text,
        ZH("label_supported"),
        ZH("label_partial"),
        "句子有93%见于条款",
        "每部手机最高补贴500元。",
        ZH("label_contradicted"),
        "fake-1",
        "5f2c9a10",
        "91bc07d4",
    ):
        assert wanted in staff
    assert visit.page.locator(".pqa-staff :is(input, textarea, button)").count() == 0


def test_the_interface_speaks_the_browser_s_language_and_switches(visits: Any) -> None:
    visit = visits(locale="en-GB")
    english = load_texts("en")
    assert visit.text("#pqa-send") == english("send")
    visit.page.click(".pqa-example")
    visit.page.wait_for_selector(DONE)
    assert "official text is in Chinese" in visit.text(".pqa-note")
    visit.page.click(".pqa-language")
    visit.page.wait_for_function("document.documentElement.lang == 'zh-CN'")
    assert visit.text("#pqa-send") == ZH("send")
    assert visit.page.locator(".pqa-exchange").count() == 1


def test_the_standing_notice_names_the_policy_s_date(visit: Visit) -> None:
    standing = visit.text(".pqa-standing")
    assert ZH("notice") in standing and "2025年3月16日" in standing


_SMALLEST_FONT = """Math.min(...[...document.querySelectorAll('[class^=pqa-]')]
  .filter((e) => e.checkVisibility() && e.innerText && !e.closest('svg'))
  .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
