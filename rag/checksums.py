"""What the digits of a number say of themselves: check digits, dates, regions, issuers.

Identity cards: GB 11643. Bank cards: ISO/IEC 7812 (Luhn). Credit codes of organisations: GB 32100.
"""

from __future__ import annotations

import re

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# GB/T 2260, and 9 for foreigners with permanent residence.
_REGION = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9")
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_DATE = re.compile(rf"(?:19|20)\d\d{_DAY}")
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOBILE = re.compile(r"1(?:3\d|4\d|5[0-35-9]|6[2567]|7\d|8\d|9\d)\d{8}")
_FIXED = re.compile(r"(?:010|02\d)[2-9]\d{7}|0[3-9]\d\d[2-9]\d{6,7}")
# Lengths of a card with the first digits of its issuer: UnionPay 62, Visa 4, Mastercard, JCB, Amex.
_ISSUED = re.compile(
    r"62\d{14,17}|(?:4\d|5[1-5]|2[2-7]|35|60|65)\d{14}|9558\d{15}|3[47]\d{13}|3[0689]\d{12}"
)


def is_identity(number: str) -> bool:
    """18 digits with the check digit, a region and a date of birth."""
    return is_dated_identity(number) and _is_checked(number)


def _is_checked(number: str) -> bool:
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, number[:17], strict=True))
    return number[17] == _CHECKS[total % 11]


def looks_like_identity(number: str) -> bool:
    """18 digits, the last perhaps an X, or the 17 of one that lost its last, with a region and a year
    of birth: a mistyped one too."""
    shaped = re.fullmatch(r"\d{17}[\dX]?", number) and _REGION.match(number)
    return bool(shaped) and number[6:8] in ("19", "20")


def is_dated_identity(number: str) -> bool:
    """18 digits with a region and a whole date of birth."""
    return len(number) == 18 and looks_like_identity(number) and bool(_DATE.match(number, 6))


def is_old_identity(number: str) -> bool:
    """15 digits with a region and a date of birth of the last century."""
    return len(number) == 15 and bool(_REGION.match(number) and re.match(_DAY, number[8:]))


def is_mobile(number: str) -> bool:
    """A mobile telephone of mainland China, with no country code."""
    return bool(_MOBILE.fullmatch(number))


def is_fixed(number: str) -> bool:
    """A fixed telephone of mainland China with its area code."""
    return bool(_FIXED.fullmatch(number))


def is_luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(number)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def is_issued(number: str) -> bool:
    """Whether a length and its first digits are those of a bank card."""
    return bool(_ISSUED.fullmatch(number))


def begins_with_date(number: str) -> bool:
    """20250316…: the number of an order or a document."""
    return bool(_DATE.match(number))


def is_credit_code(word: str) -> bool:
    """The public code of an organisation, 18 digits and capitals with their check character."""
    if not re.fullmatch(rf"[1-9ANY][1-9A-F][{_CODE}]{{16}}", word):
        return False
    total = sum(_CODE.index(c) * pow(3, i, 31) for i, c in enumerate(word[:17]))
    return _CODE.index(word[17]) == (31 - total % 31) % 31
