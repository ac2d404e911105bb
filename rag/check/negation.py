"""A sentence must deny what its clause denies, and nothing else."""

from __future__ import annotations

import re

from rag.check.segments import fold_for_match, segments_of
from rag.findings import Finding, FindingKind

# Words that look negative and deny nothing. In the second lot a denial stands that a translation
# spells out.
_NO_DENIALS = (
    r"不断|不少|不同|不仅|不但|不论|不管|无论|不动产|不限于|未来|非常|无障碍|无人机|不妨|不错|不足|不久|"
    r"不良|不便|(?<![^,，。；;])不过|能否|是否|不是.{0,12}而是|(\w)[不没]\1"
)
_HARMLESS_WORDS = re.compile(_NO_DENIALS)
_HARMLESS = re.compile(rf"{_NO_DENIALS}|无事不扰|久摇不中|无车")
# What is not stopped goes on.
_GOES_ON = re.compile(r"(?:没有|没|未|不会|不)(?:取消|停止|停发|停|中断)")
_CONTINUES = re.compile(r"延续|继续|持续")
# What is only studied is not there yet.
_NOT_YET = re.compile(
    r"(?:尚未|还未|还没有?|暂未|并未|目前没有?)(?:正式)?(?:建立|建成|定下来?|确定|出台|落地|实行|实施)"
)
_STUDIED = re.compile(r"研究(?=建立|制定|出台|推出|完善|设立)|探索")
# Ways of denying that may stand for each other: 不得违法 and 不能违法 forbid the same.
_DENIAL = re.compile(r"不得|不能够?|不可以?|不许|不准|不应当?|不会|不再|禁止|严禁|没有|没|未|不")
# What else denies; 并非平均用力 beside a rule that says nothing of it is a contrast.
_NOT_SO = re.compile(r"(?:并非|(?<![^,;。])非(?![常法遗物农但])|无法|难以|拒绝)是?(..)")
# Words that turn what follows into its opposite; a sentence about it must have one too.
_TURNS = re.compile(
    r"取消|打击|清理|整治|减少|不得|不合理|禁止|严禁|杜绝|解决|(?<!综合)治理|防止|避免|遏制|规范(?!体系)"
)
_ORDERS = re.compile(r"规范")  # denies nothing that English would
# What may stand for such a word.
_SAME_TURN = {
    "治理": "治",
    "整治": "治|清理|清除",
    "清理": "清|破除|消除",
    "取消": "取消|打破|破除|放开|解除|废除",
    "打击": "打击|整治|严打|严惩|严查|惩治|惩处",
}
# What does away with a hindrance does not do away with what it hinders.
_DONE_AWAY = re.compile(r"(取消|清理)([^，,。；;]*)")
_HINDRANCE = re.compile(r"限制|壁垒|门槛|障碍|户籍|户口")
_DENIES_IN_CHINESE = re.compile(r"不|没|未|无(?!限)|禁|勿|免")
_DENIES_IN_ENGLISH = re.compile(
    r"\bnot?\b|n't\b|\bnever\b|\bnone\b|\bwithout\b|\bprohibit|\bban(?:s|ned)?\b|\bforbid|\babolish|"
    r"\bremov|\bcancel|\beliminat|\bcrack|\bunlawful|\billegal|\breduc|\bclear(?:s|ed|ing)?\b|\bcombat|\bstop|"
    r"\bunreasonable|\bavoid|\bprevent|\blift",
    re.IGNORECASE,
)
_ENGLISH_DENIAL = re.compile(r"\bnot?\b|n't\b|\bnever\b|\bnone\b|\bcannot\b", re.IGNORECASE)
_DENIED_LENGTH = 2
# “encourages this but does not prescribe it” says of a weak rule that it is weak.
_WEAK = re.compile(r"鼓励|倡导|探索|研究|支持|允许|引导|有条件|符合条件|试点|适时")
_NO_PROMISE = re.compile(
    r"(?:并非|并不是|不是|没有|并没有|不作|不等于|不属于)(?:硬性|统一)?(?:强制|必须|一定要?|硬性规定|硬性要求|保证|承诺)(?:性)?(?:的)?(?:要求|规定|义务)?|"
    # 文件没说“必须”，而是鼓励…; 不是各地都必须发，… But no more than that: what else it does not say, no clause tells.
    r"(?:文件|方案|政策|条款|计划)?(?:并|也)?没有?(?:说|要求|规定)[^，。；,;]{0,24}?(?:必须|一律|强制|各地|都[要得会]|已|所有|全国)[^，。；,;]*(?=[，。；,;])|"
    r"不一定(?=,)|(?:并)?不是(?:所有|各地|每个?)[^，。；,;]*(?=[，。；,;])|"
    r"\b(?:does not|doesn't) say [“\"']?must\b[”\"']?|\bnot (?:at |in )?every(?:where\b| \w+)|\bno, (?=it is not)|\bnot an? duty\b|"
    r"\b(?:not|n't|no)\s+(?:yet\s+)?(?:an?\s+)?(?:prescrib|oblig|requir|promis|guarantee|mandat|compulsor)\w*(?: to)?",
    re.IGNORECASE,
)
# 不可以，单位不得… denies nothing but what the rest denies; …是不允许的 denies what stands before it.
_SAYS_NO = re.compile(
    r"^(?:不可以|不能|不行|不允许|不得|不可|不)(?=[,，])|(?:是)?(?:不允许|不准|不可以|不行)的?(?=[。，；,;.]|$)"
)
# How far a denial reaches: to the next one, or the end of its clause.
_SCOPE = re.compile(r"[^不,，。；;]{0,24}")
_QUOTATION_MARKS = str.maketrans("", "", "“”‘’「」『』\"'")


def _with_one_denial(text: str) -> str:
    return _DENIAL.sub("不", _HARMLESS.sub("＃", fold_for_match(text).translate(_QUOTATION_MARKS)))


def without_disclaimers(sentence: str, clause: str) -> str:
    """The sentence without its words that a weak rule binds nobody: 但不是必须, does not prescribe."""
    is_weak = _WEAK.search(fold_for_match(clause))
    return _NO_PROMISE.sub("", fold_for_match(sentence)) if is_weak else sentence


def disagreement(
    sentence: str, clause: str, segments: tuple[int, ...], *, chinese: bool
) -> Finding | None:
    """Why sentence and clause disagree in negation, or None when they agree.

    `segments` as in `grown_force`: the parts of the clause that the sentence speaks of.
    """
    parts = segments_of(clause)
    spoken_of = "".join(parts[i] for i in segments) if segments else clause
    if chinese:
        return _disagreement_in_chinese(sentence, clause, spoken_of)
    denies = _ENGLISH_DENIAL.search(sentence)
    whole = fold_for_match(clause)
    turns = _TURNS.search(_ORDERS.sub(" ", whole))
    denied = turns or _DENIES_IN_CHINESE.search(_HARMLESS_WORDS.sub(" ", whole))
    if denies and not denied:
        return Finding(kind=FindingKind.DENIAL, said=(denies[0],))
    forbidden = re.search(r"不得|严禁|禁止", fold_for_match(spoken_of))
    if forbidden and not _DENIES_IN_ENGLISH.search(sentence):
        return Finding(kind=FindingKind.FORBIDDEN, held=(forbidden[0],))
    return None


def _disagreement_in_chinese(sentence: str, clause: str, spoken_of: str) -> Finding | None:
    """Each denial must deny the same in both, and no word that turns the sense may be lost."""
    if _CONTINUES.search(clause):
        sentence = _GOES_ON.sub("＃", sentence)
    if _STUDIED.search(spoken_of):
        sentence = _NOT_YET.sub("＃", sentence)
    held = _with_one_denial(clause)
    says_no = "不" in held and _SAYS_NO.search(fold_for_match(sentence))
    said = _with_one_denial(_SAYS_NO.sub("", fold_for_match(sentence)) if says_no else sentence)
    whole = fold_for_match(clause)
    for match in _NOT_SO.finditer(fold_for_match(sentence)):
        if match[1] in whole and match[0] not in whole:
            return Finding(kind=FindingKind.DENIED, said=(match[1],))
    denied_by_clause = re.findall(f"不(.{{{_DENIED_LENGTH}}})", held)
    for match in re.finditer("不", said):
        denied = said[match.end() : match.end() + _DENIED_LENGTH]
        reaches = any(denied in _reach(said, match.end()) for denied in denied_by_clause)
        reaches |= any(denied in _reach(held, m.end()) for m in re.finditer("不", held))
        if not reaches and not _stands_for_a_turn(sentence, spoken_of):
            return Finding(kind=FindingKind.DENIED, said=(denied,))
    for match in re.finditer("不", held):
        denied = held[match.end() : match.end() + _DENIED_LENGTH]
        reached = any(denied in _reach(said, m.end()) for m in re.finditer("不", said))
        if re.search(f"(?<!不){re.escape(denied)}", said) and not reached and not says_no:
            return Finding(kind=FindingKind.DENIAL_LOST, held=(denied,))
    folded = fold_for_match(sentence)
    # A denial that the clause has too (不合理) renders none of its other turns.
    own = re.sub("|".join(re.findall(r"[不未无].", fold_for_match(clause))) or r"(?!)", "", folded)
    for turn in _TURNS.findall(fold_for_match(spoken_of)):
        if not re.search(_SAME_TURN.get(turn, turn), folded) and not _DENIES_IN_CHINESE.search(own):
            return Finding(kind=FindingKind.OMITTED, held=(turn,))
    return _other_thing_done_away(folded, fold_for_match(clause))


def _other_thing_done_away(sentence: str, clause: str) -> Finding | None:
    """A hindrance that the clause does away with must be what the sentence does away with."""
    if _HINDRANCE.search(sentence):
        return None
    for turn, what in _DONE_AWAY.findall(clause):
        if turn in sentence and (hindrances := _HINDRANCE.findall(what)):
            return Finding(kind=FindingKind.OMITTED, held=(hindrances[-1],))
    return None


def _reach(text: str, start: int) -> str:
    found = _SCOPE.match(text, start)
    return found[0] if found else ""


def _stands_for_a_turn(sentence: str, spoken_of: str) -> bool:
    """Whether a denial may render a word of the clause: 取消限制 is 不再受限制.

    Not where the sentence keeps that word: 不得清理限制 reverses 清理限制.
    """
    folded = fold_for_match(sentence)
    turns = _TURNS.findall(fold_for_match(spoken_of))
    return bool(turns) and not any(turn in folded for turn in turns)
