"""In another language the best clause is translated, and shown only once that is checked."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from fakes import ASKED_AT, FakeEmbedder, FakeGate, FakeHost, FakeModel

from corpus.document import Document
from corpus.load import DEFAULT_TEXTS
from index.build import build
from index.search import Index
from rag.answer import Answer, Label, Origin, Status
from rag.assistant import Assistant
from rag.prompt import load_prompts
from rag.retrieve import PolicyRetriever

QUESTION = "What does the plan say about REITs and REITs and (REITs)?"
FAITHFUL = (
    "Support eligible projects in consumption, culture and tourism in issuing infrastructure "
    "real estate investment trusts (REITs)."
)
Ask = Callable[[FakeModel], Answer]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """As for a policy that is new: without plain questions. English has few pairs of letters."""
    folder, embedder = tmp_path_factory.mktemp("new"), FakeEmbedder(dimension=2048)
    shutil.copytree(DEFAULT_TEXTS, folder / "texts", ignore=shutil.ignore_patterns("*.questions.*"))
    build(folder / "texts", folder / "index", embedder)
    return Index.open(folder / "index", embedder)


@pytest.fixture
def ask(documents: tuple[Document, ...], index: Index) -> Ask:
    def ask(model: FakeModel) -> Answer:
        assistant = Assistant(
            documents=documents,
            retriever=PolicyRetriever(index=index),
            gate=FakeGate(),  # type: ignore[arg-type]
            prompts=load_prompts(),
            model=FakeHost(chat_model=model),  # type: ignore[arg-type]
            clock=lambda: ASKED_AT,
        )
        return assistant.ask(QUESTION)

    return ask


def test_the_best_clause_is_what_the_model_is_asked_to_translate(ask: Ask) -> None:
    model = FakeModel(reply=FAITHFUL)
    answer = ask(model)
    assert answer.language == "en"
    assert answer.hits[0].passage.text in str(model.asked[0][-1].content)
    assert "English" in str(model.asked[0])


def test_a_faithful_translation_is_shown_with_its_clause(ask: Ask) -> None:
    answer = ask(FakeModel(reply=FAITHFUL))
    assert (answer.origin, answer.cited[0]) == (Origin.MODEL, 27)
    (citation,) = answer.statements[0].citations
    assert answer.statements[0].text == FAITHFUL
    assert "REITs" in citation.quote


@pytest.mark.parametrize(
    "reply",
    [
        FAITHFUL.replace("(REITs)", "(REITs) with 500 million yuan"),
        FAITHFUL.replace("(REITs)", "(REITs) with forty yuan each"),
        FAITHFUL.replace("Support eligible", "All"),
        FAITHFUL.replace("Support", "The state must support"),
        FAITHFUL.replace("eligible ", ""),
        FAITHFUL.replace("Support", "Do not support"),
        FAITHFUL.replace("tourism", "文化旅游"),
        FAITHFUL.replace("(REITs)", "(REITs), see http://evil.example"),
        FAITHFUL.replace("(REITs)", "<b>REITs</b>"),
        "REITs are supported.",
        "Everyone will receive 500 yuan under measure 77.",
        "支持符合条件的消费、文化旅游等领域项目发行REITs。",
        "I am sorry, but as an AI I cannot answer this question about it.",
        "",
    ],
)
def test_any_other_gives_way_to_the_official_clause(ask: Ask, reply: str) -> None:
    answer = ask(FakeModel(reply=reply))
    assert answer.status is Status.ANSWERED
    assert answer.origin is Origin.EXTRACTIVE
    for statement in answer.statements:
        assert statement.text == statement.citations[0].quote
        assert statement.verdict.label is Label.SUPPORTED
    assert reply not in {s.text for s in answer.statements}
