"""Rules that a question names by their numbers: 第十五条, 倒数第二条, measures 24–25, Teil 3."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from corpus.numerals import CHINESE_NUMERAL, parse_numeral
from rag.language import to_simplified

_DATA = Path(__file__).with_name("references.toml")
# What stands between the numbers of a list.
_AND = r"\s*(?:\b(?:and|und|et|y|и)\b|,|&)\s*"
_COMMA = r"\s*[、,和与跟]\s*"
_TO = r"\s*(?:到|至|~|—|–|-|〜|to|through|bis|à|a|до)\s*"


class Unit(StrEnum):
    """What is counted: rules that are cited, their groups, their sentences."""

    MEASURE = "M"
    PART = "P"
    CLAUSE = "C"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A run of units by number, both ends included; from 1, or from the end where negative."""

    unit: Unit
    first: int
    last: int

    def numbers(self, total: int) -> range:
        """The numbers meant where there are `total` units; some may not exist."""
        ends = [total + 1 + n if n < 0 else n for n in (self.first, self.last)]
        return range(min(ends), max(ends) + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A question in lower case and simplified characters, ⟦M0⟧ in the place of reference 0."""

    text: str
    references: tuple[Reference, ...]

    def of(self, unit: Unit) -> tuple[Reference, ...]:
        """The references to one unit, in the order of the question."""
        return tuple(r for r in self.references if r.unit is unit)


@functools.cache
def load_references() -> dict[str, dict[str, str]]:
    """The tables of references.toml.

    Raises:
        ValueError: the file is no TOML.
        KeyError: a pattern names a piece that is not there.
    """
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    pieces = data.pop("pieces")
    tables = {
        name: {key: _filled(pattern, pieces) for key, pattern in table.items()}
        for name, table in data.items()
        if isinstance(table, dict)
    }
    units = {name: "|".join(rows) for name, rows in data.items() if isinstance(rows, list)}
    return {"units": units, **tables}


def _filled(pattern: str, pieces: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda m: pieces[m[1]], pattern)


# Part eight, the last one: one thing named twice.
_APPOSITION = re.compile(r"(⟦P\d+⟧), (?:the|die|la|el|le) ⟦M\d+⟧(?! ?(?:of|in)\b)")


@functools.cache
def _number_words() -> dict[str, int]:
    lists = (words.split() for words in load_references()["words"].values())
    return {word: number for words in lists for number, word in enumerate(words, start=1)}


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns with what their groups mean: number groups a and b, all of `several`, unit groups m, p and c."""
    units = load_references()["units"]
    unit = f"(?:(?P<m>{units['measure']})|(?P<p>{units['part']})|(?P<c>{units['clause']}))"
    words = "|".join(sorted(map(re.escape, _number_words()), key=len, reverse=True))
    plain = rf"(?:{CHINESE_NUMERAL}|\d{{1,4}})"
    number = rf"(?:\b(?:{words})\b|\d{{1,4}}(?:st|nd|rd|th|er|re|e|ème|ª|º|\.)?(?![\d]))"
    bracketed = rf"[(（]?\s*(?P<a>{plain})\s*[)）]?"
    # 我叫张三, 第七项…: whoever says 第 of the second says it of the first.
    named = rf"(?:第|(?!{plain}(?:{_COMMA}{plain})*{_COMMA}第))"
    # 五、七两项, 5、7、9这三项: the last word before the unit counts the numbers.
    item = rf"[(（]?\s*{plain}(?<!两)(?:{_TO}{plain})?\s*[)）]?"
    these = "[这那几两三四五六七八九]*"
    run = rf"{number}(?:{_TO}{number})?"
    end = r"(?:倒数|倒着数|从(?:后|末尾|最后)(?:往前|面)*(?:倒)?数)(?:的|起)*"
    last = r"(?:最后面?|最末尾?|末尾|末|压轴|结尾|收尾|最尾)"
    of = r"(?:的|那|这|个|一(?=个|条|项|部|章|句|款))*"
    return tuple(
        (re.compile(pattern, re.IGNORECASE), meaning)
        for pattern, meaning in (
            (rf"{end}第?(?P<a>{plain})个?{unit}", "from end"),
            (rf"\b(?P<a>{number})[ -]?(?:to|from)[ -](?:the[ -])?(?:last|end)\s+{unit}", "from end"),
            (rf"\b(?:second[ -]last|penultimate|p[eé]n[uú]lti[mè]\w*|vorletzte\w*|предпоследн\w+)\s+{unit}", "penultimate"),
            (rf"{last}的?(?P<a>{plain})(?:个)?{unit}", "last run"),
            (rf"{last}{of}{unit}", "last"),
            (rf"\b(?:very )?(?:last|final|closing|concluding|dernière|última|letzte\w*|последн\w+)\s+(?:{unit}|one\b)", "last"),
            (rf"(?:最?前|头)(?P<a>{plain})(?:个)?{unit}", "first run"),
            (rf"(?:(?:打头|开头|最前面)(?:的|那|这|第)*一?|(?:头|首)(?:的|那|这|第)*一)(?:个)?{unit}", "first"),
            (rf"{unit}\s*(?P<several>{run}(?:{_AND}{run})+(?:\s*,{_AND}{run})?)", "several"),
            (rf"{named}(?P<several>{item}(?:{_COMMA}第?{item})+)\s*{these}{unit}", "several"),
            (rf"第?{bracketed}\s*(?:条|项)?{_TO}第?[(（]?(?P<b>{plain})[)）]?\s*{these}{unit}", "run"),
            (rf"{unit}\s*(?P<a>{number}){_TO}(?P<b>{number})", "run"),
            (rf"第\s*{bracketed}\s*个?\s*{unit}", "one"),
            (rf"[(（]\s*(?!\d{{4}})(?P<a>{plain})\s*[)）]\s*(?:{unit})?", "one"),  # （2025） is a year
            (rf"(?:编号|排(?:在|行)?第)(?:是|为)?\s*(?P<a>\d{{1,4}}|{CHINESE_NUMERAL})(?:那|的)?(?:项|条|个)?(?:{unit})?(?![个年月日次])", "one"),
            (rf"(?P<a>{plain})\s*号(?:措施|条款?|项)", "one"),
            (r"(?:#|№|\bno\.?|n°|nr\.)\s*(?P<a>\d{1,4})", "one"),
            (rf"\bnumber (?!one\b)(?P<a>{number})(?![\d.,%])", "one"),  # the number one reason
            (rf"(?<![共有这那了\d一二三四五六七八九十百])(?P<a>\d{{2,4}}|[一二三四五六七八九]?十[一二三四五六七八九]?)\s*(?!点)(?:{unit})(?=[^\d]|$)", "one"),
            (rf"(?<![贴罚欠短发]){unit}\s*(?:number|no\.?|#|n°|nr\.?|№|n[úu]m[eé]ro|nummer|номер|رقم)?\s*[(（]?(?P<a>{number})[)）]?(?!\w)", "one"),
            (rf"\b(?P<a>{number})\.?\s*(?:번째\s*)?(?![\u4e00-\u9fff]){unit}", "one"),
            (rf"^\W*(?P<a>{plain})\W*$", "one"),
        )
    )  # fmt: skip


def _value(text: str) -> int:
    word = re.sub(r"[\s第()（）]", "", text).lower()
    if word in _number_words():
        return _number_words()[word]
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else parse_numeral(word)


def _run(unit: Unit, text: str) -> Reference:
    """24-25, or one number alone; twenty-one is no run."""
    ends = [text] if text.strip().lower() in _number_words() else re.split(_TO, text)
    return Reference(unit=unit, first=_value(ends[0]), last=_value(ends[-1]))


def _references(match: re.Match[str], meaning: str) -> tuple[Reference, ...]:
    groups = match.groupdict()
    unit = Unit.PART if groups.get("p") else Unit.CLAUSE if groups.get("c") else Unit.MEASURE
    if several := groups.get("several"):
        return tuple(_run(unit, text) for text in re.split(f"(?:{_AND}|{_COMMA})+", several))
    a = _value(groups["a"]) if groups.get("a") else 1
    b = _value(groups["b"]) if groups.get("b") else a
    ends = {
        "from end": (-a, -a),
        "penultimate": (-2, -2),
        "last run": (-a, -1),
        "last": (-1, -1),
        "first run": (1, a),
        "first": (1, 1),
        "run": (a, b),
        "one": (a, a),
    }
    first, last = ends[meaning]
    return (Reference(unit=unit, first=first, last=last),)


def normalize(question: str) -> str:
    """The one form in which questions about the build are read."""
    return to_simplified(unicodedata.normalize("NFKC", question)).lower()


def mark_references(question: str) -> Marked:
    """Find every reference by number; where readings overlap, the more telling pattern wins."""
    text = normalize(question)
    found: list[Reference] = []

    def replace(match: re.Match[str], meaning: str) -> str:
        marks = ""
        for reference in _references(match, meaning):
            marks += f"⟦{reference.unit}{len(found)}⟧"
            found.append(reference)
        return marks

    for pattern, meaning in _patterns():
        text = pattern.sub(lambda match, meaning=meaning: replace(match, meaning), text)  # type: ignore[misc]
    text = _APPOSITION.sub(r"\1", text)
    order = [int(number) for number in re.findall(r"⟦[MPC](\d+)⟧", text)]
    place = {old: new for new, old in enumerate(order)}
    text = re.sub(r"⟦([MPC])(\d+)⟧", lambda m: f"⟦{m[1]}{place[int(m[2])]}⟧", text)
    return Marked(text=text, references=tuple(found[old] for old in order))
