"""What the page needs of the assistant that it serves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from corpus.document import Document
from rag.answer import Event, Turn


class Assistant(Protocol):
    """Answers questions about its documents, event by event."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """The policies that it answers from."""
        ...

    @property
    def renderings(self) -> Mapping[str, Mapping[str, str]]:
        """Their clauses in other languages, by language and by the hash of their own words."""
        ...

    @property
    def model_state(self) -> str:
        """The language model's state: off, loading, ready or failed."""
        ...

    @property
    def is_starting(self) -> bool:
        """Whether it is still getting ready, so that a question waits, or is judged otherwise than later."""
        ...

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """Found, perhaps Quoted, each Stated, then Finished; closing the iterator stops the model."""
        ...
