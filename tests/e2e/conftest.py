"""One real assistant for all tests here: loading it takes seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.build import build
from index.embed import SentenceEmbedder
from index.search import Index
from rag.assistant import Assistant
from rag.build import assemble
from rag.model import ModelHost
from rag.settings import Settings


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The assistant of the default settings over an index of its own, its model ready."""
    settings = Settings(index=Path(tmp_path_factory.mktemp("index")))
    embedder = SentenceEmbedder(settings.embedder)
    build(settings.texts, settings.index, embedder)
    model = ModelHost(settings)
    model.start()
    built = assemble(settings, Index.open(settings.index, embedder), model)
    built.wait_for_model()
    assert model.failure == ""
    yield built
