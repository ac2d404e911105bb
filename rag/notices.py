"""The fixed sentences that stand where there is no answer, or beside one: rag/notices.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from rag.answer import Answer, Caution, Origin, Reason, Status
from rag.check.modality import overstated
from rag.privacy import MASK

NOTICES_PATH = Path(__file__).with_name("notices.toml")
NOTICE_LANGUAGES = ("zh", "zh-Hant", "en", "ja", "ko", "fr", "es", "ru", "ar", "de")

# Words of the question, said back, are cut to this length.
_LONGEST_QUOTE = 60
_WITH_HAN = ("zh", "zh-Hant", "ja")
_TRADITIONAL = ("hant", "tw", "hk", "mo")


def notice_language(language: str) -> str:
    """The language that a reader of `language` is addressed in: one of NOTICE_LANGUAGES, else en."""
    tags = language.replace("_", "-").lower().split("-")
    if tags[0] != "zh":
        return tags[0] if tags[0] in NOTICE_LANGUAGES else "en"
    return "zh-Hant" if any(tag in _TRADITIONAL for tag in tags[1:]) else "zh"


def notice(reason: Reason, language: str) -> str:
    """The sentence that tells a reader of `language` why there is no answer.

    Raises:
        ValueError: the reason is NONE, which needs no sentence.
    """
    if reason is Reason.NONE:
        raise ValueError("an answer that did not abstain has no notice")
    return str(_load()[reason.value][notice_language(language)])


def caution_notice(caution: Caution, language: str) -> str:
    """The sentence that tells how firm a rule is."""
    words = _load()["caution"][caution.kind.value][notice_language(language)]
    return Template(words).substitute(word=caution.word)


def beside_notices(answer: Answer) -> tuple[str, ...]:
    """What stands beside an answer: figures that no document holds, claims that the clauses shown do not
    make, wishes on which the documents are silent, numbers masked."""
    language, words = notice_language(answer.language), _load()["beside"]
    found = []
    was_searched = answer.status is Status.ANSWERED or answer.nearby
    if answer.unheld_figures and was_searched and answer.reason is not Reason.OFF_TOPIC:
        comma = "、" if language in _WITH_HAN else ", "
        figures = comma.join(answer.unheld_figures)
        found.append(Template(words["unheld-figures"][language]).substitute(figures=figures))
    if claimed := _claimed(answer):
        said = words["between"][language].join(claimed)
        found.append(Template(words["overstated"][language]).substitute(words=said))
    if answer.unsaid:
        parts = words["between"][language].join(map(_shortened, answer.unsaid))
        found.append(Template(words["unsaid"][language]).substitute(parts=parts))
    if MASK in answer.question:
        found.append(words["masked"][language])
    return tuple(found)


def _claimed(answer: Answer) -> tuple[str, ...]:
    """By which words the question claims more than the clauses of the answer, or those near by."""
    if answer.origin is Origin.STRUCTURE or answer.reason is Reason.OFF_TOPIC:
        return ()
    cited = [citation for statement in answer.statements for citation in statement.citations]
    shown = {citation.locator: citation.quote for citation in cited or answer.nearby}
    # 保障重点群体基本生活 guarantees, though no clause under it has the word.
    headings = (h.passage.heading_path[-1:] for h in answer.hits if h.passage.locator in shown)
    official = [*shown.values(), *(heading for path in headings for heading in path)]
    return overstated(answer.question, official) if shown else ()


def _shortened(quoted: str) -> str:
    return quoted if len(quoted) <= _LONGEST_QUOTE else quoted[: _LONGEST_QUOTE - 1] + "…"


@cache
def _load() -> dict[str, Any]:
    return tomllib.loads(NOTICES_PATH.read_text(encoding="utf-8"))
