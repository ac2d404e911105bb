"""What the language model writes: an answer out of the clauses, or a clause in another language.

Its words are data here. Nothing in them is followed, and none is shown before its check.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from index.passage import Passage
from rag.language import is_chinese
from rag.prompt import Prompts
from rag.sentences import split_sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A sentence of the model; `passage` is the clause it was to render, None for any of them."""

    text: str
    passage: Passage | None


class Drafter:
    """Writes drafts with a chat model, sentence by sentence as they are finished."""

    def __init__(self, model: BaseChatModel, prompts: Prompts) -> None:
        self._model = model
        self._prompts = prompts

    def write(self, question: str, passages: Sequence[Passage], language: str) -> Iterator[Drafted]:
        """The draft for a question asked in `language`.

        In Chinese the model picks from the clauses what answers the question (traditional
        characters are put in afterwards). Left to answer in another language, the small default
        model mixes the scripts and says back the question, so there it translates the best clause
        of each measure.
        """
        if is_chinese(language):
            in_order = sorted(passages, key=lambda passage: passage.locator)
            messages = self._prompts.ask_for_answer(question, in_order)
            for text in self._generate(messages):
                yield Drafted(text=text, passage=None)
            return
        for passage in _first_of_each_measure(passages):
            messages = self._prompts.ask_for_translation(passage, language)
            for text in self._generate(messages):
                yield Drafted(text=text, passage=passage)

    def _generate(self, messages: list[BaseMessage]) -> Iterator[str]:
        """The reply's sentences; a reader who goes away stops the model at once.

        No parser is piped behind the model: when a stream of such a chain is closed, LangChain
        reads the model's reply to its end first, for tracing.
        """
        chunks = self._model.stream(messages)
        try:
            yield from split_sentences(chunk.text for chunk in chunks)
        finally:
            if isinstance(chunks, Generator):
                chunks.close()


def _first_of_each_measure(passages: Sequence[Passage]) -> list[Passage]:
    first: dict[object, Passage] = {}
    for passage in passages:
        first.setdefault(passage.locator.measure_locator, passage)
    return list(first.values())
