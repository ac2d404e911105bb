"""One question on the scorecard's page: what was asked, said, cited and wanted, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval.page_words import Term, duration_text, measure_text, place_text, term
from eval.question import Question
from eval.reply import Cited, Reply, Said, folded
from eval.report import Entry
from eval.support import squeeze
from rag.answer import Origin
from rag.language import detect_language

CauseName = Literal["forbidden", "invented", "silent", "incomplete", "cited"]
CAUSES: tuple[CauseName, ...] = ("forbidden", "invented", "incomplete", "cited", "silent")
_TAGS = {"zh": "zh-Hans"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text with the language tag that a browser picks its letterforms by."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A cited text: where it stands, and whether its sentence needs it; None if not judged."""

    place: str
    quote: str
    needed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence beside its sources. `label` is the system's verdict, None if it gave none.

    `supported` is ALCE's question; None where it is not asked.
    """

    words: Words
    sources: tuple[Source, ...]
    label: Term | None
    tone: str
    method: str
    reason: str
    supported: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A measure that a whole answer cites; `rank` (1st) is empty where the search missed it."""

    place: str
    is_cited: bool
    rank: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Words that a reply must or must not hold, as alternatives, and whether it does."""

    words: str
    is_said: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything that the page shows of one question."""

    id: str
    kind: Term
    lang: Term
    cause: CauseName | None
    faults: tuple[str, ...]
    question: Words
    history: tuple[tuple[str, str], ...]
    rewritten: str
    abstained: bool
    reason: Term
    origin: Term
    whole: Words | None
    sentences: tuple[Sentence, ...]
    nearby: tuple[Source, ...]
    answerable: bool
    asks: Term | None
    gold: tuple[Gold, ...]
    acceptable: tuple[str, ...]
    facts: tuple[Checked, ...]
    forbidden: tuple[Checked, ...]
    evidence: tuple[str, ...]
    note: str
    seconds: str
    gate_score: str


def make_card(entry: Entry) -> Card:
    """The card of one question."""
    question, reply = entry.question, entry.reply
    gold, facts, forbidden = _gold(question, reply), _facts(question, reply), _said(question, reply)
    return Card(
        id=question.id,
        kind=term("kind", question.kind),
        lang=term("lang", question.lang),
        cause=find_cause(entry),
        faults=() if entry.passed else tuple(_faults(question, reply, gold, facts, forbidden)),
        question=Words(text=question.question, lang=tag_of(question.lang)),
        history=tuple((turn.role, turn.content) for turn in question.history),
        rewritten=reply.rewritten if _is_rewritten(question, reply) else "",
        abstained=reply.abstained,
        reason=term("reason", reply.reason or "none"),
        origin=term("origin", reply.origin),
        whole=_whole(reply),
        sentences=tuple(_sentence(said, reply) for said in reply.statements),
        nearby=tuple(_source(cited, None) for cited in reply.nearby),
        answerable=question.answerable,
        asks=term("asks", question.asks) if question.asks else None,
        gold=gold,
        acceptable=tuple(map(measure_text, question.acceptable_measures)),
        facts=facts,
        forbidden=forbidden,
        evidence=question.evidence,
        note=question.note,
        seconds=duration_text(reply.whole_s),
        gate_score="" if reply.gate_score is None else f"{reply.gate_score:.3f}",
    )


def find_cause(entry: Entry) -> CauseName | None:
    """The gravest thing that is wrong with a reply, in the order of CAUSES; None if it passed."""
    question, reply = entry.question, entry.reply
    if entry.passed:
        return None
    if any(checked.is_said for checked in _said(question, reply)):
        return "forbidden"
    if not question.answerable:
        return "invented"
    if reply.abstained:
        return "silent"
    return "cited" if entry.right else "incomplete"


def tag_of(language: str) -> str:
    """A language of the questions as an HTML language tag."""
    return _TAGS.get(language, language)


def _is_rewritten(question: Question, reply: Reply) -> bool:
    return bool(reply.rewritten) and squeeze(reply.rewritten) != squeeze(question.question)


def _worded(text: str) -> Words:
    return Words(text=text, lang=tag_of(detect_language(text)))


def _whole(reply: Reply) -> Words | None:
    """The text as read; None where the sentences one by one are all of it."""
    said = squeeze("".join(s.text for s in reply.statements))
    return None if said == squeeze(reply.text) and said else _worded(reply.text)


def _source(cited: Cited, needed: bool | None) -> Source:
    return Source(place=place_text(cited.locator, cited.measures), quote=cited.quote, needed=needed)


def _sentence(said: Said, reply: Reply) -> Sentence:
    # Sentences about the document's build are counted by code, and no clause holds them.
    is_judged = reply.origin != Origin.STRUCTURE
    judged = zip(said.cited, said.needed, strict=False)
    needed: list[bool | None] = [flag for _, flag in judged] if is_judged else []
    needed += [None] * (len(said.cited) - len(needed))
    return Sentence(
        words=_worded(said.text),
        sources=tuple(map(_source, said.cited, needed)),
        label=term("label", said.label) if said.label else None,
        tone={"supported": "good", "partial": "fair"}.get(said.label, "bad"),
        method=said.method,
        reason=said.reason,
        supported=said.supported if is_judged else None,
    )


def _gold(question: Question, reply: Reply) -> tuple[Gold, ...]:
    return tuple(
        Gold(
            place=measure_text(number),
            is_cited=number in reply.cited,
            rank=ordinal(reply.ranked.index(number) + 1) if number in reply.ranked else "",
        )
        for number in question.measures
    )


def _facts(question: Question, reply: Reply) -> tuple[Checked, ...]:
    text = folded(reply.text)
    return tuple(
        Checked(words=" / ".join(group), is_said=any(folded(word) in text for word in group))
        for group in question.must_include
    )


def _said(question: Question, reply: Reply) -> tuple[Checked, ...]:
    text = folded(reply.text)
    return tuple(
        Checked(words=word, is_said=folded(word) in text) for word in question.must_not_include
    )


def _faults(
    question: Question,
    reply: Reply,
    gold: Sequence[Gold],
    facts: Sequence[Checked],
    forbidden: Sequence[Checked],
) -> list[str]:
    """What is wrong with a failed reply, one line each."""
    faults = [f"says “{f.words}”" for f in forbidden if f.is_said]
    if not question.answerable:
        return faults if reply.abstained else [*faults, "answered, where the policy does not say"]
    if reply.abstained:
        faults.append("abstained, where the policy answers")
    else:
        faults += [f"lacks “{f.words}”" for f in facts if not f.is_said]
    for one in gold:
        if not one.is_cited:
            found = f"found {one.rank}" if one.rank else "not found by the search"
            faults.append(f"does not cite {one.place}, {found}")
    allowed = {*question.measures, *question.acceptable_measures}
    faults += [
        f"cites {measure_text(m)} beside the matter" for m in reply.cited if m not in allowed
    ]
    return faults


def ordinal(rank: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 22nd."""
    last = "th" if 10 < rank % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{last}"
