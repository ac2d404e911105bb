"""The questions that the small models of rag learn from; none of them is reported on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from pydantic import BaseModel

from eval import question as asked
from eval.question import LEARNED, QUESTIONS, Question, load_questions, split_of
from rag.answer import Role, Turn
from rag.weighing import is_short

TUNING = QUESTIONS.with_name("tuning.jsonl")
MEASURES = QUESTIONS.with_name("measures.jsonl")
JUDGED = QUESTIONS.with_name("scope.jsonl")
FOLLOW_UPS = QUESTIONS.with_name("followups.jsonl")
MISUSE = QUESTIONS.with_name("misuse.jsonl")
MISUSE_UNSEEN = QUESTIONS.with_name("misuse_unseen.jsonl")
HALVES = QUESTIONS.with_name("halves.jsonl")
SHORT = QUESTIONS.with_name("short.jsonl")
ALIKE = QUESTIONS.with_name("alike.jsonl")


class AboutMeasures(BaseModel):
    """A line of measures.jsonl. Kind `passing`: other matters are named, one is asked about; `short`: typed in
    a hurry, a few characters."""

    lang: str
    kind: asked.Kind | str
    question: str
    measures: tuple[int, ...]


class Judged(BaseModel):
    """A line of scope.jsonl: a question, and whether the corpus answers it."""

    lang: str
    question: str
    answered: bool = False


class Typed(BaseModel):
    """A line of short.jsonl or alike.jsonl: a question, and the measures that answer it, none where none does."""

    lang: str
    question: str
    measures: tuple[int, ...]


class Misuse(BaseModel):
    """A line of misuse.jsonl or misuse_unseen.jsonl. Kind `misuse`: the assistant is to break its rules, play, invent or write,
    and nothing is asked of the policy; `real`: a question that measures answer, with a command or a
    frame around it; `innocent`: one without, in words that may be taken for it; `unsaid`: one that none answers."""

    lang: str
    kind: Literal["misuse", "real", "innocent", "unsaid"]
    question: str
    measures: tuple[int, ...]


class FollowUp(BaseModel):
    """A line of followups.jsonl: a conversation, and the measures that answer its last question."""

    lang: str
    kind: Literal[
        "answered, elliptical",
        "answered, topic change",
        "answered, several",
        "answered, detail held",
        "unanswered",
    ]
    history: tuple[asked.Turn, ...]
    question: str
    measures: tuple[int, ...]


class Half(BaseModel):
    """A line of halves.jsonl: a message, the measures that answer it, and its words for each wish on
    which the policy is silent. Kind `whole`: several wishes, none silent; `none`: several, all silent;
    `story`: one, told at length."""

    lang: str
    kind: Literal["half", "whole", "none", "story"]
    question: str
    measures: tuple[int, ...]
    unsaid: tuple[str, ...]


_Line = TypeVar("_Line", bound=BaseModel)


def _load(path: Path, kind: type[_Line]) -> list[_Line]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [kind.model_validate_json(line) for line in lines]


def load_about_measures() -> list[AboutMeasures]:
    """The questions of measures.jsonl in file order."""
    return _load(MEASURES, AboutMeasures)


def load_judged() -> list[Judged]:
    """The questions of scope.jsonl in file order."""
    return _load(JUDGED, Judged)


def load_short() -> list[Typed]:
    """The queries of short.jsonl in file order: typed in a hurry. The gate's opinions are weighed on them,
    and learned from the short ones of other authors."""
    return _load(SHORT, Typed)


def load_alike() -> list[Typed]:
    """The questions of alike.jsonl in file order. Their authors had only the text, as those of the
    evaluation's have, and wrote what people would ask, half of it not answered."""
    return _load(ALIKE, Typed)


def load_misuse(path: Path = MISUSE) -> list[Misuse]:
    """The messages of misuse.jsonl in file order, or of MISUSE_UNSEEN, which nothing is learned from."""
    return _load(path, Misuse)


def load_follow_ups() -> list[FollowUp]:
    """The conversations of followups.jsonl in file order."""
    return _load(FOLLOW_UPS, FollowUp)


def load_halves() -> list[Half]:
    """The messages of halves.jsonl in file order."""
    return _load(HALVES, Half)


def load_developed() -> list[Question]:
    """The development half of the evaluation questions, and tuning.jsonl."""
    developed = [q for q in load_questions(QUESTIONS) if split_of(q.id) == "dev"]
    return [*developed, *load_questions(TUNING)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A question in its conversation, and the measures that it is about; none where none answers it."""

    kind: str
    question: str
    history: tuple[Turn, ...]
    measures: frozenset[int]
    acceptable: frozenset[int] = frozenset()


def _labelled(question: Question) -> Labelled:
    return Labelled(
        kind=question.kind,
        question=question.question,
        history=as_turns(question.history),
        measures=frozenset(question.measures),
        acceptable=frozenset(question.acceptable_measures),
    )


def load_labelled() -> Iterator[Labelled]:
    """Every question to learn from whose measures are known; none about the document's build."""
    for q in load_developed():
        if q.answerable and q.measures and q.kind != "structure":
            yield _labelled(q)
    for about in load_about_measures():
        yield Labelled(
            kind=f"{about.kind}, measures.jsonl",
            question=about.question,
            history=(),
            measures=frozenset(about.measures),
        )
    for follow_up in load_follow_ups():
        if follow_up.measures:
            yield Labelled(
                kind=f"follow-up {follow_up.kind}",
                question=follow_up.question,
                history=as_turns(follow_up.history),
                measures=frozenset(follow_up.measures),
            )


def load_like_asked() -> Iterator[Labelled]:
    """The questions to learn from that are asked as the evaluation's are, those that nothing answers too."""
    for q in (q for path in LEARNED for q in load_questions(path)):
        if q.kind not in ("structure", "injection"):
            yield _labelled(q)
    for typed in load_alike():
        yield Labelled(
            kind="alike", question=typed.question, history=(), measures=frozenset(typed.measures)
        )
    # What is typed in a hurry stands in neither, and would be forgotten.
    for about in load_about_measures():
        if about.kind == "short":
            yield Labelled(
                kind="short",
                question=about.question,
                history=(),
                measures=frozenset(about.measures),
            )
    for judged in load_judged():
        if not judged.answered and is_short(judged.question):
            yield Labelled(kind="short", question=judged.question, history=(), measures=frozenset())


def as_turns(history: Sequence[asked.Turn]) -> tuple[Turn, ...]:
    """A conversation as the assistant takes it."""
    return tuple(Turn(role=Role(turn.role), content=turn.content) for turn in history)


def rounded(values: np.ndarray) -> tuple[float, ...]:
    """Weights as they are shipped: five decimals."""
    return tuple(round(float(value), 5) for value in values)
