"""The assistant put together from the settings."""

from __future__ import annotations

from pathlib import Path

from corpus.load import load_corpus
from corpus.renderings import load_renderings
from index.embed import SentenceEmbedder
from index.search import Index, open_default, open_named
from rag.assistant import Assistant
from rag.entailment import second_reader
from rag.gate import Gate
from rag.language import detect_language
from rag.measure_attention import MeasureAttention
from rag.model import ModelHost
from rag.prompt import load_prompts
from rag.read_topics import ReadTopics
from rag.reader import QuestionReader
from rag.retrieve import PolicyRetriever
from rag.settings import Settings


def assemble(
    settings: Settings,
    index: Index,
    model: ModelHost,
    *,
    reader: QuestionReader | None = None,
    retriever: PolicyRetriever | None = None,
) -> Assistant:
    """The assistant over an open index and a model host; `reader`, which may be shared by several
    assistants, and `retriever` take the places of its own.

    Raises:
        PolicyQAError: a text, a prompt or the model for inference cannot be used.
    """
    reader = reader or QuestionReader(settings)
    reader.start()
    detect_language("Loads the model that tells Latin languages apart, before anybody waits.")
    prompts = load_prompts()
    return Assistant(
        documents=load_corpus(settings.texts),
        retriever=retriever or open_retriever(index, reader),
        gate=Gate(index, reader=reader, read=ReadTopics.load(reader)),
        prompts=prompts,
        model=model,
        second=second_reader(settings, model, prompts),
        renderings=load_renderings(settings.texts),
    )


def open_retriever(index: Index, reader: QuestionReader) -> PolicyRetriever:
    """The retriever of an index that a reader, started already, has a say in."""
    return PolicyRetriever(
        index=index, read=ReadTopics.load(reader), attention=MeasureAttention.load(reader)
    )


def open_index(settings: Settings) -> Index:
    """The settings' index, built when missing or stale; the default weights are fetched.

    Raises:
        PolicyQAError: a text or the embedder cannot be used.
    """
    embedder = SentenceEmbedder(settings.embedder)
    return open_default(embedder, settings.texts, settings.index, place=settings.vectors)


def build_assistant(settings: Settings, *, index: Path | None = None) -> Assistant:
    """The assistant of the settings, its language model still loading in the background.

    The default weights are fetched and the default index is built when they are missing or stale.

    Raises:
        PolicyQAError: a text, prompt, model or index named in the settings cannot be used.
    """
    model = ModelHost(settings)
    opened = open_index(settings) if index is None else open_named(index, place=settings.vectors)
    model.start()
    return assemble(settings, opened, model)
