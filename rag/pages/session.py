"""One visitor's conversation: its exchanges, its language, and the question under way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from corpus.document import Locator
from index.passage import Hit
from rag.answer import (
    Answer,
    Event,
    Found,
    Quoted,
    Reason,
    Role,
    Stated,
    Statement,
    Status,
    Turn,
)
from rag.notices import notice
from rag.pages.relay import Begun, Relay

MAX_EXCHANGES = 20
"""How many exchanges a page keeps: older ones leave it, so that a session's memory is bounded."""

_UNASKED = (Reason.EMPTY, Reason.TOO_LONG, Reason.GARBAGE)


class Phase(StrEnum):
    """How far an exchange has come."""

    WAITING = "waiting"
    SEARCHING = "searching"
    WRITING = "writing"
    DONE = "done"
    STOPPED = "stopped"
    FAULT = "fault"


def _measure_of(statement: Statement) -> Locator | None:
    return next((c.locator.measure_locator for c in statement.citations), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question and as much of its answer as there is. `quoted` stand until sentences take their places.
    `reference` is a fault's number. `is_starting`: the assistant was not ready when it judged this, or is
    not yet."""

    question: str
    phase: Phase = Phase.WAITING
    rewritten: str = ""
    language: str = "zh"
    hits: tuple[Hit, ...] = ()
    quoted: tuple[Statement, ...] = ()
    statements: tuple[Statement, ...] = ()
    answer: Answer | None = None
    reference: str = ""
    model_loading: bool = False
    is_starting: bool = False

    @property
    def running(self) -> bool:
        """Whether more may come."""
        return self.phase in (Phase.WAITING, Phase.SEARCHING, Phase.WRITING)

    def after(self, event: Begun | Event) -> Exchange:
        """The exchange once the event has happened."""
        if isinstance(event, Begun):
            return replace(self, phase=Phase.SEARCHING)
        if isinstance(event, Found):
            return replace(
                self,
                phase=Phase.WRITING,
                rewritten=event.rewritten,
                language=event.language,
                hits=event.hits,
            )
        if isinstance(event, Quoted):
            return replace(self, quoted=event.statements)
        if isinstance(event, Stated):
            stated = list(self.statements)
            stated.insert(len(stated) if event.place is None else event.place, event.statement)
            return replace(self, statements=tuple(stated))
        answer = event.answer
        return replace(
            self,
            phase=Phase.DONE,
            rewritten=answer.rewritten,
            language=answer.language,
            hits=answer.hits,
            quoted=(),
            statements=answer.statements,
            answer=answer,
        )

    @property
    def shown(self) -> tuple[Statement, ...]:
        """The sentences, and in their places the quoted clauses of measures that none speaks of yet."""
        if not self.quoted:
            return self.statements
        spoken = {_measure_of(s) for s in self.statements}
        waiting = (s for s in self.quoted if _measure_of(s) not in spoken)
        order = list(dict.fromkeys(map(_measure_of, (*self.quoted, *self.statements))))
        both = (*self.statements, *waiting)
        return tuple(sorted(both, key=lambda s: order.index(_measure_of(s))))

    def turns(self) -> tuple[Turn, ...]:
        """What the assistant is told of this exchange later; nothing of an empty or failed one."""
        space = "" if self.language.startswith("zh") else " "
        said = space.join(statement.text for statement in self.shown)
        if self.answer is not None and self.answer.status is Status.ABSTAINED:
            if self.answer.reason in _UNASKED:
                return ()
            said = notice(self.answer.reason, self.language)
        if not said:
            return ()
        return (
            Turn(role=Role.USER, content=self.question),
            Turn(role=Role.ASSISTANT, content=said),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """The rule that stands open beside the conversation, as the page's chip named it: by its address and
    the hash of the words quoted, "" where none were."""

    locator: str
    quote_sha: str


@dataclass(slots=True, kw_only=True)
class Session:
    """One visitor's conversation, kept on the server for as long as the page is open."""

    language: str = "zh"
    exchanges: tuple[Exchange, ...] = ()
    cited: Cited | None = None
    asking: bool = False
    """Whether a question is under way; another may then not be asked."""
    relay: Relay | None = field(default=None, repr=False)
    """Of the latest question."""

    @property
    def answer(self) -> Answer | None:
        """The latest answer of the conversation."""
        answers = (e.answer for e in reversed(self.exchanges) if e.answer is not None)
        return next(answers, None)

    def history(self) -> tuple[Turn, ...]:
        """The turns of the exchanges so far, oldest first."""
        return tuple(turn for exchange in self.exchanges for turn in exchange.turns())

    def begin(self, exchange: Exchange) -> None:
        """Add an exchange at the end."""
        self.exchanges = (*self.exchanges, exchange)[-MAX_EXCHANGES:]

    def update(self, exchange: Exchange) -> None:
        """Put a newer state of the last exchange in its place."""
        self.exchanges = (*self.exchanges[:-1], exchange)

    def forget(self) -> None:
        """Forget the conversation."""
        self.exchanges, self.cited = (), None
