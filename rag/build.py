"""The assistant put together from the settings."""

from __future__ import annotations

from pathlib import Path

from corpus.load import load_corpus
from index.embed import SentenceEmbedder
from index.search import open_default, open_named
from rag.assistant import Assistant
from rag.gate import Gate
from rag.model import ModelHost
from rag.prompt import load_prompts
from rag.retrieve import PolicyRetriever
from rag.settings import Settings


def build_assistant(settings: Settings, *, index: Path | None = None) -> Assistant:
    """The assistant of the settings, its language model still loading in the background.

    The default weights are fetched and the default index is built when they are missing or stale.

    Raises:
        PolicyQAError: a text, prompt, model or index named in the settings cannot be used.
    """
    prompts = load_prompts()
    model = ModelHost(settings)
    documents = load_corpus(settings.texts)
    if index is not None:
        opened = open_named(index)
    else:
        embedder = SentenceEmbedder(settings.embedder)
        opened = open_default(embedder, settings.texts, settings.index)
    model.start()
    return Assistant(
        documents=documents,
        retriever=PolicyRetriever(index=opened),
        gate=Gate(opened.embedder),
        prompts=prompts,
        model=model,
    )
