"""A visitor's browser page, as the browser tests drive it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

COMPOSER = "#pqa-question textarea"
DONE = ".pqa-exchange:last-child[data-phase=done]"


@dataclass(slots=True)
class Visit:
    """One visitor's browser page, and what it asked the network for and complained of."""

    page: Any
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, question: str, until: str = DONE) -> None:
        """Type a question, press Enter, and wait."""
        self.page.fill(COMPOSER, question)
        self.page.press(COMPOSER, "Enter")
        self.page.wait_for_selector(until)

    def text(self, selector: str) -> str:
        """The visible words of the first match."""
        return str(self.page.locator(selector).first.inner_text())
