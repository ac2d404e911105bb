"""A question's way to the gate, as the assistant takes it; what is learned of the gate is learned behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.load import load_corpus
from index.passage import Hit
from rag.answer import Reason, Turn
from rag.gate import Gate
from rag.question import read_question
from rag.retrieve import PolicyRetriever
from rag.rewrite import Rewriter
from rag.settings import Settings
from rag.structure import answer_structure


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A question at the gate: as it was read, made whole, and what the search finds for it."""

    query: str
    rewritten: str
    hits: Sequence[Hit]


class Entrance:
    """Takes questions to a gate over the default texts."""

    def __init__(self, retriever: PolicyRetriever, gate: Gate) -> None:
        self._documents = load_corpus(Settings().texts)
        self._rewriter = Rewriter.load(retriever.index.embedder)
        self._retriever, self._gate = retriever, gate

    def reach(self, question: str, history: Sequence[Turn]) -> Reached | None:
        """None for one that is dealt with before anything is weighed."""
        read, search = read_question(question), self._retriever.search
        if isinstance(read, Reason) or answer_structure(
            read.query, self._documents, "zh", history=history, search=search
        ):
            return None
        if self._gate.is_misuse(read.query):
            return None
        rewritten = self._rewriter.rewrite(read.query, history)
        hits = self._retriever.search_asked(read.query, rewritten)
        return Reached(query=read.query, rewritten=rewritten, hits=hits)
