"""Every figure of a sentence must stand in its clause, however either writes it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from corpus.numerals import parse_numeral
from rag.language import to_simplified

# Measure words that make a Chinese numeral a figure: 三年 counts, the 一 of 一体 does not.
_UNIT = (
    "元|块|角|分钱|美元|人民币|个百分点|年|个月|月|日|号|天|周|星期|小时|分钟|刻钟|岁|周岁|个|名|人|户|家|项|"
    "条|种|类|次|倍|成|折|期|批|套|件|辆|部|台|亩|公斤|吨|公里|米|平方米|级|点(?!击)"
)
_FOLLOWING_UNIT = re.compile(
    rf"\s?(?:多|余|几)?(?:{_UNIT})+|"
    r"[\s-]?(?:yuan|rmb|dollars?|euros?|days?|weeks?|months?|years?|hours?|minutes?)\b"
)
_DIGIT, _MULTIPLE = "零〇一二两三四五六七八九", "十百千万亿"
_FRACTION = rf"(?:点[{_DIGIT}]+)?"
_PERCENT = re.compile(
    rf"百分之([{_DIGIT}{_MULTIPLE}]+{_FRACTION}|\d+(?:\.\d+)?)|"
    rf"([{_DIGIT}{_MULTIPLE}]+{_FRACTION})\s*([%‰])"
)
_SCALE = "[十百千]?(?:万亿|亿|万)|[百千]"
# 1.2w and 5k are typed for 万 and 千; a 4k screen is no sum.
_TYPED_SCALE = r"(?:w|(?<!(?<![\d.])[248])k)(?![a-z跑灯]|\s*(?:run|race|bulb))"
_ARABIC = re.compile(
    rf"(\d+(?:,\d{{3}})*(?:\.\d+)?)(?:\s*({_SCALE})((?:\d+(?:{_SCALE}))*)|({_TYPED_SCALE}))?"
    r"(?:\s*(%|percent|per cent|‰))?"
)
_SCALED = re.compile(rf"(\d+)({_SCALE})")
_QUARTERS = re.compile(rf"([\d{_DIGIT}])刻钟")
# A numeral with its unit, a 第 before it, or a digit with a multiple in it: 五千 needs no 元.
_CHINESE = re.compile(
    rf"(?:(?<=第)|(?=[{_DIGIT}{_MULTIPLE}]+{_FRACTION}[万亿]*(?:多|余|几)?(?:{_UNIT}))|"
    rf"(?=[{_DIGIT}]*[{_DIGIT[2:]}][{_MULTIPLE}]))([{_DIGIT}{_MULTIPLE}]+)(点[{_DIGIT}]+)?([万亿]*)"
)
# 一 before these is no count: 一次性, 一批, 一类 and so on are fixed words. 十一个 is none.
_VAGUE_ONE = re.compile(
    rf"(?<![{_DIGIT}{_MULTIPLE}第])一(?:次性|批|些|定|种|类|个|项|家|起|体|样|般|直|系列|户|名|期|点(?![{_DIGIT}])|件|套|部|辆|位|成|块(?!钱))"
)
_SCALES = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_TYPED_SCALES = {"w": 10**4, "k": 1000}
_UNITS_IN_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS_IN_WORDS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORD_VALUES = {word: i for i, word in enumerate(_UNITS_IN_WORDS)} | {
    word: 10 * i for i, word in enumerate(_TENS_IN_WORDS, start=2)
}
_WORD_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_WORD = "|".join([*_WORD_VALUES, *_WORD_SCALES])
_WORDS = re.compile(
    rf"\b(?:\d+(?:\.\d+)?\s+(?:{'|'.join(_WORD_SCALES)})|(?:{_WORD})(?:(?:[\s-]+(?:and\s+)?)(?:{_WORD}))*)\b"
    r"(?:\s*(percent|per cent|%))?",
    re.IGNORECASE,
)


# Amounts on bills are written in capital numerals.
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬", "一二三四五六七八九十百千万")
_RATIO = re.compile(
    rf"([{_DIGIT}{_MULTIPLE}]+|\d+)分之([{_DIGIT}{_MULTIPLE}]+{_FRACTION}|\d+(?:\.\d+)?)"
)
_THOUSAND = 1000  # 千分之五 is 0.5 %
_HALF = re.compile(r"半价|减半|一半|\bhalf\b", re.IGNORECASE)
_IDIOM = re.compile("千家万户|千方百计|千千万万")


class _Figure(NamedTuple):
    """A figure in its one form, and how and where a folded text writes it: 80万元 is 800000."""

    value: str
    written: str
    start: int


def figures_in(text: str) -> frozenset[str]:
    """The figures of a text in one form: 三千元 → {3000}, 百分之二十 → {20%}, 2025年 → {2025}.

    Units other than percent are left aside, so that 3类 is three categories in any language.
    """
    return frozenset(figure.value for figure in _read(text))


def _fold(text: str) -> str:
    return to_simplified(unicodedata.normalize("NFKC", text)).lower().translate(_CAPITALS)


def _read(text: str) -> list[_Figure]:
    """Each figure as often as it is written, in the order of the text."""
    text = _IDIOM.sub(_blank, _fold(text))
    found: list[_Figure] = []
    for half in _HALF.finditer(text):
        found.append(_Figure("1/2", half[0], half.start()))
    text = _PERCENT.sub(lambda m: _keep_percent(found, m), text)
    text = _RATIO.sub(lambda m: _keep_ratio(found, m), text)
    text = _QUARTERS.sub(lambda m: _keep(found, m, 15 * _chinese_value(m[1])), text)
    text = _WORDS.sub(lambda m: _keep_words(found, m), text)
    text = _ARABIC.sub(lambda m: _keep_arabic(found, m), text)
    for match in _CHINESE.finditer(_VAGUE_ONE.sub(_blank, text)):
        scale = _SCALES.get(match[3], 1)
        _keep(found, match, _chinese_value(match[1] + (match[2] or "")) * scale)
    return sorted(found, key=lambda figure: figure.start)


def _blank(match: re.Match[str]) -> str:
    """What takes the place of what was read: as long, and no part of any word or figure."""
    return "\0" * len(match[0])


def _chinese_value(numeral: str) -> Decimal:
    if numeral[0].isdecimal():
        return Decimal(numeral)
    whole, _, fraction = numeral.partition("点")
    # 万元 is one 万.
    value = Decimal(parse_numeral(f"一{whole}" if set(whole) <= {"万", "亿"} else whole))
    digits = "".join(str(parse_numeral(c)) for c in fraction)
    return value + Decimal(f"0.{digits}") if digits else value


def _keep(
    found: list[_Figure], match: re.Match[str], value: Decimal, *, percent: bool = False
) -> str:
    return _write(found, match, f"{value.normalize():f}" + ("%" if percent else ""))


def _write(found: list[_Figure], match: re.Match[str], value: str) -> str:
    unit = _FOLLOWING_UNIT.match(match.string, match.end())
    found.append(_Figure(value, match[0] + (unit[0] if unit else ""), match.start()))
    return _blank(match)


def _keep_percent(found: list[_Figure], match: re.Match[str]) -> str:
    share = _chinese_value(match[1] or match[2])
    return _keep(found, match, share / 10 if match[3] == "‰" else share, percent=True)


def _keep_arabic(found: list[_Figure], match: re.Match[str]) -> str:
    """Keep a number in digits with its scales: 3千万, 2万5千, 1.2w, 5‰."""
    number, scale, more, typed, sign = match.groups()
    value = Decimal(number.replace(",", "")) * _TYPED_SCALES.get(typed, 1)
    if scale:
        value *= parse_numeral(f"一{scale}")
        value += sum(int(n) * parse_numeral(f"一{s}") for n, s in _SCALED.findall(more))
    return _keep(found, match, value / 10 if sign == "‰" else value, percent=bool(sign))


def _keep_ratio(found: list[_Figure], match: re.Match[str]) -> str:
    whole, part = _chinese_value(match[1]), _chinese_value(match[2])
    if whole == _THOUSAND:
        return _keep(found, match, part / 10, percent=True)
    return _write(found, match, f"{part:f}/{whole:f}")


def _keep_words(found: list[_Figure], match: re.Match[str]) -> str:
    """Keep an English number in words; a lone “one” is a pronoun and stays in the text."""
    number = match[0][: match.start(1) - match.start()] if match[1] else match[0]
    words = [w for w in re.split(r"[\s-]+", number.strip()) if w != "and"]
    if words == ["one"] and not match[1]:
        return match[0]
    total, section = Decimal(0), Decimal(0)
    for word in words:
        if word == "hundred":
            section = (section or Decimal(1)) * 100
        elif word in _WORD_SCALES:
            total, section = total + (section or Decimal(1)) * _WORD_SCALES[word], Decimal(0)
        else:
            section += Decimal(_WORD_VALUES.get(word, word))
    return _keep(found, match, total + section, percent=bool(match[1]))


def foreign_figures(sentence: str, clause: str) -> tuple[str, ...]:
    """The figures of a sentence that its clause does not hold, sorted; empty when all stand.

    A sum, a share, a multiple or a period must be one in the clause too: 3类 makes no 3折, 三年 no
    three months.
    """
    held = kinds_held(clause)
    return tuple(sorted({figure.value for figure in _read(sentence) if not _is_held(figure, held)}))


def kinds_held(text: str) -> dict[str, set[str]]:
    """The figures of a text, and of what each is there: 15 minutes make no 15 days."""
    held: dict[str, set[str]] = {}
    for figure in _read(text):
        held.setdefault(figure.value, set()).add(_kind_of(figure))
    return held


def _is_held(figure: _Figure, held: Mapping[str, set[str]]) -> bool:
    kind = _kind_of(figure)
    return figure.value in held and (not kind or kind in held[figure.value])


def lost_figures(sentence: str, clause: str) -> tuple[str, ...]:
    """The years, periods, sums and shares of a clause that a sentence leaves out, sorted.

    A count may be told without: three kinds of goods where they are named.
    """
    said = figures_in(sentence)
    lost = {
        figure.value
        for figure in _read(clause)
        if figure.value not in said and (figure.value.endswith("%") or _unit_of(figure))
    }
    return tuple(sorted(lost))


def _kind_of(figure: _Figure) -> str:
    """Of what a figure is, where its unit stands for no other; "" for a count or a calendar year."""
    unit = _unit_of(figure)
    is_date = unit == "年" and len(figure.value) == _YEAR_LENGTH
    return "" if is_date else _KINDS.get(unit, "")


def _unit_of(figure: _Figure) -> str:
    written = figure.written.removesuffix("期")
    return next((unit for unit in _KINDS if written.endswith(unit)), "")


# Units of which none stands for a kind or a year.
_KINDS = {
    unit: kind
    for kind, units in {
        "tenths off": "折",
        "tenths": "成",
        "multiple": "倍",
        "points": "个百分点 个点",
        "sum": "元 块 yuan rmb",
        "years": "年 year years",
        "months": "个月 month months",
        "weeks": "周 星期 week weeks",
        "days": "天 day days",
        "hours": "小时 hour hours",
        "minutes": "分钟 刻钟 minute minutes",
    }.items()
    for unit in units.split()
}
_YEAR_LENGTH = 4
# Below this a number is rather a count of the asker's own: 3 children, 60 years.
_SMALLEST_TOLD = 100
_HOTLINES = frozenset("110 119 120 12306 12315 12329 12333 12345 12366 12393 996".split())
# 几万元 is no sum, 九成新 no share.
_NO_FIGURE = re.compile(r"(?:几|数|多少|好几)[十百千万亿]+|[七八九]成新")
# What is told however small it is: shares that are not written as percent (5个点, 八折, 三成), sums,
# and days, of which a rumour about leave is made. 3类 holds no 3个点.
_SHARES = ("个点", "个百分点", "折", "成", "倍")
# Years and months are mostly the asker's own (我工作了十年), but not behind one of these: 免息延续10年.
_LASTS = re.compile(
    r"(?:(?:延续|延长|延期|顺延|展期|续|持续|为期|免息|免税|连发|发放|补贴|补助)(?:实施|发放)?(?:到|至|了|满)?|"
    r"\b(?:extend|prolong|continu|last|waiv)\w*(?: (?:for|by|to|until))?) ?$",
    re.IGNORECASE,
)
_TOLD_UNITS = (*_SHARES, "元", "块", "yuan", "rmb", "天", "day", "days")


def unheld_figures(question: str, held: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The shares, sums and days, how long a rule is said to last, and what else is a hundred or more, of a
    question that are not `kinds_held`.

    As the question writes them, in their order.
    """
    folded = _fold(question)
    if len(folded) != len(question):
        question = folded  # its places are not the same
    told: dict[str, _Figure] = {}
    for figure in _read(_NO_FIGURE.sub(_blank, folded)):
        told.setdefault(figure.value, figure)
    return tuple(
        question[figure.start : figure.start + len(figure.written)]
        for figure in told.values()
        if (_is_told(figure) or _LASTS.search(folded[: figure.start]))
        and (
            f"{figure.value}%" not in held
            if figure.written.endswith(_SHARES)
            else not _is_held(figure, held)
        )
    )


def _is_told(figure: _Figure) -> bool:
    value = figure.value
    if value.endswith("%") or figure.written.endswith(_TOLD_UNITS):
        return True
    return "/" not in value and Decimal(value) >= _SMALLEST_TOLD and value not in _HOTLINES
