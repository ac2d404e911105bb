"""Chinese numerals, read and written."""

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_TRAILED = {"百": "十", "千": "百", "万": "千", "亿": "千万"}
_SECTIONS = {"万": 10_000, "亿": 100_000_000}

CHINESE_NUMERAL = "[零〇一二两三四五六七八九十百千万亿]+"
"""Regular expression source that matches a run of Chinese numeral characters."""


def parse_numeral(text: str) -> int:
    """The value of a numeral: 三十 → 30, 一百二十 → 120, 二〇二五 → 2025, １５ → 15.

    Raises:
        ValueError: `text` is no Chinese or decimal numeral.
    """
    if text.isdecimal():
        return int(text)
    if not text or any(c not in _DIGITS | _UNITS | _SECTIONS for c in text):
        raise ValueError(f"not a numeral: {text!r}")
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    if len(text) > 2 and text[-1] in _DIGITS and text[-2] in _TRAILED:
        text += _TRAILED[text[-2]]  # 两万五 is 两万五千
    total = section = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _UNITS:
            section += (digit or 1) * _UNITS[c]
            digit = 0
        elif c == "亿" or not section + digit:  # 一万亿, 一万万: of all before it
            total = (total + section + digit) * _SECTIONS[c]
            section = digit = 0
        else:  # 一亿两千万: of what stands since the 亿
            total += (section + digit) * _SECTIONS[c]
            section = digit = 0
    return total + section + digit


def format_numeral(number: int) -> str:
    """A number from 0 to 9999 in Chinese: 30 → 三十, 120 → 一百二十, 105 → 一百零五.

    Raises:
        ValueError: the number is outside that range.
    """
    if not 0 <= number <= 9999:
        raise ValueError(f"wanted a number from 0 to 9999, got {number}")
    digits = "零一二三四五六七八九"
    if number < 10:
        return digits[number]
    out, pending_zero = "", False
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if not digit:
            pending_zero = bool(out)
            continue
        out += ("零" if pending_zero else "") + digits[digit] + unit
        pending_zero = False
    return out.removeprefix("一") if out.startswith("一十") else out
