"""A sentence must deny what its clause denies, and nothing else."""

from __future__ import annotations

import re

from rag.check.segments import fold_for_match, segments_of

# Words that look negative and deny nothing.
_HARMLESS = re.compile(
    r"不断|不少|不同|不仅|不但|不论|不管|无论|不动产|不限于|未来|非常|无障碍|无人机|不妨|不错|不足|不久|不合理|无事不扰|"
    r"久摇不中|无车|不良|不便|能否|是否|不是.{0,12}而是"
)
_CHINESE = re.compile(r"不|没有|没|未|无|禁止|严禁|取消|停止|杜绝|非法|打击|清理|减少|违")
_ENGLISH = re.compile(
    r"\bnot?\b|n't\b|\bnever\b|\bnone\b|\bwithout\b|\bprohibit|\bban(?:s|ned)?\b|\bforbid|\babolish|"
    r"\bremov|\bcancel|\beliminat|\bcrack|\bunlawful|\billegal|\breduc|\bclear|\bcombat|\bstop|"
    r"\bunreasonable|\bavoid|\bprevent|\blift",
    re.IGNORECASE,
)
_DENIES = re.compile(r"不得|不|没有|没|未|禁止|严禁")
_ENGLISH_DENIES = re.compile(r"\bnot?\b|n't\b|\bnever\b|\bnone\b|\bcannot\b", re.IGNORECASE)


def disagreement(sentence: str, clause: str, segments: tuple[int, ...], *, chinese: bool) -> str:
    """Why sentence and clause disagree in negation, or "" when they agree.

    `segments` as in `grown_force`. A sentence denies with 不, 没有, not …; a clause may deny with
    weaker words too (取消, 打击, 减少), which allow the sentence a denial but do not ask for one.
    """
    said = _HARMLESS.sub(" ", fold_for_match(sentence))
    parts = segments_of(clause)
    spoken_of = "".join(parts[i] for i in segments) if segments else clause
    held, whole = (_HARMLESS.sub(" ", fold_for_match(t)) for t in (spoken_of, clause))
    denies = (_DENIES if chinese else _ENGLISH_DENIES).search(said)
    if denies and not _CHINESE.search(whole):
        return f"the sentence denies (“{denies[0]}”), the clause does not"
    forbidden = re.search(r"不得|严禁|禁止", held)
    if forbidden and not (_CHINESE if chinese else _ENGLISH).search(said):
        return f"the clause forbids (“{forbidden[0]}”), the sentence does not"
    return ""
