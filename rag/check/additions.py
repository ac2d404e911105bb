"""What a sentence may not add to its clause: how often, by how much, until when; for whom alone, or for whomever."""

from __future__ import annotations

import re

_ADDED = re.compile(
    r"每个?[年月日周天季]|每一[年月]|逐年|逐月|按[年月季](?!限)|双倍|翻倍|翻番|全额|大幅|年底前|年内|全年|上半年|下半年|"
    # 2025年提高 is neither 2025年起提高 nor 2025年底提高.
    r"起(?=每|逐)|\d{4}年(?:[起前后底末初]|以[前后来]|开始)|"
    # Words that widen a rule, or narrow it.
    r"不论|无论|不分|不限|即使|各类|各级|每个|任何|全面|普遍|统一|城乡|"
    r"(?<!不)仅|只(?:限|对|有|能|面向|针对|适用)|首次(?!购房)|一次性|独家|唯一|优先|直接"
)
_SAME = {"全额": "足额", "每年": "年年", "年内": "今年"}
_ADDED_IN_ENGLISH = re.compile(
    r"\b(?:from|since|until|till|before|after|by)\s+(?:the \w+ of\s+)?20\d\d\b(?!-)|\b20\d\d onwards?\b|"
    r"\b(?:every|each|per) (?:day|week|month|quarter|year)\b|\b(?:week|month|quarter|annual)ly\b|"
    r"\bfull (?:interest|subsid\w+)\b|\b(?:doubl|tripl)(?:ed?|es|ing)\b(?! as)|\b(?:sharp|substantial|drastical)ly\b|"
    r"\b(?:regardless|irrespective|no matter|whether or not|even if|solely|exclusively|one-off|one-time|uniform(?:ly)?|throughout)\b|"
    r"\bfor the first time\b",
    re.IGNORECASE,
)
# What the official text says where a translation rightly has one of these.
_MAY_ADD = re.compile(
    r"每|逐|按[年月季]|年度|日常|月报|季度|年[起前后底末初]|以[前后]|足额|全额|大幅|显著|倍|一次性|统一|全社会|全面|全国"
)


def added_word(said: str, clause: str, *, chinese: bool) -> str:
    """Such a word that the clause has not, or ""; both folded for matching."""
    if not chinese:
        added = _ADDED_IN_ENGLISH.search(said)
        return added[0] if added and not _MAY_ADD.search(clause) else ""
    words = (match[0] for match in _ADDED.finditer(said))
    return next((w for w in words if w not in clause and _SAME.get(w, w) not in clause), "")
