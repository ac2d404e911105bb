"""What a check has to tell of a sentence, and its words for staff: rag/findings.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Template

FINDINGS_PATH = Path(__file__).with_name("findings.toml")
FINDING_LANGUAGES = ("zh", "en")


class FindingKind(StrEnum):
    """What was found: a table of findings.toml."""

    # The sentence is the document's own.
    VERBATIM = "verbatim"
    RENDERING = "rendering"
    COUNTED = "counted"
    # It is none that an answer may hold.
    ECHO = "echo"
    EMPTY = "empty"
    MARKUP = "markup"
    # It says something else than its clause.
    FIGURES = "figures"
    ENDS = "ends"
    HINDERS = "hinders"
    RAISES = "raises"
    OPPOSITE = "opposite"
    ANOTHER_VERB = "another-verb"
    DENIAL = "denial"
    DENIED = "denied"
    DENIAL_LOST = "denial-lost"
    FORBIDDEN = "forbidden"
    OMITTED = "omitted"
    # It says more.
    STRONGER = "stronger"
    ADDED = "added"
    UNLAWFUL_ONLY = "unlawful-only"
    # It leaves out the word by which its clause is weak or narrow.
    ENCOURAGE = "encourage"
    SUPPORT = "support"
    STUDY = "study"
    ADVANCE = "advance"
    GUIDE = "guide"
    ALLOW = "allow"
    PILOT = "pilot"
    WHERE_ABLE = "where-able"
    ELIGIBLE = "eligible"
    GRADUAL = "gradual"
    UNLAWFUL = "unlawful"
    FREE = "free"
    SOME = "some"
    # How much of it, or of its clause, stands in the other.
    LOST_FIGURES = "lost-figures"
    LOST_WORD = "lost-word"
    LOST_SHARE = "lost-share"
    COVERED = "covered"
    PARTLY_COVERED = "partly-covered"
    ADDED_WORD = "added-word"
    PASSED_OVER = "passed-over"
    # How likely its clause says so, and whether it is its translation.
    LIKELY = "likely"
    LIKELY_READ_TWICE = "likely-read-twice"
    UNTRANSLATED = "untranslated"
    LENGTH = "length"
    FOUND = "found"
    FOUND_LATE = "found-late"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found, with what it speaks of.

    `said` are words of the sentence, `held` words of its clause; `number` is a share, a ratio or a
    rank as it is shown, `least` the share that was needed. What its kind does not speak of is empty.
    """

    kind: FindingKind
    said: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    number: str = ""
    least: str = ""


def tell(finding: Finding, language: str) -> str:
    """A finding in one of FINDING_LANGUAGES."""
    comma = "、" if language == "zh" else ", "
    return Template(_load()[finding.kind.value][language]).substitute(
        said=comma.join(finding.said),
        held=comma.join(finding.held),
        number=finding.number,
        least=finding.least,
    )


@cache
def _load() -> dict[str, dict[str, str]]:
    return tomllib.loads(FINDINGS_PATH.read_text(encoding="utf-8"))
