"""What the tests of the chain share: the shipped policy, indexed by the fake embedder."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import ASKED_AT, FakeEmbedder, FakeHost, FakeModel

from corpus.document import Document
from corpus.load import DEFAULT_TEXTS, load_corpus
from index.build import build
from index.passage import Passage, cut_passages
from index.search import Index
from rag.assistant import Assistant
from rag.gate import Gate
from rag.prompt import load_prompts
from rag.retrieve import PolicyRetriever

MakeAssistant = Callable[[FakeModel | None], Assistant]


@pytest.fixture(scope="session")
def documents() -> tuple[Document, ...]:
    return load_corpus()


@pytest.fixture(scope="session")
def document(documents: tuple[Document, ...]) -> Document:
    return documents[0]


@pytest.fixture(scope="session")
def passages(documents: tuple[Document, ...]) -> tuple[Passage, ...]:
    return cut_passages(documents, len)


@pytest.fixture(scope="session")
def clause(passages: tuple[Passage, ...]) -> Callable[[str], Passage]:
    """The one clause that holds these words."""

    def find(words: str) -> Passage:
        (found,) = (p for p in passages if words in p.text)
        return found

    return find


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    out = tmp_path_factory.mktemp("index")
    build(DEFAULT_TEXTS, out, FakeEmbedder())
    return Index.open(out, FakeEmbedder())


@pytest.fixture(scope="session")
def make_assistant(documents: tuple[Document, ...], index: Index) -> MakeAssistant:
    """An assistant with this model, or with the model off; everything else is real."""
    gate, prompts = Gate(index), load_prompts()

    def make(model: FakeModel | None) -> Assistant:
        return Assistant(
            documents=documents,
            retriever=PolicyRetriever(index=index),
            gate=gate,
            prompts=prompts,
            model=FakeHost(chat_model=model),  # type: ignore[arg-type]
            clock=lambda: ASKED_AT,
        )

    return make
