"""What the language model writes: an answer out of the clauses, or a clause in another language.

Its words are data here. Nothing in them is followed, and none is shown before its check.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.runnables import Runnable, RunnableGenerator

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
        self._prompts = prompts
        self.chain: Runnable[list[BaseMessage], str] = (
            model | StrOutputParser() | RunnableGenerator(split_sentences)
        )

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
            yield from (Drafted(text=text, passage=None) for text in self.chain.stream(messages))
            return
        for passage in _first_of_each_measure(passages):
            messages = self._prompts.ask_for_translation(passage, language)
            for text in self.chain.stream(messages):
                yield Drafted(text=text, passage=passage)


def _first_of_each_measure(passages: Sequence[Passage]) -> list[Passage]:
    first: dict[object, Passage] = {}
    for passage in passages:
        first.setdefault(passage.locator.measure_locator, passage)
    return list(first.values())
