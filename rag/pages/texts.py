"""The page's fixed words in the languages of its interface: texts.toml."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from rag.notices import notice_language

TEXTS_PATH = Path(__file__).with_name("texts.toml")
LANGUAGES = ("zh", "en")

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The words of one language. `examples` are questions that a newcomer may press."""

    language: str
    examples: tuple[str, ...]
    words: Mapping[str, str]

    def __call__(self, key: str, **names: object) -> str:
        """The text of a key, with its $names filled in.

        Raises:
            KeyError: no such text, or a name is missing.
        """
        text = self.words[key]
        return Template(text).substitute(names) if names else text

    def date(self, day: dt.date) -> str:
        """A date as the language writes it: 2025年3月16日, 16 March 2025."""
        month_name = _MONTHS[day.month - 1]
        return self("date", year=day.year, month=day.month, day=day.day, month_name=month_name)


@cache
def load_texts(language: str) -> Texts:
    """The words of an interface language.

    Raises:
        ValueError: the interface does not speak it.
    """
    if language not in LANGUAGES:
        raise ValueError(f"wanted one of {LANGUAGES}, got {language!r}")
    words = dict(_load()[language])
    examples = words.pop("examples")
    return Texts(language=language, examples=tuple(examples), words=words)


def choose_language(accepted: str) -> str:
    """The interface language for an Accept-Language header, or for one language code.

    A reader of any other language gets English; a header that names none, Chinese.
    """
    weighted = []
    for position, item in enumerate(accepted.split(",")):
        code, _, parameters = item.strip().partition(";")
        weight = parameters.strip().removeprefix("q=")
        try:
            weighted.append((-float(weight or 1), position, code.lower()))
        except ValueError:
            continue
    for _, _, code in sorted(weighted):
        if code.split("-")[0] in LANGUAGES:
            return code.split("-")[0]
    return "en" if any(code.strip("*") for _, _, code in weighted) else "zh"


def official_note(language: str) -> str:
    """What a reader of `language` is told of official Chinese words; empty for Simplified."""
    notes = _load()["official_note"]
    return notes.get(language) or notes.get(notice_language(language), "")


@cache
def _load() -> dict[str, dict[str, str]]:
    return tomllib.loads(TEXTS_PATH.read_text(encoding="utf-8"))
