"""A sentence must not turn a rule's direction: 提高 into 降低, 延续 into 停止, continue into suspend."""

from __future__ import annotations

import re

from rag.check.segments import fold_for_match
from rag.findings import Finding, FindingKind

_MORE = re.compile(r"提高|提升|上调|调高|增加|扩大|扩张|加大|延长|上涨|增发|放宽|丰富|增强")
_LESS = re.compile(
    r"降低|下调|调低|减少|缩小|缩短|缩减|压缩|压减|下降|削减|降(?=息|价|费|利率)|简化|减(?=税|费)"
)
_NOT_DENIED = r"(?<!没有)(?<!未)(?<!不)(?<!不会)"
# What ends or weakens a rule, what hinders or forbids, and what the official text says where a
# sentence rightly does so.
_ENDS = re.compile(
    rf"{_NOT_DENIED}(?:停止|终止|中止|暂停|取消|废止|叫停|退出|关闭|削弱|放缓|阻止|反对|无需|停发|停办|结束|撤销|暂缓|缓期|推迟|作废|废除|移出|剔除|冻结|收取|收窄)"
)
_MAY_END = re.compile(r"取消|停|止|禁|不得|转变|退")
_HINDERS = re.compile(rf"{_NOT_DENIED}(?:禁止|限制|抑制|遏制|收紧|打压)")
_MAY_HINDER = re.compile(
    r"取消|停|止|禁|限制|打击|清理|整治|治理|规范|不得|不合理|监管|减|降|防|转变|严格|约束"
)
_ENDS_IN_ENGLISH = re.compile(
    r"\b(?:discontinu|suspend|curb|restrict|halt|abolish|terminat|cancel|phas(?:e|ed|ing) out|"
    r"end(?:ed|ing|s)?\b(?! of|[- ]point|[- ]user)|ceas|withdrawn|revok|repeal|ban(?:ned|s)?\b|prohibit|forbid|weaken|cut\b|cuts\b|"
    r"reduc|decreas|declin|lower|shrink|slow(?:ed|ing|s)? down|tighten|discourag|oppos|(?<!within )(?<!reasonable )limit(?:ed|ing|s)?\b)",
    re.IGNORECASE,
)

_RAISES_IN_ENGLISH = re.compile(r"\b(?:rais(?:e|es|ed|ing)|increas\w+|higher)\b", re.IGNORECASE)
_MAY_RAISE = re.compile(r"提|增|加|扩|升|涨|上调|放大|拓|丰富|多|强|促进|提振|培育|壮大|做大")


def turned(sentence: str, clause: str, spoken_of: str, *, chinese: bool) -> Finding | None:
    """Why the sentence turns the rule's direction, or None when it does not.

    `spoken_of` is the part of the clause that the sentence speaks of.
    """
    whole = fold_for_match(clause)
    if not chinese:
        ends = _ENDS_IN_ENGLISH.search(sentence)
        if ends and not _MAY_HINDER.search(whole):
            return Finding(kind=FindingKind.ENDS, said=(ends[0],))
        raises = _RAISES_IN_ENGLISH.search(sentence)
        if raises and _LESS.search(whole) and not _MAY_RAISE.search(whole):
            return Finding(kind=FindingKind.RAISES, said=(raises[0],))
        return None
    said, held = fold_for_match(sentence), fold_for_match(spoken_of) or whole
    for hinders, may in ((_ENDS, _MAY_END), (_HINDERS, _MAY_HINDER)):
        found = hinders.search(said)
        if found and found[0] not in whole and not may.search(whole):
            return Finding(kind=FindingKind.HINDERS, said=(found[0],))
    for one, other in ((_MORE, _LESS), (_LESS, _MORE)):
        turns = next((m[0] for m in one.finditer(said) if m[0] not in whole), "")
        own = other.search(held) or other.search(whole)
        if turns and own and not one.search(whole):
            return Finding(kind=FindingKind.OPPOSITE, held=(own[0],), said=(turns,))
        if turns and (own := other.search(held)) and not one.search(held) and own[0] not in said:
            return Finding(kind=FindingKind.OPPOSITE, held=(own[0],), said=(turns,))
    return None
