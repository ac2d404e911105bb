"""A policy that nothing was learned from is answered and refused like the first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eval.plans import load_plan_questions, open_plan, text_of
from index.embed import SentenceEmbedder
from rag.assistant import Assistant
from rag.build import assemble
from rag.model import ModelHost
from rag.settings import Backend, Settings

pytestmark = pytest.mark.model
_ASKED = 12


@pytest.fixture(scope="module")
def parks() -> Iterator[Assistant]:
    """The assistant over a made-up plan alone, without a language model to write."""
    settings = Settings(texts=text_of("parks"), backend=Backend.NONE)
    with open_plan("parks", SentenceEmbedder(settings.embedder)) as index:
        yield assemble(settings, index, ModelHost(settings))


def test_most_of_what_it_says_is_found_and_most_of_what_it_does_not_is_refused(
    parks: Assistant,
) -> None:
    asked = load_plan_questions("parks")
    answered = [q for q in asked if q.measures][:_ASKED]
    silent = [q for q in asked if not q.measures][:_ASKED]
    cited = [set(parks.ask(q.question).cited) for q in answered]
    n_right = sum(bool(set(q.measures) & found) for q, found in zip(answered, cited, strict=True))
    n_refused = sum(not parks.ask(q.question).cited for q in silent)
    assert n_right >= _ASKED * 2 / 3 and n_refused >= _ASKED / 2, (n_right, n_refused)
