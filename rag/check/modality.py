"""Modal force must not grow: 鼓励 is no promise, 研究建立 is not 已建立, some places are not all."""

from __future__ import annotations

import re

from rag.check.segments import fold_for_match, segments_of

# Each family weakens or narrows a rule. A sentence about a rule so weakened must say so too,
# with a word of the same family (Chinese, then English).
_FAMILIES: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (name, re.compile(chinese), re.compile(english, re.IGNORECASE))
    for name, chinese, english in (
        ("encourage", r"鼓励|倡导|提倡", r"encourag|advocat|promot"),
        (
            "support",
            r"支持|扶持|鼓励|引导|加力|给予",
            r"support|encourag|back|help|assist|aid|guid",
        ),
        (
            "study",
            r"研究(?=建立|制定|出台|推出|完善|设立)|探索|酝酿|正在研究|考虑",
            r"stud(?:y|ies|ied)|research|explor|consider|look(?:ing)? into|pilot|investigat",
        ),
        (
            "advance",
            r"推动|推进|促进|加快|引导|鼓励",
            r"promot|advanc|push|work(?:ing)? (?:to|toward)|accelerat|driv|facilitat|encourag|"
            r"support|mov(?:e|ing)|foster|boost|guid",
        ),
        ("guide", r"指导|引导", r"guid|direct|instruct|support|encourag"),
        ("allow", r"允许|可以|可", r"allow|permit|may|can|let"),
        ("pilot", r"试点|试行", r"pilot|trial|experiment"),
        (
            "where able",
            r"有条件的|具备条件的|条件允许",
            r"condition|able|eligible|capab|qualif|suitab|local|where |appropriate|feasib|permit",
        ),
        ("eligible", r"符合条件|合格|符合", r"eligib|qualif|condition|meet|criteria|qualified"),
        (
            "gradual",
            r"适时|逐步|有序|稳步|适当|合理|科学",
            r"appropriat|gradual|orderly|timely|steadi|moderate|reasonabl|due|proper|right time|"
            r"scientific|suitab|step|progressiv|expand",
        ),
        ("some", r"部分|一批|若干|更多", r"some|part|certain|number of|several|more|a batch"),
    )
)
_STRONG = (
    re.compile(
        r"必须|一律|一定|务必|保证|肯定|必然|已经|已(?!有)|全部|全体|所有|人人|每个人|每一|都(?:能|会|可以|将|要|有)|"
        r"各地都|各地均|均(?:可|能|会|将)|将(?:会)?(?:发放|获得|得到|收到|领到|取消|免除|强制)|强制|无条件|"
        r"直接(?:发放|获得|领取)|立即|马上|免费|应当|应该"
    ),
    re.compile(
        r"\bmust\b|\bguarante|\balways\b|\balready\b|\ball\b|\bevery(?:one|body)?\b|\beach\b|"
        r"\bmandatory\b|\bcompulsor|\bautomatic|\bfree of charge\b|\bfor free\b|\bimmediately\b|"
        r"\b(?:has|have) been\b|\bshall\b|\bentitled\b|\brequired? to\b|\bdefinitely\b|"
        r"\bwill (?:receive|get|be (?:paid|given|granted))\b",
        re.IGNORECASE,
    ),
)
# What the official text says in Chinese where an English sentence may be strong.
_STRONG_IN_CHINESE = re.compile(r"必须|一律|严格|依法|不得|应付尽付|及时足额|全面|全国|全社会|各")


def grown_force(sentence: str, clause: str, segments: tuple[int, ...], *, chinese: bool) -> str:
    """Why the sentence is stronger than its clause, or "" when it is not.

    `segments` are the parts of the clause that the sentence speaks of (`Coverage.segments`); empty
    means the whole clause, as for a sentence in another language.
    """
    said, parts = fold_for_match(sentence), segments_of(clause)
    held = fold_for_match("".join(parts[i] for i in segments) if segments else clause)
    strong = _STRONG[0 if chinese else 1].search(said)
    if strong and not _may_be_strong(strong[0], fold_for_match(clause), chinese=chinese):
        return f"“{strong[0]}” is stronger than the clause"
    for name, in_chinese, in_english in _FAMILIES:
        weak = in_chinese.search(held)
        if weak and not (in_chinese if chinese else in_english).search(said):
            return f"the clause says “{weak[0]}” ({name}), the sentence leaves it out"
    return ""


def _may_be_strong(word: str, clause: str, *, chinese: bool) -> bool:
    if chinese:
        return word in clause
    return bool(_STRONG_IN_CHINESE.search(clause))
