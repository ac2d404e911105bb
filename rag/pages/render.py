"""The page's HTML, from templates that escape everything they are given.

A value must reach the browser as gr.HTML's plain `${value}` and never as a template: gr.HTML
evaluates what its html_template renders, so a question put into one would run as a script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corpus.document import Document, Locator
from corpus.questions import clause_hash
from rag.answer import Answer, Label
from rag.findings import tell
from rag.language import to_traditional
from rag.notices import beside_notices, caution_notice, notice, notice_language
from rag.pages.places import Excerpt, cards_of, is_chinese, name_place, nearby_cards
from rag.pages.session import Exchange
from rag.pages.texts import Texts, official_note

TEMPLATES = Path(__file__).with_name("templates")
MAX_CARDS = 5
"""Related measures under a finished answer."""
MAX_LIVE_CARDS = 3
"""Related measures while the answer is being written: what a phone shows without scrolling."""
MAX_SHOWN_QUESTION = 160
"""An over-long question is shown by its beginning."""
MAX_OUTLINE = 200
"""A longer corpus gets no outline: thousands of buttons would slow a phone down."""


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["chinese"] = is_chinese
    environment.globals.update(
        lang_of=_language_of,
        shorten=_shorten,
        seconds=_seconds,
        is_web=_is_web,
        in_script=_in_script,
        all_supported=_all_supported,
        tell=tell,
        notice=notice,
        caution_notice=caution_notice,
        beside_notices=beside_notices,
        notice_language=notice_language,
        official_note=official_note,
        cards_of=cards_of,
        clause_hash=clause_hash,
        max_cards=MAX_CARDS,
        max_live_cards=MAX_LIVE_CARDS,
    )
    return environment


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders the parts of the page about a corpus. `renderings` are its clauses in other languages, by
    language and by the hash of their own words."""

    documents: tuple[Document, ...]
    renderings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def header(self, t: Texts) -> str:
        """Product, language switch, and what is known of the policies."""
        return self._render("header.html", t)

    def conversation(self, t: Texts, exchanges: Sequence[Exchange]) -> str:
        """The exchanges, or the welcome with its examples where there are none."""
        return self._render(
            "conversation.html",
            t,
            exchanges=exchanges,
            busy=any(exchange.running for exchange in exchanges),
            titles={document.id: document.title for document in self.documents},
            nearby_cards=lambda citations: nearby_cards(citations, self.documents),
            kept=lambda quote, language: self.renderings.get(language, {}).get(clause_hash(quote)),
        )

    def panel(self, t: Texts, excerpt: Excerpt | None, *, missing: bool = False) -> str:
        """The measure that stands open, or the outline of the corpus where none does."""
        n_measures = sum(1 for document in self.documents for _ in document.measures())
        outline = 0 < n_measures <= MAX_OUTLINE
        return self._render("panel.html", t, excerpt=excerpt, missing=missing, outline=outline)

    def staff(self, t: Texts, answer: Answer | None) -> str:
        """An answer, sentence by sentence, beside its clauses, verdicts and provenance."""
        return self._render("staff.html", t, answer=answer)

    def notice(self, t: Texts, model_state: str) -> str:
        """The standing notice with the latest policy's date, and the model's state if not ready."""
        days = [d.published_on or d.issued_on for d in self.documents]
        day = max((d for d in days if d is not None), default=None)
        return self._render("notice.html", t, state=model_state, day=day)

    def _render(self, template: str, t: Texts, **values: object) -> str:
        def place(locator: Locator) -> str:
            return name_place(locator, t.language, self.documents)

        def place_official(locator: Locator) -> str:
            return name_place(locator, "zh", self.documents)

        shared = {
            "t": t,
            "documents": self.documents,
            "place": place,
            "place_official": place_official,
            "place_within": lambda locator: name_place(locator, t.language),
        }
        return _ENVIRONMENT.get_template(template).render(shared, **values)


def _language_of(text: str, otherwise: str = "en") -> str:
    return "zh" if is_chinese(text) else otherwise


def _shorten(question: str) -> str:
    if len(question) <= 500:
        return question
    return question[:MAX_SHOWN_QUESTION] + "……"


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _in_script(text: str, language: str) -> str:
    return to_traditional(text) if language == "zh-Hant" else text


def _is_web(address: str) -> bool:
    return address.startswith(("https://", "http://"))


def _all_supported(answer: Answer) -> bool:
    return all(s.verdict.label is Label.SUPPORTED for s in answer.statements)


_ENVIRONMENT = _environment()
