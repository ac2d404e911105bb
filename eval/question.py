"""Evaluation questions: what is asked, what a right answer holds, and which half each is in."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from corpus.errors import PolicyQAError
from index.jsonl import read_lines

QUESTIONS = Path(__file__).resolve().parent / "questions" / "policy.jsonl"


def _named(*names: str) -> tuple[Path, ...]:
    return tuple(QUESTIONS.with_name(f"{name}.jsonl") for name in names)


# The authors of all these had only the text. The oldest, scored many times, are learned from
# (eval.fit_further). The next say how the gate weighs its opinions (eval.fit_gate), and nothing else is
# learned from them; from the newest nothing is.
LEARNED = _named(
    "unseen", "exam", "trial", "assay", "audit", "hearing", "docket", "canvass", "inquiry"
)
CALIBRATION = _named("poll", "census", "survey", "tally", "ballot", "roster")
UNSEEN = (
    *CALIBRATION,
    *_named("forum", "hotline", "switchboard", "counter", "letters", "kiosk", "desk", "parlour"),
)
# The report half of the first 298 questions was read while defects were mended, so that all of
# them are for development now.
_READ = frozenset(f"q{n:03}" for n in range(1, 299))

Kind = Literal["plain", "slang", "list", "cross", "structure", "followup", "premise",
               "unanswerable", "offtopic", "injection"]  # fmt: skip
Asked = Literal["", "amount", "date", "place", "procedure", "whom", "eligibility", "detail"]
Split = Literal["dev", "report"]
Filled = Annotated[str, Field(min_length=1)]
Group = Annotated[tuple[Filled, ...], Field(min_length=1)]


class Turn(BaseModel):
    """One earlier turn of the conversation."""

    model_config = ConfigDict(frozen=True)
    role: Literal["user", "assistant"]
    content: Filled


class Question(BaseModel):
    """One citizen's question, and what a right answer must and must not hold.

    `measures` are all that a whole answer cites, `acceptable_measures` may be cited beside them.
    Each group of `must_include` is one key fact in its alternative wordings. `asks` tells what an
    unanswerable question wants to know.
    """

    model_config = ConfigDict(frozen=True)
    id: str = Field(pattern=r"^q\d{3,4}$")
    lang: Literal["zh", "zh-Hant", "en", "ja", "ko", "fr", "es", "ru", "ar", "de"]
    kind: Kind
    question: str = Field(min_length=2)
    history: tuple[Turn, ...]
    answerable: bool
    measures: tuple[int, ...]
    acceptable_measures: tuple[int, ...]
    must_include: tuple[Group, ...] = Field(max_length=3)
    must_not_include: tuple[Filled, ...]
    evidence: tuple[Filled, ...]
    asks: Asked = ""
    note: Filled


def load_questions(path: Path) -> list[Question]:
    """Questions in file order.

    Raises:
        PolicyQAError: the file cannot be read, a line is not a question, or two have the same id.
    """
    questions = read_lines(path, Question)
    # Replies are kept by id: one of the two would be scored with the other's.
    counts = Counter(question.id for question in questions)
    if repeated := [f"id {key} stands {n} times" for key, n in counts.items() if n > 1]:
        raise PolicyQAError(f"{path}: {'; '.join(repeated)}")
    return questions


def _digest(question_id: str) -> bytes:
    return hashlib.sha256(question_id.encode()).digest()


def split_of(question_id: str) -> Split:
    """dev or report, by a hash of the id: nobody chooses, and adding questions moves none."""
    is_dev = question_id in _READ or _digest(question_id)[0] % 2 == 0
    return "dev" if is_dev else "report"


def in_asking_order(questions: Iterable[Question]) -> list[Question]:
    """By the hash of the id, always the same: any first N of them are a fair sample of the kinds."""
    return sorted(questions, key=lambda question: _digest(question.id)[1:])
