"""The page's components, and how they look."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from rag.pages.render import Renderer
from rag.pages.texts import Texts, load_texts

STATIC = Path(__file__).with_name("static")
STYLES = ("page.css", "chat.css", "staff.css")
MODEL_POLL_S = 4
FIRST_LANGUAGE = "zh"
"""What stands on the page for the moment until the browser's language is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The components that change while the page is open."""

    header: gr.HTML
    ask_tab: gr.Tab
    staff_tab: gr.Tab
    conversation: gr.HTML
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    clear: gr.Button
    notice: gr.HTML
    panel: gr.HTML
    staff: gr.HTML
    clock: gr.Timer

    @classmethod
    def build(cls, renderer: Renderer, model_state: str) -> Parts:
        """Lay the components out in the Blocks that is being made."""
        t = load_texts(FIRST_LANGUAGE)
        header = _html(renderer.header(t), "conversation.js")
        with gr.Tabs(elem_id="pqa-tabs"):
            with gr.Tab(t("tab_ask"), id="ask") as ask_tab, gr.Row(elem_id="pqa-layout"):
                with gr.Column(elem_id="pqa-main"):
                    conversation = _html(renderer.conversation(t, ()), "conversation.js")
                    with gr.Column(elem_id="pqa-composer"):
                        with gr.Row(elem_id="pqa-composer-row"):
                            question = _question(t)
                            send = gr.Button(t("send"), elem_id="pqa-send", variant="primary")
                            stop = gr.Button(t("stop"), elem_id="pqa-stop", visible=False)
                            clear = gr.Button(t("clear"), elem_id="pqa-clear")
                        notice = _html(renderer.notice(t, model_state), None)
                with gr.Column(elem_id="pqa-side"):
                    panel = _html(renderer.panel(t, None), "panel.js")
            with gr.Tab(t("tab_staff"), id="staff") as staff_tab:
                staff = _html(renderer.staff(t, None), None, elem_id="pqa-staff-tab")
        return cls(
            header=header,
            ask_tab=ask_tab,
            staff_tab=staff_tab,
            conversation=conversation,
            question=question,
            send=send,
            stop=stop,
            clear=clear,
            notice=notice,
            panel=panel,
            staff=staff,
            clock=gr.Timer(MODEL_POLL_S, active=model_state == "loading"),
        )

    def labels(self, t: Texts) -> dict[Any, Any]:
        """The components' own words in a language."""
        return {
            self.ask_tab: gr.Tab(label=t("tab_ask")),
            self.staff_tab: gr.Tab(label=t("tab_staff")),
            self.question: gr.Textbox(
                label=t("question_label"), placeholder=t("question_placeholder")
            ),
            self.send: gr.Button(value=t("send")),
            self.stop: gr.Button(value=t("stop")),
            self.clear: gr.Button(value=t("clear")),
        }

    def spoken(self) -> list[Any]:
        """The components that a change of language touches."""
        html = [self.header, self.conversation, self.panel, self.staff, self.notice]
        own = [self.ask_tab, self.staff_tab, self.question, self.send, self.stop, self.clear]
        return [*html, *own, self.clock]


def page_theme() -> gr.themes.Base:
    """A plain theme of the system's own fonts; the look itself is in the style sheets."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"])


def page_head() -> str:
    """What goes into the document's head: the icon, one small script, and the styles."""
    styles = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES)
    head = (STATIC / "head.html").read_text(encoding="utf-8")
    return f"{head}\n<style>\n{styles}\n</style>"


def _html(value: str, script: str | None, elem_id: str | None = None) -> gr.HTML:
    js = (STATIC / script).read_text(encoding="utf-8") if script else None
    return gr.HTML(value, js_on_load=js, apply_default_css=False, elem_id=elem_id)


def _question(t: Texts) -> gr.Textbox:
    return gr.Textbox(
        label=t("question_label"),
        placeholder=t("question_placeholder"),
        show_label=False,
        container=False,
        lines=1,
        max_lines=4,
        elem_id="pqa-question",
        html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocomplete="off"),
    )
