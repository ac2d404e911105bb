"""Deterministic stand-ins for the slow parts. Nothing here reads a clock, a model or a network."""

from __future__ import annotations

import datetime as dt
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from corpus.document import Document
from corpus.load import load_corpus
from index.cross_encoder import CrossEncoder
from index.lexical import fold
from index.passage import Hit, Passage, cut_passages
from index.search import SCORING
from rag.answer import (
    Answer,
    Citation,
    Event,
    Finished,
    Found,
    Label,
    Method,
    Origin,
    Quoted,
    Reason,
    Rejected,
    Stated,
    Statement,
    Status,
    Timings,
    Turn,
    Verdict,
)
from rag.attentive_probe import AttentiveProbe
from rag.findings import Finding, FindingKind
from rag.gate import Ruling
from rag.logistic import Logistic, LogisticWeights
from rag.model import ModelState
from rag.reader import QuestionReader
from rag.scope import SIGNS
from rag.settings import Settings

MAX_QUESTION = 500
ASKED_AT = dt.datetime(2025, 4, 1, 9, 30, tzinfo=dt.UTC)
SUPPORTED = Verdict(
    label=Label.SUPPORTED,
    score=0.93,
    method=Method.COVERAGE,
    finding=Finding(kind=FindingKind.COVERED, number="93%"),
)
PARTIAL = Verdict(
    label=Label.PARTIAL,
    score=0.61,
    method=Method.COVERAGE,
    finding=Finding(kind=FindingKind.PARTLY_COVERED, number="61%", said=("及时",)),
)
CONTRADICTED = Verdict(
    label=Label.CONTRADICTED,
    score=0.08,
    method=Method.FIGURES,
    finding=Finding(kind=FindingKind.FIGURES, said=("500",)),
)


def made_logistic(dimension: int, intercept: float) -> Logistic:
    """One that thinks the same of every question."""
    return Logistic(
        LogisticWeights(
            embedder="made",
            scoring=SCORING,
            centre=(0.0,) * dimension,
            vector=(0.0,) * dimension,
            mean=(0.0,) * len(SIGNS),
            scale=(1.0,) * len(SIGNS),
            signs=(0.0,) * len(SIGNS),
            intercept=intercept,
            threshold=0.5,
            fitted_on="made by hand",
        )
    )


@dataclass(slots=True, kw_only=True)
class FakeAssistant:
    """Answers from the shipped corpus by shared characters, the same each time.

    What a question holds decides what comes: 多少钱 abstains (no amount), 天气 is off topic, 故障
    fails after the hits, 回声 says the question back as a sentence, 原文 is extractive, 先引 quotes
    both clauses before it states anything, 一百项 names a measure that does not exist. `gate`, where given, is waited for before each sentence.
    `histories` and `asked` record what was passed in; `closed` counts streams closed early.
    """

    documents: tuple[Document, ...] = field(default_factory=load_corpus)
    renderings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    model_state: str = "ready"
    is_starting: bool = False
    gate: threading.Semaphore | None = None
    asked: list[str] = field(default_factory=list)
    histories: list[tuple[Turn, ...]] = field(default_factory=list)
    closed: int = 0

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """Found, two sentences, Finished; or Finished alone for a question that cannot be asked."""
        self.asked.append(question)
        self.histories.append(tuple(history))
        reason = _unaskable(question)
        if reason is not Reason.NONE:
            yield Finished(answer=fake_answer(question, (), (), reason=reason))
            return
        hits = self.search(question)
        yield Found(rewritten=_rewritten(question), language=_language(question), hits=hits)
        try:
            yield from self._answer(question, hits)
        except GeneratorExit:
            self.closed += 1
            raise

    def search(self, question: str, top_k: int = 6) -> tuple[Hit, ...]:
        """The passages that share most of the question's character pairs."""
        passages = cut_passages(self.documents, len)
        ranked = sorted(passages, key=lambda p: (-_shared(question, p), p.span.start))
        return tuple(
            Hit(
                passage=passage,
                rank=rank,
                score=1 / rank,
                dense_rank=rank,
                lexical_rank=rank + 1 if rank % 2 else None,
            )
            for rank, passage in enumerate(ranked[:top_k], 1)
        )

    def _answer(self, question: str, hits: tuple[Hit, ...]) -> Iterator[Event]:
        if "故障" in question:
            raise RuntimeError("the fake was asked to fail")
        reason = _abstention(question)
        if reason is not Reason.NONE:
            self._wait()
            yield Finished(answer=fake_answer(question, (), hits, reason=reason))
            return
        statements = _statements(question, hits)
        if "先引" in question:
            yield Quoted(statements=tuple(_quoted(hit.passage) for hit in hits[:2]))
        for statement in statements:
            self._wait()
            yield Stated(statement=statement)
        yield Finished(answer=fake_answer(question, statements, hits))

    def _wait(self) -> None:
        if self.gate is not None and not self.gate.acquire(timeout=20):
            raise TimeoutError("the fake's gate stayed shut")


def fake_answer(
    question: str,
    statements: tuple[Statement, ...],
    hits: tuple[Hit, ...],
    *,
    reason: Reason = Reason.NONE,
) -> Answer:
    """An answer with every field filled."""
    abstained = reason is not Reason.NONE
    return Answer(
        id="a0123456789",
        question=question,
        rewritten=_rewritten(question),
        language=_language(question),
        status=Status.ABSTAINED if abstained else Status.ANSWERED,
        reason=reason,
        origin=Origin.EXTRACTIVE if "原文" in question else Origin.MODEL,
        statements=statements,
        nearby=tuple(cite(hit.passage) for hit in hits[:2]) if abstained else (),
        hits=hits,
        rejected=(_rejected(hits),) if statements else (),
        model="fake-1",
        prompt_sha="5f2c9a10",
        index_sha="91bc07d4",
        asked_at=ASKED_AT,
        timings=Timings(first_hits_s=0.1, first_statement_s=2.4, whole_s=5.0),
    )


def cite(passage: Passage) -> Citation:
    """The citation of a whole passage."""
    return Citation(locator=passage.locator, quote=passage.text, span=passage.span)


def _quoted(passage: Passage) -> Statement:
    return Statement(text=passage.text, citations=(cite(passage),), verdict=SUPPORTED)


def _statements(question: str, hits: tuple[Hit, ...]) -> tuple[Statement, ...]:
    first, second = hits[0].passage, hits[1].passage
    if "回声" in question:
        texts = (question, first.text)
    elif _language(question) == "en":
        texts = (f"The policy answers this in measure {first.locator.measure}.", second.text)
    else:
        texts = (f"可以。{first.text}", second.text)
    return (
        Statement(text=texts[0], citations=(cite(first),), verdict=SUPPORTED),
        Statement(text=texts[1], citations=(cite(second), cite(first)), verdict=PARTIAL),
    )


def _rejected(hits: tuple[Hit, ...]) -> Rejected:
    return Rejected(
        text="每部手机最高补贴500元。", quote=hits[0].passage.text, verdict=CONTRADICTED
    )


def _unaskable(question: str) -> Reason:
    if not question.strip():
        return Reason.EMPTY
    if len(question) > MAX_QUESTION:
        return Reason.TOO_LONG
    return Reason.NONE if any(c.isalpha() for c in question) else Reason.GARBAGE


def _abstention(question: str) -> Reason:
    signs = {
        "多少钱": Reason.NO_AMOUNT,
        "天气": Reason.OFF_TOPIC,
        "一百项": Reason.NO_SUCH_MEASURE,
    }
    return next((reason for sign, reason in signs.items() if sign in question), Reason.NONE)


def _language(question: str) -> str:
    return "zh" if any("\u4e00" <= c <= "\u9fff" for c in question) else "en"


def _rewritten(question: str) -> str:
    return question.replace("换新", "以旧换新")


def _shared(question: str, passage: Passage) -> int:
    pairs = {question[i : i + 2] for i in range(len(question) - 1)}
    return sum(pair in passage.embedded_text for pair in pairs)


@dataclass(slots=True, kw_only=True)
class FakeEmbedder:
    """Unit vectors of hashed character pairs: texts that share pairs are near, always alike.

    `embedded` records every text asked for as a passage. Where `fails_with` is given,
    embed_passages raises it.
    """

    name: str = "fake-pairs"
    dimension: int = 512
    fails_with: BaseException | None = None
    embedded: list[str] = field(default_factory=list)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """(n, dimension) float32, one row a text."""
        if self.fails_with is not None:
            raise self.fails_with
        self.embedded.extend(texts)
        return np.stack([self.embed_query(text) for text in texts])

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """(n, dimension) float32, one row a question."""
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> np.ndarray:
        """(dimension,) float32."""
        text = f" {fold(text)} "
        vector = np.zeros(self.dimension, dtype=np.float32)
        for i in range(len(text) - 1):
            vector[zlib.crc32(text[i : i + 2].encode()) % self.dimension] += 1
        return vector / np.linalg.norm(vector)

    def embed_passage_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """For each text a row of length 1 a character pair."""
        return [self.embed_query_tokens(text) for text in texts]

    def embed_query_tokens(self, text: str) -> np.ndarray:
        """A row of length 1 a character pair."""
        text = f" {fold(text)} "
        rows = np.zeros((len(text) - 1, self.dimension), dtype=np.float32)
        for i, row in enumerate(rows):
            row[zlib.crc32(text[i : i + 2].encode()) % self.dimension] = 1
        return rows

    def embed_queries_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """For each text a row of length 1 a character pair."""
        return [self.embed_query_tokens(text) for text in texts]

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Where each pair stands; the folded text is as long as a folded text."""
        length = len(fold(text))
        return [(max(0, i - 1), min(length, i + 1)) for i in range(length + 1)]

    def count_tokens(self, text: str) -> int:
        """One a character."""
        return len(text)

    def query_states(self, text: str) -> None:
        """It has no layers."""

    def passage_states(self, text: str) -> None:
        """It has no layers."""

    def upper_layers(self, changes: Mapping[str, np.ndarray], mark: str) -> None:
        """It has no layers."""


class FakeModel(BaseChatModel):
    """Says `reply`, whatever it is asked, in pieces of `piece_length` characters.

    `asked` records the messages of each call. Where `fails_after` is given, the model raises after
    so many pieces. `given` counts pieces handed out, `closed` streams closed before their end.
    """

    reply: str = ""
    piece_length: int = 3
    fails_after: int | None = None
    asked: list[list[BaseMessage]] = Field(default_factory=list)
    given: int = 0
    closed: int = 0

    @property
    def _llm_type(self) -> str:
        return "fake"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        self.asked.append(messages)
        if self.fails_after == 0:
            raise ConnectionError("the fake model was asked to fail")
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.reply))])

    def _stream(
        self, messages: list[BaseMessage], *_: Any, **__: Any
    ) -> Iterator[ChatGenerationChunk]:
        self.asked.append(messages)
        try:
            for n, start in enumerate(range(0, len(self.reply), self.piece_length)):
                if n == self.fails_after:
                    raise ConnectionError("the fake model was asked to fail")
                piece = self.reply[start : start + self.piece_length]
                self.given += 1
                yield ChatGenerationChunk(message=AIMessageChunk(piece))
        except GeneratorExit:
            self.closed += 1
            raise


@dataclass(slots=True, kw_only=True)
class FakeReader:
    """A second reader that always gives the same log odds; `asked` records what it was asked."""

    odds: float | None
    name: str = "fake-model"
    asked: list[str] = field(default_factory=list)

    def support(self, sentence: str, passage: Passage, language: str) -> float | None:
        """The same for every sentence."""
        self.asked.append(sentence)
        return self.odds


class FakeQuestionReader(QuestionReader):
    """Reads every question alike: as `reads`."""

    def __init__(self, *reads: float) -> None:
        super().__init__(Settings())
        self.reads = np.array(reads or (1.0, 1.0)) / np.linalg.norm(reads or (1.0, 1.0))

    def vector(self, question: str) -> np.ndarray | None:
        """The same for every question."""
        return self.reads


class FakeTokenReader(FakeQuestionReader):
    """Gives the states of single tokens too."""

    def states(self, question: str) -> np.ndarray | None:
        """One token's, the same for every question."""
        return self.reads[None, :]


def made_probe(thinks: float) -> AttentiveProbe:
    """A probe over states of two numbers that thinks the same of every question."""
    arrays = {"centre": np.zeros(2), "scale": np.ones(2)}
    for name, n, m in (("inward", 2, 8), ("attention", 8, 1), ("answered", 8, 1), ("mean", 2, 1)):
        arrays[f"{name}.weight"], arrays[f"{name}.bias"] = np.zeros((m, n)), np.zeros(m)
    arrays["norm.weight"], arrays["norm.bias"] = np.ones(8), np.zeros(8)
    arrays["mean.bias"] = np.array([thinks])
    return AttentiveProbe(arrays)


class FakeCross(CrossEncoder):
    """Thinks the same of every pair; `pairs` records them."""

    def __init__(self, thinks: float | None) -> None:
        self.thinks = thinks
        self.pairs: list[tuple[str, str]] = []

    def logit(self, question: str, passage: str) -> float | None:
        """The same for every pair."""
        self.pairs.append((question, passage))
        return self.thinks


@dataclass(slots=True, kw_only=True)
class FakeHost:
    """Stands where ModelHost does: the model is there at once, or off for good."""

    chat_model: BaseChatModel | None = None
    languages: tuple[str, ...] = ("zh", "zh-Hant", "en")
    name: str = "fake-model"

    @property
    def state(self) -> ModelState:
        """Ready with a model, off without."""
        return ModelState.OFF if self.chat_model is None else ModelState.READY

    def wait(self) -> None:
        """Nothing loads."""


@dataclass(slots=True, kw_only=True)
class FakeGate:
    """Stands where Gate does: says `reason` of every question."""

    reason: Reason = Reason.NONE

    def judge(self, query: str, rewritten: str, hits: Sequence[Hit]) -> Ruling:
        """The reason given."""
        return Ruling(reason=self.reason, p_answered=None)

    def first_guess(self, query: str, hits: Sequence[Hit]) -> float | None:
        """Nothing was learned."""
        return None

    def wait(self) -> None:
        """Nothing loads."""
