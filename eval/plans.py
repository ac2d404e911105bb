"""Policies that nothing was learned from: four made-up plans in the form of the real one, each with 120 questions
by the author of its text, half of which it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import BaseModel, ConfigDict

from corpus.lines import read_lines
from eval.question import QUESTIONS
from index.build import build
from index.cache import default_cache
from index.embed import Embedder
from index.search import Index

PLANS = Path(__file__).with_name("plans")
NAMES = ("parks", "clinics", "logistics", "youth")
_ASKED = QUESTIONS.with_name("plans.jsonl")


class PlanQuestion(BaseModel):
    """A line of plans.jsonl: `measures` of the plan answer it, none where the plan does not."""

    model_config = ConfigDict(frozen=True)
    plan: str
    lang: str
    question: str
    measures: tuple[int, ...]


def text_of(name: str) -> Path:
    """The file of a plan."""
    return PLANS / f"{name}.txt"


def load_plan_questions(name: str) -> list[PlanQuestion]:
    """A plan's questions in file order."""
    return [q for q in read_lines(_ASKED, PlanQuestion, "question") if q.plan == name]


@contextmanager
def open_plan(name: str, embedder: Embedder) -> Iterator[Index]:
    """A plan's index, alone, for as long as it is needed."""
    with TemporaryDirectory() as folder:
        build(text_of(name), Path(folder), embedder, cache=default_cache(embedder), place="")
        index = Index.open(Path(folder), embedder, place="")
        try:
            yield index
        finally:
            index.close()
