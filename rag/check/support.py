"""How likely it is that a clause supports a sentence, learned from labelled pairs.

The rules of `rag.check` forbid what they can name: a foreign figure, a lost 鼓励, a turned direction.
What is left is whether the sentence's other words say what the clause says. A logistic model over the
signs of `rag.check.signs` and what a cross-encoder makes of both together decides; `eval.fit_support`
learns it, `eval.fit_support_encoder` the cross-encoder.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict

from corpus.questions import clause_hash
from index.cross_encoder import CrossEncoder
from index.embed import Embedder
from index.passage import Passage
from rag.check.segments import cover, fold_for_match, segments_of
from rag.check.signs import (
    CHINESE_SIGNS,
    ENGLISH_SIGNS,
    chinese_signs,
    english_signs,
    read,
    segment_means,
)
from rag.language import is_chinese
from rag.products import SignWeights
from rag.second import SecondReading, probability_of

_log = logging.getLogger("policyqa")
WEIGHTS = Path(__file__).with_name("support.json")
ENCODER = Path(__file__).with_name("support_encoder.npz")
_KEPT_CLAUSES = 512  # with their renderings
# An English sentence speaks of the clause's segments that it renders this nearly as well as its best.
_AS_WELL = 0.008


class SecondReader(Protocol):
    """Another model that reads sentence and clause."""

    @property
    def name(self) -> str:
        """Which model it is."""

    def support(self, sentence: str, passage: Passage, language: str) -> float | None:
        """The log odds that the clause says all that the sentence says; None: no word."""


class LanguageWeights(BaseModel):
    """A fitted model over the signs of a language, and behind them the cross-encoder's logit where it
    was fitted with that; `threshold` is the least probability to pass."""

    model_config = ConfigDict(frozen=True)
    signs: SignWeights
    threshold: float
    second: SecondReading | None = None


class SupportWeights(BaseModel):
    """Both fitted models, the embedder whose vectors they were fitted on, and the second reader whose
    odds."""

    model_config = ConfigDict(frozen=True)
    embedder: str
    second_reader: str = ""
    chinese: LanguageWeights
    english: LanguageWeights
    fitted_on: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely it is that a clause supports a sentence, and the least that passes.

    `by_model`: the second reader was asked too.
    """

    probability: float
    least: float
    by_model: bool

    @property
    def passes(self) -> bool:
        """Whether the sentence is held to be supported."""
        return self.probability >= self.least


class Support:
    """Reads sentence and clause, and judges where it was fitted for the embedder.

    `english` are renderings by clause hash; an English sentence about a clause without one cannot be
    judged here. `second` is asked about borderline sentences, where it is the one that was fitted on
    and is ready. `together` reads a sentence and its clause, in English the clause's rendering, as one.
    """

    def __init__(
        self,
        weights: SupportWeights | None,
        embedder: Embedder,
        english: Mapping[str, str],
        second: SecondReader | None = None,
        together: CrossEncoder | None = None,
    ) -> None:
        self._second = second
        self._together = together
        self._weights = weights
        self._embedder = embedder
        self._english = english
        self._read_clause = lru_cache(_KEPT_CLAUSES)(lambda text: read(text, embedder))
        self._embed_segments = lru_cache(_KEPT_CLAUSES)(
            lambda text: np.stack([_embed(part, embedder) for part in segments_of(text)])
        )

    @classmethod
    def load(
        cls,
        embedder: Embedder,
        renderings: Mapping[str, Mapping[str, str]],
        second: SecondReader | None = None,
        path: Path = WEIGHTS,
    ) -> Support | None:
        """The shipped models; None where they were fitted for another embedder, or with a
        cross-encoder that cannot be run."""
        if not path.is_file():
            return None
        weights = SupportWeights.model_validate_json(path.read_bytes())
        if weights.embedder != embedder.name:
            return None
        if second is not None and second.name not in ("", weights.second_reader):
            _log.warning(
                "%s is not asked about borderline sentences, since nothing is known of its odds; "
                "to learn it: python -m eval.fit_support",
                second.name,
            )
        together = CrossEncoder.load(embedder, ENCODER)
        fitted = (len(weights.chinese.signs.mean), len(weights.english.signs.mean))
        n_more = together is not None
        if fitted != (len(CHINESE_SIGNS) + n_more, len(ENGLISH_SIGNS) + n_more):
            return None
        return cls(weights, embedder, renderings.get("en", {}), second, together)

    def read_ahead(self, passages: Iterable[Passage]) -> None:
        """Read clauses and renderings before a sentence is held against them."""
        for passage in itertools.islice(passages, _KEPT_CLAUSES // 2):
            self._read_clause(passage.text)
            self._embed_segments(passage.text)
            if self._together is not None:
                self._together.read_ahead(passage.text)
            if rendering := self.rendering(passage, "en"):
                self._read_clause(rendering)
                if self._together is not None:
                    self._together.read_ahead(rendering)

    def rendering(self, passage: Passage, language: str) -> str:
        """The words kept for a clause in a language other than Chinese, or ""."""
        return self._english.get(clause_hash(passage.text), "") if language == "en" else ""

    def can_judge(self, passage: Passage, language: str) -> bool:
        """Whether there is all that is needed to judge a sentence in this language."""
        return is_chinese(language) or bool(self.rendering(passage, language))

    def held(self, passage: Passage, language: str) -> str:
        """What a sentence in this language is held against, where `can_judge` says so."""
        return self.rendering(passage, language) or passage.text

    def signs(self, sentence: str, passage: Passage, language: str) -> np.ndarray:
        """The signs of the language and the cross-encoder's, where `can_judge` says so."""
        signs = self._own_signs(sentence, passage, language)
        if self._together is None:
            return signs
        logit = self._together.logit(fold_for_match(sentence), self.held(passage, language))
        return np.append(signs, 0.0 if logit is None else logit)

    def _own_signs(self, sentence: str, passage: Passage, language: str) -> np.ndarray:
        said, clause = read(sentence, self._embedder), self._read_clause(passage.text)
        if is_chinese(language):
            context = "。".join(passage.heading_path)
            return chinese_signs(said, clause, cover(sentence, passage.text, context), context)
        rendering = self._read_clause(self.rendering(passage, language))
        return english_signs(said, rendering, clause)

    def judge(
        self, sentence: str, passage: Passage, language: str, *, may_ask: bool = True
    ) -> Judgement:
        """Whether the clause supports the sentence; the second reader is asked only if it `may_ask`.

        Raises:
            ValueError: nothing was fitted.
        """
        if self._weights is None:
            raise ValueError("no weights were fitted")
        own = self._weights.chinese if is_chinese(language) else self._weights.english
        logit = own.signs.logit(self.signs(sentence, passage, language))
        first = Judgement(probability_of(logit), own.threshold, by_model=False)
        weighed = own.second
        if not may_ask or weighed is None or not weighed.is_asked(first.probability):
            return first
        odds = self._ask_second(sentence, passage, language)
        if odds is None:
            return first
        return Judgement(weighed.weigh(logit, odds), weighed.threshold, by_model=True)

    def _ask_second(self, sentence: str, passage: Passage, language: str) -> float | None:
        """Its log odds, None where it is another than was fitted on, or not there."""
        fitted_on = self._weights.second_reader if self._weights else ""
        if self._second is None or self._second.name != fitted_on:
            return None
        return self._second.support(sentence, passage, language)

    def spoken_segments(self, sentence: str, passage: Passage) -> tuple[int, ...]:
        """The segments of the clause that a sentence in another language renders, by index."""
        said, clause = read(sentence, self._embedder), self._read_clause(passage.text)
        near = segment_means(clause, (said.tokens @ clause.tokens.T).max(axis=0))
        return tuple(i for i, value in enumerate(near) if value >= max(near) - _AS_WELL)

    def asked_segment(self, question: str, passage: Passage) -> int:
        """The segment of the clause that a question is nearest to, by index.

        By the segments' own vectors: of 698 questions, each with the words of a clause that answer
        it, 0.75 get a segment of those so, and 0.70 by the clause's tokens.
        """
        return int(np.argmax(self._embed_segments(passage.text) @ _embed(question, self._embedder)))


def _embed(text: str, embedder: Embedder) -> np.ndarray:
    return embedder.embed_query(fold_for_match(text))
