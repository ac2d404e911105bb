"""The fixed sentences that stand where there is no answer: rag/notices.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from rag.answer import Reason

NOTICES_PATH = Path(__file__).with_name("notices.toml")
NOTICE_LANGUAGES = ("zh", "zh-Hant", "en")

_TRADITIONAL = ("hant", "tw", "hk", "mo")


def notice_language(language: str) -> str:
    """The language that a reader of `language` is addressed in: zh, zh-Hant, or else en."""
    tags = language.replace("_", "-").lower().split("-")
    if tags[0] != "zh":
        return "en"
    return "zh-Hant" if any(tag in _TRADITIONAL for tag in tags[1:]) else "zh"


def notice(reason: Reason, language: str) -> str:
    """The sentence that tells a reader of `language` why there is no answer.

    Raises:
        ValueError: the reason is NONE, which needs no sentence.
    """
    if reason is Reason.NONE:
        raise ValueError("an answer that did not abstain has no notice")
    return _load()[reason.value][notice_language(language)]


@cache
def _load() -> dict[str, dict[str, str]]:
    return tomllib.loads(NOTICES_PATH.read_text(encoding="utf-8"))
