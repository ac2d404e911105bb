"""Which of the digits in a text name a person: identity cards, telephones and bank cards.

By check digits and known beginnings, and by how people part such numbers into groups; a sum, a range
of sums, a year, an order's or an organisation's number stays. What the asker himself calls a card or a
telephone is believed by its length alone.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.checksums import (
    begins_with_date,
    is_credit_code,
    is_dated_identity,
    is_fixed,
    is_identity,
    is_issued,
    is_luhn,
    is_mobile,
    is_old_identity,
    looks_like_identity,
)
from rag.digits import Group, Reading, read_groups
from rag.surroundings import is_called_credit_code, is_called_order, is_money_beside, named_so

_MOST_DIGITS = 21
_SEEN_AROUND = 24  # characters
# How people part such numbers; any run of ones or twos too.
_USUAL = re.compile(
    r"3 4 4|3 8|7 4|4 3 4|3 3 5|4 4 3|3 4 2 2|3 3 3 2|3 2 2 2 2|"  # mobile telephones
    r"6 8 [34] ?1?|6 4 4 [34] ?1?|6 4 2 2 [34] ?1?|6 1[12] ?1?|1[03] 4|14 [34] ?1?|3 3 4 4 [34] ?1?|3 3 8 [34] ?1?|4 4 4 4 [12] ?1?|"
    r"4 4 4 4(?: [1-4]| 2 1)?|4 6 5|4 6 4|4 12|6 10|6 13|8 8|8 11|4 4 8|6 6 [4-7]|5 5 5 4|5 5 6|4 5 5 5"  # cards
)
# What may part a number's groups, and what lies between words that do.
_PARTING = re.compile(r"[\s\-‐‑‒–—―−_.·•‧・/\\|*`()\[\]'\"+=#]{0,4}")
_LONGEST_WORDS = 12
_COUNTED = re.compile(
    r"\s*(?:[元块塊万萬亿億千百十年月日天个個人户岁歲条條项項款章页名家次米分点點度期%度季]|[a-z]*(?:yuan|rmb|people|years?|days?|months?|percent|euros?|dollars?)\b)"
)
_NUMBERED = re.compile(r"(?:^|[^\d.])\d{1,2}\.$")  # 1.138…, no decimal
_WORD = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{18}(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """Some groups that may be one number. `is_worded`: words or list marks part them; `is_alone`: no
    more digits stand next to them as these do to one another; `name` is what the asker calls it."""

    digits: str
    lengths: tuple[int, ...]
    gaps: tuple[str, ...]
    groups: tuple[str, ...]
    is_worded: bool
    is_alone: bool
    is_decimal: bool
    before: str
    name: str
    text: str
    end: int

    @property
    def after(self) -> str:
        """What follows, as far as it matters."""
        return _folded(self.text[self.end : self.end + _SEEN_AROUND])

    @property
    def is_whole(self) -> bool:
        """Whether nothing parts the digits."""
        return len(self.lengths) == 1 or (len(self.lengths) == 2 and self.groups[-1] == "X")

    @property
    def is_usual(self) -> bool:
        """Whether people part such numbers so."""
        even = len(self.lengths) > 5 and len(set(self.lengths[:-1])) == 1
        even = even and self.lengths[-1] <= self.lengths[0] <= 2
        return even or bool(_USUAL.fullmatch(" ".join(map(str, self.lengths))))

    @property
    def is_spelt(self) -> bool:
        """Whether it is told digit by digit, with little between."""
        return set(self.lengths) == {1} and all(len(gap) <= 2 for gap in self.gaps)

    @property
    def is_money(self) -> bool:
        """Whether a currency stands beside it, or the digits are a round sum."""
        return bool(
            is_money_beside(self.before, self.after)
            or (self.is_whole and re.search("0{7}$", self.digits))
        )

    @property
    def is_list(self) -> bool:
        """Whether the groups are sums or years, all but one where there are more than three, or small
        numbers that rise."""
        if max(self.lengths) < 4 and len(self.groups) > 3 and "X" not in self.groups:
            values = [int(group) for group in self.groups]
            if all(a < b for a, b in itertools.pairwise(values)):
                return True
        if max(self.lengths) < 3:
            return False
        sums = sum(_is_sum(group) or _is_year(group) for group in self.groups)
        return len(self.groups) > 1 and sums >= len(self.groups) - (len(self.groups) > 3)


def _is_sum(group: str) -> bool:
    return bool(re.fullmatch(r"[1-9]\d+(?:0|99|88)", group))


def _is_year(group: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", group))


def personal_spans(text: str, reading: Reading) -> Iterator[tuple[int, int]]:
    """Where the numbers stand that name a person, in order."""
    groups = read_groups(text, reading)
    codes = [
        m.span() for m in _WORD.finditer(text) if is_credit_code(m[0]) and not is_identity(m[0])
    ]
    at = 0
    while at < len(groups):
        number = next((n for n in _windows(groups, at, text) if _is_personal(n[1])), None)
        if number is None:
            at += 1
            continue
        start, end = groups[at].start, groups[number[0] - 1].end
        if not any(a <= start and end <= b for a, b in codes):
            yield _widened(text, start, end), end
        at = number[0]


def _widened(text: str, start: int, end: int) -> int:
    """The start with the plus before it, and with the bracket that is closed within the number."""
    plus = re.search(r"(?<!\d)[+＋]\s?$", text[max(0, start - 3) : start])
    start -= len(plus[0]) if plus else 0
    is_closed = re.match(r"[^(（]*[)）]", text[start:end])
    return start - bool(is_closed and text[start - 1 : start] in ("(", "（"))


def _windows(groups: Sequence[Group], at: int, text: str) -> list[tuple[int, _Window]]:
    """Runs of groups from one on with where they end, the longest first."""
    found: list[tuple[int, _Window]] = []
    digits, worded = groups[at].digits, False
    before = _folded(text[max(0, groups[at].start - _SEEN_AROUND) : groups[at].start])
    name = named_so(before)
    joined_before = at > 0 and bool(_PARTING.fullmatch(groups[at].gap))
    for end in range(at + 1, len(groups) + 1):
        run = groups[at:end]
        if end > at + 1:
            if not _joins(run[-1].gap):
                break
            digits += run[-1].digits
            worded = worded or not _PARTING.fullmatch(run[-1].gap)
        if len(digits) > _MOST_DIGITS:
            break
        if not _may_be(digits, before, name):
            continue
        is_followed = end < len(groups) and bool(_PARTING.fullmatch(groups[end].gap))
        window = _Window(
            digits=digits,
            lengths=tuple(len(group.digits) for group in run),
            gaps=tuple(group.gap for group in run[1:]),
            groups=tuple(group.digits for group in run),
            is_worded=worded,
            is_alone=not joined_before and not is_followed,
            is_decimal=joined_before and groups[at].gap == ".",
            before=before,
            name=name,
            text=text,
            end=run[-1].end,
        )
        found.append((end, window))
    return found[::-1]


def _may_be(digits: str, before: str, name: str) -> bool:
    """Whether it is worth a closer look."""
    if len(digits) >= 13:
        return True
    begins = digits[0] == "0" or digits[:2] == "86" or before.rstrip().endswith("+")
    return (len(digits) > 8 and begins) or is_mobile(digits) or (len(digits) > 6 and name != "")


def _joins(gap: str) -> bool:
    """Whether what stands between two groups may stand inside one number."""
    if _PARTING.fullmatch(gap):
        return True
    return len(gap) <= _LONGEST_WORDS and not _COUNTED.match(gap)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _is_personal(window: _Window) -> bool:
    if window.is_decimal and not (_NUMBERED.search(window.before) and is_mobile(window.digits)):
        return False
    if is_called_credit_code(window.before):
        return is_identity(window.digits)
    return any(is_one(window) for is_one in (_identity, _mobile, _fixed, _card, _named))


def _identity(window: _Window) -> bool:
    number = window.digits
    if is_identity(number):
        return not window.is_list
    if window.is_worded or window.is_list:
        return False
    if is_old_identity(number):
        is_shaped = window.is_whole or window.lengths in ((6, 6, 3), (6, 9))
        return is_shaped and not window.is_money
    if window.is_whole:
        return looks_like_identity(number)
    return is_dated_identity(number) or (window.is_usual and looks_like_identity(number))


def _mobile(window: _Window) -> bool:
    number = re.sub(r"^(?:00)?86(?=1\d{10}$)", "", window.digits)
    if not is_mobile(number):
        return False
    if window.name in ("mobile", "telephone"):
        return window.is_usual or not window.is_list
    cut = len(window.digits) - len(number)
    lengths = list(window.lengths)
    while cut > 0 and lengths:
        taken = min(cut, lengths[0])
        cut, lengths[0] = cut - taken, lengths[0] - taken
        lengths = lengths[lengths[0] == 0 :]
    if window.is_money:
        return False
    if len(lengths) == 1:
        return True
    groups, rest = [], number
    for length in lengths:
        groups.append(rest[:length])
        rest = rest[length:]
    if window.is_worded:
        shown = window.is_spelt or lengths in ([3, 4, 4], [3, 8], [7, 4])
        counted = all(_is_sum(g) or _is_year(g) for g in groups[1:])
        return shown and not counted
    if len(groups) > 3 and set(groups[1:]) == {"000"}:  # 13 000 000 000
        return False
    if lengths in ([3, 4, 4], [3, 8], [7, 4]):
        return not all(re.fullmatch(r"[1-9]\d*00?0", g) for g in groups)
    is_date = re.match(
        r"(?:19|20)\d\d (?:0?[1-9]|1[0-2]) (?:0?[1-9]|[12]\d|3[01]) ", " ".join(groups)
    )
    is_list = window.is_list or sum(map(_is_sum, groups)) > 1
    return not is_date and (window.is_usual or window.is_alone) and not is_list


def _fixed(window: _Window) -> bool:
    if window.is_worded or window.is_money or window.is_list:
        return False
    number = re.sub(r"^(?:00)?86(?=\d{10,12}$)", "", window.digits)
    number = number if number == window.digits or number[0] == "0" else f"0{number}"
    has_plus = bool(re.search(r"(?<!\d)\+\s?$", window.before))
    if has_plus and 9 <= len(window.digits) <= 15:
        return not re.search("0{4}$", window.digits)
    if not is_fixed(number):
        return False
    return window.is_whole or window.groups[0] in (number[:3], number[:4], "86", "0086")


def _card(window: _Window) -> bool:
    number, n = window.digits, len(window.digits)
    if not number.isdigit() or not 13 <= n <= 19:
        return False
    is_sure = is_issued(number) and is_luhn(number)
    if window.is_whole:
        if window.is_money or begins_with_date(number) or is_called_order(window.before):
            return is_sure and not number.endswith("0000")
        return is_sure or n >= 16
    if window.is_list or window.is_money:
        return False
    if window.is_worded:
        return is_sure and (window.is_spelt or (window.is_usual and window.lengths[0] > 2))
    if window.is_usual:
        return is_issued(number) or is_luhn(number)
    return is_sure and window.is_alone


def _named(window: _Window) -> bool:
    """Called so by the asker, and long enough."""
    n = len(window.digits)
    if window.is_worded or window.is_list or window.is_money:
        return False
    if window.name == "telephone":
        is_public = n == 10 and re.match("[48]00", window.digits)
        return 7 <= n <= 13 and not is_public
    return (window.name == "identity" and 14 <= n <= 20) or (window.name == "account" and n >= 12)
