"""What the names in a report are called on the page: eval/templates/words.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.document import Locator
from corpus.numerals import format_numeral
from eval.report import Score
from eval.table import value_text

WORDS_PATH = Path(__file__).parent / "templates" / "words.toml"
# Means over questions of a fraction each: their sum of hits counts nothing.
_MEANS = ("recall@5", "MRR", "nDCG@10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A name of the report: `name` in English, `zh` in Chinese, `says` what it means."""

    name: str
    zh: str = ""
    says: str = ""
    group: str = ""


@cache
def _load() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(WORDS_PATH.read_text(encoding="utf-8"))


def term(topic: str, name: str) -> Term:
    """The words for a name; the name itself where words.toml has none."""
    return Term(**{"name": name, **_load().get(topic, {}).get(name, {})})


def counted(score: Score) -> str:
    """A value with its denominator: 0.788 (82 of 104); 0.912 (n = 88) for a mean."""
    if score.metric in _MEANS:
        return f"{score.value.value:.3f} (n = {score.value.of:g})"
    return value_text(score.value, is_share=score.is_share)


def share_text(hits: int, of: int) -> str:
    """0.725 (87 of 120)."""
    return f"{hits / of:.3f} ({hits} of {of})" if of else "0 of 0"


def measure_text(number: int) -> str:
    """第（十五）项; plain digits past what is written in Chinese."""
    return f"第（{format_numeral(number) if 0 <= number <= 9999 else number}）项"


def place_text(locator: str, measures: tuple[int, ...]) -> str:
    """Where a citation points, as people say it: 第（十五）项第一句.

    A piece of raw text, which has no such address, is named with the measures it holds.
    """
    try:
        return Locator.parse(locator).printed("").removeprefix("《》")
    except (ValueError, KeyError):
        held = "、".join(map(measure_text, measures))
        return f"{locator}: {held or 'no measure'}"


def duration_text(seconds: float) -> str:
    """31 ms, 0.12 s, 2.4 s, 63 s."""
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 0.995:
        return f"{seconds:.2f} s"
    return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"


def chance_text(newly_failed: int, newly_passed: int, p_value: float) -> str:
    """What the p-value of the flips means, for a reader who knows no statistics."""
    flips = newly_failed + newly_passed
    if not flips:
        return "No question flipped: the same ones passed and failed both times."
    percent = p_value * 100
    cases = "fewer than 1" if percent < 0.95 else f"about {percent:.0f}"
    if percent > 99.5:
        cases = "nearly all" if percent < 100 else "all"
    judged = (
        "So a fall in quality is hardly chance."
        if p_value < 0.05
        else "So they do not show that quality fell; the test does not ask whether it rose."
    )
    return (
        f"Were a flip as likely to go either way, {newly_failed} or more newly failed among "
        f"{flips} would come up by chance in {cases} of 100 such comparisons "
        f"(one-sided exact McNemar test, p = {p_value:.3f}). {judged}"
    )
