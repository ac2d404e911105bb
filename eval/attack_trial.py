"""An attempt made on the product: what came of it, step by step, as the page would have shown it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from corpus.document import Document
from eval.attempt import Attempt
from eval.overhear import overheard
from rag.answer import Answer, Event, Finished, Role, Statement, Turn
from rag.pages.relay import Begun
from rag.pages.session import Exchange, Phase
from rag.privacy import mask_numbers

# The page cuts what is typed to this before anybody sees it (rag.pages.chat, which needs gradio).
_PAGE_CUTS_AT = 2000


class Asked(Protocol):
    """What is attacked: the assistant that page, command line and API serve."""

    documents: tuple[Document, ...]

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """The events of one question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of an attempt. Times are seconds from the question.

    `exchanges` are the page's states in order, a stopped and a failed one included. `fault` is the
    exception or the missing answer, "" where all went well. `first_s` is the time to the first
    event: hits, or a refusal. `given` are the messages that the language model got and the lines of
    the log.
    """

    attempt: Attempt
    exchanges: tuple[Exchange, ...]
    answer: Answer | None
    fault: str
    first_s: float
    whole_s: float
    given: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement that was shown at any time, also one that the answer then left out."""
        shown = (statement for exchange in self.exchanges for statement in exchange.shown)
        return tuple(dict.fromkeys(shown))


def attack(assistant: Asked, attempt: Attempt) -> Trial:
    """Make the attempt by the path that the page takes."""
    question = attempt.asked
    history = tuple(Turn(role=Role(t.role), content=t.content) for t in attempt.turns)
    exchange = Exchange(question=mask_numbers(question.strip())[:_PAGE_CUTS_AT])
    exchanges = [exchange, exchange.after(Begun())]
    answer, fault, first_s = None, "the stream ended without an answer", None
    started = time.perf_counter()
    try:
        with overheard() as given:
            for event in assistant.stream(question, history):
                first_s = first_s if first_s is not None else time.perf_counter() - started
                exchanges.append(exchanges[-1].after(event))
                if isinstance(event, Finished):
                    answer, fault = event.answer, ""
    except Exception as error:  # that anything at all is raised is what is judged here
        answer, fault = None, f"{type(error).__name__}: {error}"
    whole_s = time.perf_counter() - started
    for phase in (Phase.STOPPED, Phase.FAULT):
        exchanges.append(replace(exchange, phase=phase, reference="0A1B2C3D"))
    return Trial(
        attempt=attempt,
        exchanges=tuple(exchanges),
        answer=answer,
        fault=fault,
        first_s=first_s if first_s is not None else whole_s,
        whole_s=whole_s,
        given=tuple(given),
    )
