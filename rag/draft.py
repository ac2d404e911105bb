"""The LangChain chain that writes a draft: fill the prompt, generate, cut into sentences."""

from __future__ import annotations

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda

from index.passage import Passage
from rag.prompt import Prompts
from rag.sentences import split_sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRequest:
    """What the model is given."""

    question: str
    passages: tuple[Passage, ...]
    language: str


def draft_chain(model: BaseChatModel, prompts: Prompts) -> Runnable[DraftRequest, str]:
    """A Runnable from a request to sentences; `stream` yields each sentence as it is finished.

    The model's words are data here: nothing in them is followed, and no sentence is shown before
    its check.
    """

    def fill(request: DraftRequest) -> list[BaseMessage]:
        return prompts.fill(
            question=request.question, passages=request.passages, language=request.language
        )

    return RunnableLambda(fill) | model | StrOutputParser() | RunnableGenerator(split_sentences)
