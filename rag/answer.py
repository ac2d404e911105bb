"""What the product gives: answers, made of statements, each with its citations and verdict."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from corpus.document import Locator, Span
from index.passage import Hit
from rag.findings import Finding, tell


class Role(StrEnum):
    """Who spoke a turn of the conversation."""

    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier utterance of the conversation."""

    role: Role
    content: str


class Status(StrEnum):
    """Abstained: the policy does not hold the thing asked for."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"


class Origin(StrEnum):
    """Who made the sentences: the language model, the clauses' own words, or the Document."""

    MODEL = "model"
    EXTRACTIVE = "extractive"
    STRUCTURE = "structure"
    APPROVED = "approved"


class Reason(StrEnum):
    """Why an answer abstained; NONE for one that did not."""

    NONE = "none"
    EMPTY = "empty"
    TOO_LONG = "too-long"
    GARBAGE = "garbage"
    OFF_TOPIC = "off-topic"
    NO_AMOUNT = "no-amount"
    NO_DATE = "no-date"
    NO_PLACE = "no-place"
    NO_PROCEDURE = "no-procedure"
    NO_DETAIL = "no-detail"
    NO_SUCH_MEASURE = "no-such-measure"
    UNSUPPORTED = "unsupported"


class Label(StrEnum):
    """What a check found of a sentence against its clause."""

    SUPPORTED = "supported"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"


class Method(StrEnum):
    """Which check had the last word on a sentence."""

    VERBATIM = "verbatim"
    RENDERING = "rendering"
    COUNT = "count"
    ECHO = "echo"
    CONTENT = "content"
    MARKUP = "markup"
    FIGURES = "figures"
    DIRECTION = "direction"
    NEGATION = "negation"
    MODAL_FORCE = "modal force"
    FRAGMENT = "fragment"
    SUPPORT = "support"
    SECOND_READING = "second reading"
    COVERAGE = "coverage"
    WORDING = "wording"
    TRANSLATION = "translation"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A rule cited; `quote` is `document.text[span]`, the official words."""

    locator: Locator
    quote: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check says of a sentence: `score` in [0, 1], `finding` is the reason, for staff."""

    label: Label
    score: float
    method: Method
    finding: Finding

    @property
    def reason(self) -> str:
        """The finding in English."""
        return tell(self.finding, "en")


class CautionKind(StrEnum):
    """Why a rule holds less than a reader may hope."""

    WHERE_ABLE = "where-able"
    STUDIED = "studied"
    PILOTED = "piloted"
    ENCOURAGED = "encouraged"
    ELIGIBLE = "eligible"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """A word of the official text that weakens or narrows its rule."""

    kind: CautionKind
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of an answer. Fixed interface words are never statements.

    `caution` tells how firm the rule is that it rests on, where that is less than a promise.
    """

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict
    caution: Caution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds from the question; `first_statement_s` is to the first checked sentence, be it a quoted one
    that the model's took the place of, None where nothing was stated."""

    first_hits_s: float
    first_statement_s: float | None
    whole_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A sentence that the model wrote and the checks kept from the reader, for staff."""

    text: str
    quote: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the asker gets, with all that made it.

    `nearby` are related measures when the answer abstained. `rewritten` is the question as it was
    searched. `language` is the asker's, as a code (zh, zh-Hant, en, …). `reason` says why the
    answer abstained. `rejected` holds what the checks withheld. `unheld_figures` are sums, shares and
    years of the question that stand nowhere in the documents. `p_answered` is the gate's probability
    that the documents say what is asked; None where it was not asked, or has learned nothing. `unsaid` are the
    question's words for wishes on which the documents are silent, where they answer others. `model_failed`:
    the language model was asked to write and broke off, so that clauses stand where its words would.
    """

    id: str
    question: str
    rewritten: str
    language: str
    status: Status
    reason: Reason
    origin: Origin
    statements: tuple[Statement, ...]
    nearby: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    rejected: tuple[Rejected, ...]
    model: str
    prompt_sha: str
    index_sha: str
    asked_at: dt.datetime
    timings: Timings
    unheld_figures: tuple[str, ...] = ()
    p_answered: float | None = None
    unsaid: tuple[str, ...] = ()
    model_failed: bool = False

    @property
    def cited(self) -> tuple[int, ...]:
        """The cited measures' numbers in the order of their first use."""
        numbers = (c.locator.measure for s in self.statements for c in s.citations)
        return tuple(dict.fromkeys(n for n in numbers if n is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Event: the hits are there, before any sentence."""

    rewritten: str
    language: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Event: the answer in the clauses' own words, to stand until the model's sentences, each in the
    place of its measure's, take over. Only an answer that the model is about to write has it."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Event: a sentence passed its checks. `place`: so many of those before it stand before it; None: all."""

    statement: Statement
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """Event: the answer is whole. The last event of every question, and its only truth:
    its statements may be fewer than those streamed."""

    answer: Answer


Event = Found | Quoted | Stated | Finished
