"""Question in, checked answer out: the one path that page, command line and eval all take."""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from langchain_core.runnables import Runnable, RunnableLambda

from corpus.document import Document
from corpus.questions import clause_hash
from index.passage import Hit, Passage
from index.search import SCORING
from rag.answer import (
    Answer,
    Citation,
    Event,
    Finished,
    Found,
    Origin,
    Quoted,
    Reason,
    Rejected,
    Stated,
    Statement,
    Status,
    Timings,
    Turn,
)
from rag.breadth import Breadth
from rag.check.figures import kinds_held, unheld_figures
from rag.check.support import SecondReader, Support
from rag.compose import EMPTY, Composer, nearest_of
from rag.draft import Drafted, Drafter
from rag.extent import asks_for_all
from rag.gate import Gate
from rag.language import detect_language
from rag.model import ModelHost, ModelState
from rag.privacy import mask_conversation
from rag.prompt import Prompts
from rag.question import Question, printable, read_question
from rag.retrieve import PolicyRetriever
from rag.rewrite import Rewriter
from rag.select import select
from rag.structure import answer_structure
from rag.unsaid import Unsaid

_log = logging.getLogger("policyqa")


@dataclass(slots=True)
class _Progress:
    """What is known of an answer while it is made."""

    question: str
    asked_at: dt.datetime
    started: float
    rewritten: str = ""
    language: str = "zh"
    hits: tuple[Hit, ...] = ()
    nearby: tuple[Citation, ...] = ()
    first_hits_s: float = 0.0
    first_statement_s: float | None = None
    p_answered: float | None = None
    unsaid: tuple[str, ...] = ()
    model_failed: bool = False
    statements: list[Statement] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def note_statement(self) -> None:
        """A sentence is about to be shown; the first one's time is kept."""
        if self.first_statement_s is None:
            self.first_statement_s = time.perf_counter() - self.started


class Assistant:
    """Answers questions over the documents; safe to call from several threads.

    `second` is asked about a borderline sentence; `renderings`: by language, clauses by the hash of their
    own words; `clock`: dates an answer.
    """

    def __init__(
        self,
        *,
        documents: tuple[Document, ...],
        retriever: PolicyRetriever,
        gate: Gate,
        prompts: Prompts,
        model: ModelHost,
        second: SecondReader | None = None,
        renderings: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self.documents = documents
        self._by_id = {document.id: document for document in documents}
        self._retriever = retriever
        self._gate = gate
        self._prompts = prompts
        self._model = model
        self.renderings = renderings
        self._clock = clock
        self._breadth = Breadth.load(retriever.index.embedder.name, SCORING)
        self._unsaid = Unsaid.load(retriever, gate)
        self._rewriter = Rewriter.load(retriever.index.embedder)
        self._support = Support.load(retriever.index.embedder, renderings, second=second)
        self._figures = kinds_held("".join(document.text for document in documents))
        self._index_sha = retriever.index.manifest.sha

    @property
    def model_state(self) -> ModelState:
        """Where the language model is: off, loading, ready or failed."""
        return self._model.state

    @property
    def is_starting(self) -> bool:
        """Whether a question asked now may be judged otherwise than once all is loaded."""
        return self._gate.is_starting

    def wait_for_model(self) -> None:
        """Block until the language model and the gate's reader are ready, failed or off."""
        self._model.wait()
        self._gate.wait()

    def read_ahead(self) -> None:
        """Read the clauses that answers will be held against; a question may come meanwhile."""
        if self._support is not None:
            self._support.read_ahead(self._retriever.index.passages)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer, as the last event of `stream` gives it."""
        *_, last = self.stream(question, history)
        if not isinstance(last, Finished):
            raise ValueError("the stream ended without an answer")
        return last.answer

    @property
    def chain(self) -> Runnable[str, Answer]:
        """The whole path as a LangChain Runnable, to be put into anybody's chain; callbacks given
        to it reach the language model."""
        return RunnableLambda(self.ask)

    def retrieve(self, question: str, history: Sequence[Turn] = ()) -> Found:
        """The hits alone, by the same way: read, rewritten and searched."""
        question, history = mask_conversation(question, history)
        read = read_question(question)
        if isinstance(read, Reason):
            shown = printable(question)
            return Found(rewritten=shown, language=detect_language(shown), hits=())
        rewritten = self._rewriter.rewrite(read.query, history)
        hits = self._retriever.search_asked(read.query, rewritten)
        return Found(rewritten=rewritten, language=detect_language(read.query), hits=hits)

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """Found, Quoted where the model is about to write, each Stated as it passes, then Finished;
        closing it stops the model.

        A question that is refused or about the document's build has no Found.
        """
        question, history = mask_conversation(question, history)
        shown = printable(question)
        progress = _Progress(shown, self._clock(), time.perf_counter(), rewritten=shown)
        read = read_question(question)
        if isinstance(read, Reason):
            yield self._abstain(progress, read)
            return
        progress.language = detect_language(read.query)
        if structure := answer_structure(
            read.query,
            self.documents,
            progress.language,
            history=history,
            search=self._retriever.search,
            renderings=self.renderings.get(progress.language, EMPTY),
        ):
            progress.statements.extend(structure.statements)
            if structure.statements:
                yield from (Stated(statement=s) for s in structure.statements)
                yield self._end(progress, Origin.STRUCTURE)
            else:
                progress.nearby = structure.nearby
                yield self._abstain(progress, structure.reason)
            return
        yield from self._answer(read, history, progress)

    def _answer(
        self, read: Question, history: Sequence[Turn], progress: _Progress
    ) -> Iterator[Event]:
        progress.rewritten = self._rewriter.rewrite(read.query, history)
        found = self._retriever.rank_asked(read.query, progress.rewritten)
        ranked = tuple(hit for hit in found if self._is_official(hit.passage))
        progress.hits = self._retriever.shown(ranked)
        progress.first_hits_s = time.perf_counter() - progress.started
        yield Found(rewritten=progress.rewritten, language=progress.language, hits=progress.hits)
        ruling = self._gate.judge(read.query, progress.rewritten, progress.hits)
        progress.p_answered = ruling.p_answered
        progress.nearby = nearest_of(progress.hits)
        if ruling.reason is not Reason.NONE:
            yield self._abstain(progress, ruling.reason)
            return
        evidence = select(read.query, progress.rewritten, ranked, self._retriever, self._breadth)
        known = {hit.passage.id for hit in progress.hits}  # those beyond join them, for all to see
        progress.hits += tuple(hit for hit in evidence.hits if hit.passage.id not in known)
        wants_all = asks_for_all(read.query)
        composer = Composer(
            progress.rewritten,
            evidence.hits,
            asked=evidence.asked,
            wants_all=wants_all,
            language=progress.language,
            search=self._retriever.search,
            renderings=self.renderings.get(progress.language, EMPTY),
            support=self._support,
        )
        progress.rejected = composer.rejected
        # The model may pass over an item; after all that there is, the clauses tell it themselves.
        to_draft = () if wants_all else self._to_draft(progress.language, evidence.hits)
        if to_draft:
            quotes = composer.quotes()
            progress.note_statement()
            yield Quoted(statements=quotes)
        for statement in composer.compose(self._draft(progress, to_draft)):
            progress.note_statement()
            place = composer.place(statement, progress.statements)
            progress.statements.insert(place, statement)
            yield Stated(statement=statement, place=place)
        if progress.statements:
            cited = {c.locator.measure_locator for s in progress.statements for c in s.citations}
            progress.unsaid = self._unsaid.find(read.query, cited)
            yield self._end(progress, Origin.MODEL if composer.n_drafted else Origin.EXTRACTIVE)
        else:
            yield self._abstain(progress, Reason.UNSUPPORTED)

    def _is_official(self, passage: Passage) -> bool:
        """Whether a passage says what its document says: an index may have been tampered with."""
        document = self._by_id.get(passage.locator.document_id)
        if document is None or passage.span.slice(document.text) == passage.text:
            return True
        _log.error("%s is not in the official text as indexed; left out", passage.locator)
        return False

    def _to_draft(self, language: str, evidence: Sequence[Hit]) -> tuple[Passage, ...]:
        """What the model writes from; nothing where there is none, or it does not write the language."""
        if self._model.chat_model is None or language not in self._model.languages:
            return ()
        # A rendering that was read beforehand is better than one made now.
        kept = self.renderings.get(language, EMPTY)
        return tuple(hit.passage for hit in evidence if clause_hash(hit.passage.text) not in kept)

    def _draft(self, progress: _Progress, passages: Sequence[Passage]) -> Iterator[Drafted]:
        """The model's sentences; fewer where it fails midway."""
        model = self._model.chat_model
        if model is None or not passages:
            return
        drafter = Drafter(model, self._prompts)
        try:
            yield from drafter.write(progress.rewritten, passages, progress.language)
        except Exception:  # a model may fail in any way; the reader still gets the clauses
            progress.model_failed = True
            _log.exception("the language model failed; the answer goes on in the clauses' words")

    def _abstain(self, progress: _Progress, reason: Reason) -> Finished:
        progress.statements.clear()
        return self._end(progress, Origin.EXTRACTIVE, reason)

    def _end(self, progress: _Progress, origin: Origin, reason: Reason = Reason.NONE) -> Finished:
        answer = Answer(
            id=uuid.uuid4().hex,
            question=progress.question,
            rewritten=progress.rewritten,
            language=progress.language,
            status=Status.ANSWERED if reason is Reason.NONE else Status.ABSTAINED,
            reason=reason,
            origin=origin,
            statements=tuple(progress.statements),
            nearby=() if reason is Reason.NONE else progress.nearby,
            hits=progress.hits,
            rejected=tuple(progress.rejected),
            model=self._model.name if origin is Origin.MODEL else "",
            prompt_sha=self._prompts.sha,
            index_sha=self._index_sha,
            asked_at=progress.asked_at,
            timings=Timings(
                first_hits_s=progress.first_hits_s,
                first_statement_s=progress.first_statement_s,
                whole_s=time.perf_counter() - progress.started,
            ),
            unheld_figures=unheld_figures(progress.rewritten, self._figures),
            p_answered=progress.p_answered,
            unsaid=progress.unsaid,
            model_failed=progress.model_failed,
        )
        return Finished(answer=answer)
