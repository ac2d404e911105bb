"""How much a question asks for, by its own words: its parts, whether several, whether all there is."""

from __future__ import annotations

import re

from rag.language import to_simplified

# A question of five hundred characters may have a hundred commas; each search takes time.
_MOST_PARTS = 8
_SHORTEST_PART = 2
# Not within a word: 参与, 涉及, 来不及, 再就业, e.g.
_CUT = re.compile(
    r"[，،；;؛。？?؟！!、：…—–]|(?<!\d)[,:]|[,:](?!\d)|(?<!\b[a-z])(?:(?<!\d)\.|\.(?!\d))|"
    r"和|(?<![参给赠])与|跟|(?<![涉普波危提])(?<!来[不得])及(?![时格早])|还有|还想|另外|又|(?<!不)再(?!就[业業]|婚|生育)|以及|顺便|"
    r"或(?:者|是(?!否))?(?!许)|"
    r"\b(?:and|or|but|plus|also|et|ou|y|o|und|oder|и|или)\b|と|과 |와 | و(?=ال)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[？?؟。！!；;…])|(?<=\.)\s")
# A sentence that asks: by its mark, or by its last word where the mark is that of a statement.
_ASKS = re.compile(r"(?:[？?؟]|[か吗嗎][。．])$")
_COMPOUND = re.compile(
    r"又.+又|一边.+一边|既.+[又也]|一方面|同时|分别|各(?:自|有|是|怎么|在|叫|放|讲|写|说)|[这那]?(?:两|三|四|俩|仨)(?:样|件|块|头|边|手|方面|"
    r"个(?:问题|事|方面)|项|条|种|桩|处|类|部分)|以及|顺便|还想|还要|还有|也想|另外|一起|和.+(?:分别|各|都有)|"
    r"\bboth\b|\band also\b|\bas well as\b|\beach\b|\brespectively\b|\btwo\b|\balso\b|what about.+what about|"
    r"それぞれ|각각|respectivement|respectivamente|jeweils|соответственно|"
    r"両方|どちらも|それと|もう一つ|[二2]つ(?:聞|質問|知)|두 ?가지|둘 ?다|그리고|또한|"
    r"\bdos (?:cosas|preguntas)\b|\by además\b|\btambién\b|\btanto\b.+\bcomo\b|"
    r"\bdeux (?:choses|questions)\b|\bet aussi\b|\bégalement\b|\bà la fois\b|"
    r"\bzwei (?:dinge|fragen|sachen)\b|\bund auch\b|\baußerdem\b|\bsowohl\b|"
    r"\bдв(?:а вопроса|е вещи)\b|\bа также\b|\bи ещё\b|\bкроме того\b|شيئان|سؤالان|وأيضا|وكذلك",
    re.IGNORECASE,
)
# A question after all that there is, not after one thing.
_ALL = re.compile(
    r"哪些|凡是|都(?:给我|帮我|替我)?(?:找|列|挑|摘)出|有哪几|哪几(?:方面|类|种|样|块|项|个|条)|都有(?:什么|啥|谁)|(?:有|做|干|提|说|搞|管)了?(?:什么|啥)(?:好处|补贴|优惠|措施|办法|安排|政策|支持|规定|动作|招)|"
    r"列(?:一下|出|举)|都补(?:贴|助)?了?(?:啥|什么|谁)|全(?:部|都)(?:列|说|讲)|几个方面|分别(?:是|有)|清单|所有的?|"
    r"\bwhich (?:\w+ ){0,3}\w+s\b|\bwhat (?:\w+ ){0,2}(?:measures|steps|kinds|types|ways|things|benefits|supports?|areas|sectors|products)\b|\blist\b|\ball the\b|"
    r"\bwhat (?:\w+ )?(?:help|support|aid|subsidies|perks|incentives) (?:is|are|can|do|does)\b|"
    r"どんな|どのような|何が|(?:全部|すべて|全て)(?:教|挙|列)|もれなく|列挙|挙げて|一覧|"
    r"어떤|모두 (?:알려|말해|적어)|나열|목록|quels?\b|quelles?\b|énumér|\bliste[rz]?\b|"
    r"qu[eé] (?:medidas|tipos|productos|apoyos|ayudas|cambios)|enum[eé]r|\blista\b|"
    r"какие|каких видов|перечисл|welche|aufzähl|auflist|ما هي|ما أنواع|اذكر",
    re.IGNORECASE,
)


def asks_for_all(question: str) -> bool:
    """Whether a question wants every item (有哪些, which products), not one."""
    return bool(_ALL.search(to_simplified(question)))


def is_compound(question: str) -> bool:
    """Whether a question says of itself that it has several parts (又…又…, both … and …)."""
    return bool(_COMPOUND.search(to_simplified(question)))


def parts_of(question: str) -> tuple[str, ...]:
    """What a question names one after the other; empty where it cannot be cut."""
    pieces = (re.sub(r"\s+", " ", piece).strip() for piece in _CUT.split(question))
    parts = tuple(dict.fromkeys(piece for piece in pieces if len(piece) >= _SHORTEST_PART))
    return parts[:_MOST_PARTS] if len(parts) > 1 else ()


def sentences_asked(question: str) -> tuple[str, ...]:
    """The sentences that end as questions do, where several do; else none."""
    asked = [s for s in _sentences(question) if _ASKS.search(s) and len(s) >= _SHORTEST_PART]
    return tuple(asked[:_MOST_PARTS]) if len(asked) > 1 else ()


def only_sentence_asked(question: str) -> str:
    """The one sentence of several that ends as questions do; empty where none or more do."""
    sentences = _sentences(question)
    asked = [sentence for sentence in sentences if _ASKS.search(sentence)]
    return asked[0] if len(asked) == 1 < len(sentences) else ""


def _sentences(question: str) -> list[str]:
    sentences = (sentence.strip() for sentence in _SENTENCE.split(question) if sentence)
    return [sentence for sentence in sentences if sentence]
