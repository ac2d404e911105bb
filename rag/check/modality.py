"""Modal force must not grow: 鼓励 is no promise, 研究建立 is not 已建立, some places are not all."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.check.additions import added_word
from rag.check.segments import fold_for_match, segments_of, shared_with
from rag.findings import Finding, FindingKind
from rag.language import to_simplified

_Family = tuple[FindingKind, re.Pattern[str], re.Pattern[str], re.Pattern[str]]
_GRADUAL_IN_ENGLISH = (
    r"appropriat|gradual|orderly|good order|timely|steadi|moderate|reasonabl|due|proper|"
    r"right time|time is right|within reason|sensibl|scientific|sound|suitab|step|progressiv|expand"
)
_SOME = r"一些|有些|某些|多个"
_SOME_IN_ENGLISH = r"some|(?<!as )part|certain|number of|several|more|a batch"
# Each family weakens or narrows a rule. A sentence about a rule so weakened must say so too: what the
# clause says, and the words that render it in Chinese and in English.
_FAMILIES: tuple[_Family, ...] = tuple(
    (kind, re.compile(held), re.compile(f"{held}|{chinese}"), re.compile(english, re.IGNORECASE))
    for kind, held, chinese, english in (
        (FindingKind.ENCOURAGE, r"鼓励|倡导|提倡", r"提倡", r"encourag|advocat|promot"),
        (
            FindingKind.SUPPORT,
            r"支持|扶持",
            r"鼓励|引导|加力|给予|帮助|帮扶|扶助|获助|支援",
            r"support|encourag|back|help|assist|aid|guid|favou?r",
        ),
        (
            FindingKind.STUDY,
            r"研究(?=建立|制定|出台|推出|完善|设立)|探索|酝酿|正在研究|考虑",
            r"研究|试点|摸索|尝试",
            r"stud(?:y|ies|ied)|research|explor|consider|look(?:ing)? into|pilot|investigat",
        ),
        (
            # 推动取消 is not yet 取消; 促进 and 加快 weaken nothing.
            FindingKind.ADVANCE,
            r"(?:推动|推进)(?=取消|将|纳入|列入|建立|设立|开放|立法)",
            r"推动|推进|争取|引导",
            r"promot|advanc|push|work(?:s|ing)? (?:to|toward)|accelerat|driv|facilitat|encourag|"
            r"support|mov(?:e|ing)|foster|boost|guid|seek",
        ),
        (
            FindingKind.GUIDE,
            r"指导|引导",
            r"引导|鼓励|支持",
            r"guid|direct|instruct|support|encourag",
        ),
        (
            FindingKind.ALLOW,
            # 可用作 says what a thing is for, and allows nobody anything.
            r"允许|可以(?!用作)|可(?![控售持靠能预以]|用作)",
            r"准许|容许|能够?",
            r"allow|permit|may|can|let",
        ),
        (FindingKind.PILOT, r"试点|试行", r"先行先试|试验", r"pilot|trial|experiment"),
        (
            FindingKind.WHERE_ABLE,
            r"有条件的|具备条件的|条件允许",
            r"有条件|具备条件|条件成熟|条件具备|条件许可|有能力",
            r"condition|able|position to|means|eligible|capab|qualif|suitab|local|where |appropriate|feasib|permit",
        ),
        (
            FindingKind.ELIGIBLE,
            r"符合条件|合格|符合",
            r"够条件|达到条件|满足条件",
            r"eligib|qualif|condition|meet|criteria|complian|conform",
        ),
        # When, how far and how fast: none stands for another in Chinese.
        (FindingKind.GRADUAL, r"适时|择机", r"时机|合适|适当的?时|看时|相机", _GRADUAL_IN_ENGLISH),
        (
            FindingKind.GRADUAL,
            r"适当|(?<!不)合理(?!调整机制)|科学",
            r"合适|适度|适量|恰当|合乎",
            _GRADUAL_IN_ENGLISH,
        ),
        (
            FindingKind.GRADUAL,
            r"逐步|有序|稳步",
            r"渐|分步|循序|秩序|步步",
            _GRADUAL_IN_ENGLISH,
        ),
        (
            FindingKind.UNLAWFUL,
            r"违规|违法|非法|恶意|不正当|虚假|造假|假冒|伪劣|不合理|变相",
            r"不法|犯法|假货|冒牌",
            r"illegal|unlawful|violat|irregular|fake|counterfeit|fraud|falsif|unreasonabl|"
            r"disguis|hidden|covert|improper|false|shoddy|against the law|breach|undue",
        ),
        (
            FindingKind.FREE,
            r"免(?=[息税费签租])|免除",
            r"免|不收|不计|不用付|零利息",
            r"free|exempt|waiv|without|\bno\b",
        ),
        (FindingKind.SOME, r"(?<![大多])部分|一批|若干", _SOME, _SOME_IN_ENGLISH),
        (FindingKind.SOME, r"更多", rf"部分|{_SOME}", _SOME_IN_ENGLISH),
    )
)
_STRONG = (
    re.compile(
        r"必须|一律|一定|务必|保证|肯定|必然|已经|已(?!有|参加|缴|投保|退休|失业)|全部|全体|所有|人人|每个人|每一|每人|每户|每家|每位|任何人|凡是|全民|全国(?=群众|人民|居民|学生|老|所有)|都(?:能|可以|有(?!一))|"
        r"各地都|各地均|均(?:可|能|会|将)|将(?:会)?(?:发放|获得|收到|领到|取消|免除|强制)|"
        # 将得到推广 promises what 推广 does; 将得到补助 promises money.
        r"将(?:会)?得到(?!推广|培育|支持|加强|改善|完善|促进|落实|保障|发展|优化|规范|引导|鼓励|健全|深化|提升)|强制|无条件|"
        r"直接(?:发放|获得|领取)|立即|马上|免费|应当|应该"
    ),
    re.compile(
        r"\bmust\b|\bguarante|\balways\b|\balready\b|\ball\b(?!-)|\bevery(?:one|body)?\b|\beach\b(?! other)|"
        r"\bmandatory\b|\bcompulsor|\bautomatic|\bfree of charge\b|\bfor free\b|\bimmediately\b|"
        r"\b(?:has|have) been\b|\bshall\b|\bentitled\b|\brequired? to\b|\bdefinitely\b|"
        r"\bwill (?:receive|get|be (?:paid|given|granted))\b|\boblig(?:ed|atory)\b|"
        r"\b(?:ha(?:ve|s)|ought|(?<!their )(?<!the )(?<!an )(?<!a )needs?) to\b(?! offer)|"
        # A plan tells of nothing done; what was laid down before may be named in passing.
        r"(?<!what )(?<!who )(?<!that )(?<!which )\bw(?:as|ere)\b",
        re.IGNORECASE,
    ),
)
# Words of duty too common to be strong everywhere: of a rule that only encourages or studies they are.
_DUTY = re.compile(r"(?<![^,;。])要求(?!是)|(?:必需|(?<![必无])须|应|要)(?=[将与向由按])")
_NO_DUTY = re.compile(
    r"鼓励|倡导|支持|允许|引导|指导|研究(?=建立|制定|出台|推出|完善|设立)|探索|推动|有条件"
)
# 股东违规减持 without its 违规 is another rule, whatever else the sentence says of falsehood.
_UNLAWFUL = re.compile(r"(?:违规|违法|非法|不正当|不合理)(..)")
_SAYS_UNLAWFUL = re.compile(r"违规|违法|非法|不法|不正当|不合理|违反|不当")
# What a rumour adds to a rule. In a question, unlike a sentence, 已经 and 一定 are mostly said of oneself.
_CLAIMED = re.compile(
    r"(?<![去跑逛游飞])全国(?!性|人大|两会|第?一家|头一?家|首家|连锁|跑|各地跑)|各地都|一律|一刀切|统统|无条件|强制|强行|必须|每个?人都|"
    r"(?<![老本个疾工客友家])人人(?![均数身员口])|(?<![国大住农管])家家(?![电居里具])|"
    r"(?<!全民)(?<!集体)(?<!国家)所有(?!权|制|者)|全部(?=免|取消|放开|都|能|给)|白送|白给|白拿|免费|"
    r"已经?(?=(?:全面|开始)?(?:建[成好]|建立|设立|定死|定下|正式|取消|全部|废|出台|发放|实施|落地|放开|批准))|"
    r"\bmandator\w+|\bcompulsor\w+|\bobligator\w+|\bguarantee[ds]?\b|\bautomatic(?:ally)?\b|\bnationwide\b|"
    r"\bevery(?: single)?(?= (?!single|day|week|month|year|time|now|measure|item|field|one of)[a-z])|\beveryone\b(?= (?:gets|will|can|is|in))|"
    r"\bwithout exception\b|\bno exceptions\b|\bunconditional\w*|\bfor free\b|\bfree of charge\b|\bforced? to\b|"
    r"\balready (?:been )?(?:set up|established|in force|in place|decided|abolished|running|paid out|approved|introduced|launched)|"
    r"\brequired (?:in|at|of|by|for) (?:all|every|each)\b|"
    # Schools must: neither this must, nor must have been, nor must be getting.
    r"\b[a-z]*[^\W_ius]s must\b(?! have \w+(?:ed|en)\b| be \w+ing\b)",
    re.IGNORECASE,
)
# A claim in English is held where the clause has one of these.
_CLAIMS_IN_CHINESE = tuple(
    (re.compile(english, re.IGNORECASE), re.compile(chinese))
    for english, chinese in (
        (r"mandator|compulsor|obligator|force", r"必须|强制|一律|不得|应当"),
        (r"required|must", r"必须|强制|一律|严格|依法|不得|应当|应付尽付|及时足额|确保|严禁|禁止"),
        (r"guarantee", r"保证|保障(?!力度|能力|措施)|确保"),
        (r"automatic", r"自动"),
        (r"nationwide|every", r"全国|全面|各|每|所有|一律"),
        (r"exception|unconditional", r"一律|无条件"),
        (r"free", r"免"),
        (r"already", r"已"),
    )
)
# Said after one of these, in the same part of a sentence, it is no claim about a rule: 公司强制加班, 我已正式离职.
_OWN_AFFAIRS = tuple(
    (re.compile(word, re.IGNORECASE), re.compile(before, re.IGNORECASE))
    for word, before in (
        (r"强制|强行|已|所有", r"我(?!国)|本人|公司|单位|老板|商家|店家|店里|门店|平台"),
        (r"forced|already|must", r"\b(?:I|we|my|our)\b"),
        (r"must", r"\b(?:what|which|who|when|where|how|why)\b"),
    )
)
# Unless it is passed on: 我听说国家规定所有…
_PASSED_ON = re.compile(
    r"[说讲听传]|告诉|规定|要求|文件|政策|方案|国家|\b(?:s[ay]ys?|said|told|tells?|hears?|heard|plan|policy|law)\b",
    re.IGNORECASE,
)
_PART_END = re.compile(r"[，,。；;！!？?：:\n]|\.\s")
# What the official text says in Chinese where an English sentence may be strong.
_STRONG_IN_CHINESE = re.compile(r"必须|一律|严格|依法|不得|应付尽付|及时足额|全面|全国|全社会|各")
# What 全面 and 各 do not say.
_BINDING = re.compile(
    r"must|mandator|compulsor|required? to|shall|guarante|forced|oblig|(?:ha(?:ve|s)|ought|needs?) to",
    re.IGNORECASE,
)
_BINDING_IN_CHINESE = re.compile(r"必须|一律|严格|依法|不得|应付尽付|及时足额|确保|严禁|禁止")
# 给予财政贴息 is that it will be given; whether the rule is weak is asked by itself.
_GIVEN = re.compile(r"be (?:paid|given|granted)", re.IGNORECASE)
_GIVES = re.compile(r"给予|发放")
# 在儿童季节性疾病高发期，加大…开放力度: without its first part the rule holds always.
_CONDITION = re.compile(r"^在.{2,}(?:期|期间|时|下|后|前)[，,]$")


def grown_force(
    sentence: str, clause: str, segments: tuple[int, ...], *, chinese: bool
) -> Finding | None:
    """Why the sentence is stronger than its clause, or None when it is not.

    `segments` are the parts of the clause that the sentence speaks of (`Coverage.segments`); empty
    means the whole clause, as for a sentence in another language.
    """
    said, parts, whole = fold_for_match(sentence), segments_of(clause), fold_for_match(clause)
    held = fold_for_match("".join(parts[i] for i in segments)) if segments else whole
    if word := _stronger(said, held, whole, chinese=chinese):
        return Finding(kind=FindingKind.STRONGER, said=(word,))
    if added := added_word(said, whole, chinese=chinese):
        return Finding(kind=FindingKind.ADDED, said=(added,))
    for kind, weakens, in_chinese, in_english in _FAMILIES:
        weak = weakens.search(held)
        if weak and not (in_chinese if chinese else in_english).search(said):
            return Finding(kind=kind, held=(weak[0],))
    if chinese and (condition := _lost_condition(said, parts, segments)):
        return Finding(kind=FindingKind.OMITTED, held=(condition,))
    if chinese and (lost := _lost_unlawful(said, held)):
        return Finding(kind=FindingKind.UNLAWFUL_ONLY, held=(lost,))
    return None


def _stronger(said: str, held: str, clause: str, *, chinese: bool) -> str:
    """A word of the sentence that promises or prescribes what the clause does not, or ""."""
    strong = _STRONG[0 if chinese else 1].search(said)
    if strong and not _may_be_strong(strong[0], clause, chinese=chinese):
        return strong[0]
    duty = _DUTY.search(said) if chinese and _NO_DUTY.search(held) else None
    return duty[0] if duty and duty[0] not in clause else ""


def overstated(question: str, official: Iterable[str]) -> tuple[str, ...]:
    """The words by which a question claims more than the official words say, in their order.

    None that these have themselves; a word in English is held against what it is in Chinese.
    """
    held, simplified = to_simplified("".join(official)), to_simplified(question)
    if len(simplified) != len(question):
        question = simplified  # its places are not the same
    found = (
        match
        for match in _CLAIMED.finditer(simplified)
        if not _is_held(match[0], held)
        and not _is_own_affair(match[0], _PART_END.split(simplified[: match.start()])[-1])
    )
    return tuple(dict.fromkeys(question[match.start() : match.end()] for match in found))


def _is_own_affair(word: str, before: str) -> bool:
    """Whether a word tells what befell the asker; `before` stands before it in its part of a sentence."""
    if _PASSED_ON.search(before):
        return False
    return any(own.search(word) and who.search(before) for own, who in _OWN_AFFAIRS)


def _is_held(word: str, official: str) -> bool:
    if word.isascii():
        return any(e.search(word) and c.search(official) for e, c in _CLAIMS_IN_CHINESE)
    return word in official


def _lost_condition(said: str, parts: tuple[str, ...], segments: tuple[int, ...]) -> str:
    """The condition before a part of the clause that the sentence speaks of without it, or ""."""
    for i, part in enumerate(parts[:-1]):
        condition = fold_for_match(part)
        if i + 1 in segments and _CONDITION.match(condition) and not shared_with(said, condition):
            return part.rstrip("，,")
    return ""


def _lost_unlawful(said: str, held: str) -> str:
    """What the clause calls unlawful and the sentence does not, or ""."""
    for match in _UNLAWFUL.finditer(held):
        parts = [part for part in segments_of(said) if match[1] in part]
        if any(not _SAYS_UNLAWFUL.search(part) for part in parts):
            return match[1]
    return ""


def _may_be_strong(word: str, clause: str, *, chinese: bool) -> bool:
    if chinese:
        return word in clause
    if _GIVEN.search(word) and _GIVES.search(clause):
        return True
    return bool(
        (_BINDING_IN_CHINESE if _BINDING.search(word) else _STRONG_IN_CHINESE).search(clause)
    )
