"""A follow-up question made whole with what was asked before.

Whether a question leans on the conversation (那农村的呢？) is told by a logistic model over its vector
and a few signs of its form; `eval.fit_ellipsis` learns it. For another embedder the signs alone decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from index.embed import Embedder
from rag.answer import Role, Turn
from rag.language import detect_language
from rag.question import MAX_CHARACTERS

WEIGHTS = Path(__file__).with_name("ellipsis.json")
# Vectors of one encoder lie close together; spread so far, they count like the signs.
VECTOR_SCALE = 20.0
SIGNS = ("leads", "points_back", "trails_off", "names_and_asks", "is_short", "length")
_LEADS = re.compile(
    r"^(?:那么?|那(?:如果|要是)?|然后|还有|另外|如果|要是|换成|比如|and\b|but\b|what about|how about|then\b|so\b|et\b|y\b|и\b|а\b|und\b|じゃ|では|그럼)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"它|他们|她们|这(?:个|些|项|条|种|样|事|笔|钱)?|那(?:个|些|项|条|种|笔|边)|该|上面|刚才|前面|其中|此|"
    r"\b(?:it|its|that|this|those|these|they|them|there|he|she|same)\b|それ|その|이것|그것|그건",
    re.IGNORECASE,
)
# Who says so starts anew, whatever else the question leans on.
_NEW_TOPIC = re.compile(
    r"(?:换|说|聊|问)(?:一?个|点|下)?(?:别的|其他|其它|另外)?(?:话题|问题|事儿?)(?:哈|吧|啊|哦|，|,|：|$)|另外问|"
    r"\b(?:by the way|on another (?:note|topic|subject)|new (?:question|topic)|different (?:question|topic)|"
    r"change of (?:topic|subject)|autre (?:chose|sujet)|otra cosa)\b",
    re.IGNORECASE,
)
_TRAILS_OFF = re.compile(r"(?:呢|吗)?[？?！!。.\s]*$")
# 票呢，会多一点吗: a thing is named, and asked about in what follows.
_NAMES_AND_ASKS = re.compile(r"呢[\s，,？?！!。]+\S")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SHORT = 12
_SHORT_WORDS = 5
# A word says about as much as so many Chinese characters.
_WORD_LENGTH = 2.2
_LONGEST = 40.0


class EllipsisWeights(BaseModel):
    """A fitted model; `threshold` is the logit from which on a question leans on the conversation."""

    model_config = ConfigDict(frozen=True)
    embedder: str
    centre: tuple[float, ...]
    vector: tuple[float, ...]
    signs: tuple[float, ...]
    intercept: float
    threshold: float
    fitted_on: str


def starts_anew(question: str) -> bool:
    """Whether a question says of itself that it is about something else."""
    return bool(_NEW_TOPIC.search(question))


def read_signs(question: str) -> np.ndarray:
    """The signs of SIGNS, in their order: (6,) float64."""
    length = len(question) if _HAN.search(question) else len(question.split()) * _WORD_LENGTH
    return np.array(
        [
            bool(_LEADS.match(question)),
            bool(_POINTS_BACK.search(question)),
            question.rstrip("？?！!。. ").endswith("呢"),
            bool(_NAMES_AND_ASKS.search(question)),
            _is_short(question),
            np.log(min(_LONGEST, max(1.0, length))),
        ],
        dtype=np.float64,
    )


def _is_short(question: str) -> bool:
    if _HAN.search(question):
        return len(_TRAILS_OFF.sub("", question)) <= _SHORT
    return len(question.split()) <= _SHORT_WORDS


def _changes_language(before: str, question: str) -> bool:
    """Whether somebody else seems to ask: a whole sentence, in another language than the one before.

    A few words may be a follow-up all the same, and tell their language less surely.
    """
    languages = {detect_language(text).partition("-")[0] for text in (before, question)}
    return len(languages) > 1 and not _is_short(question)


class Rewriter:
    """Makes follow-ups whole."""

    def __init__(self, embedder: Embedder, weights: EllipsisWeights | None) -> None:
        self._embedder = embedder
        self._weights = weights

    @classmethod
    def load(cls, embedder: Embedder, path: Path = WEIGHTS) -> Rewriter:
        """With the shipped model, where it was fitted for this embedder."""
        weights = None
        if path.is_file():
            weights = EllipsisWeights.model_validate_json(path.read_bytes())
            if weights.embedder != embedder.name:
                weights = None
        return cls(embedder, weights)

    def rewrite(self, question: str, history: Sequence[Turn]) -> str:
        """The question with the last question of the conversation before it, where it is elliptical.

        A whole question is returned as it is. Only what the asker said is used: an answer may be
        long, or, in a batch, forged; and no more of it than may be asked.
        """
        asked = [
            turn.content[:MAX_CHARACTERS].strip() for turn in history if turn.role is Role.USER
        ]
        if not asked or _changes_language(asked[-1], question) or not self.is_elliptical(question):
            return question
        return f"{asked[-1]} {question}"

    def is_elliptical(self, question: str) -> bool:
        """Whether a question leans on what was said before."""
        if starts_anew(question):
            return False
        signs = read_signs(question)
        if self._weights is None:
            leads, points_back, _, _, is_short, _ = signs
            return bool(is_short or ((leads or points_back) and len(question) <= 4 * _SHORT))
        vector = self._embedder.embed_query(question) - np.array(self._weights.centre)
        logit = VECTOR_SCALE * vector @ np.array(self._weights.vector)
        logit += signs @ np.array(self._weights.signs) + self._weights.intercept
        return bool(logit >= self._weights.threshold)
