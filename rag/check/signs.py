"""The signs by which a learned judge tells a faithful sentence from an altered one.

They are read from the characters that sentence and clause share and from the token vectors of both:
for each token of one, the nearest of the other (after BERTScore: Zhang et al., ICLR 2020). In Chinese `rag.check.joints`
tells in which order they share them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rag.check.joints import JOINT_SIGNS, joint_signs
from rag.check.segments import (
    FUNCTION_CHARACTERS,
    Coverage,
    fold_for_match,
    segments_of,
    shared_with,
)

CHINESE_SIGNS = (
    "share",
    "missing",
    "longest_missing",
    "dropped",
    "longest_dropped",
    "kept",
    "headless",
    "strange_nearest",
    "strange_mean",
    "strange_lack",
    "said_mean",
    "said_worst",
    "said_low",
    "held_mean",
    "held_low",
    "segment",
    "cosine",
    "length",
    *JOINT_SIGNS,
)
ENGLISH_SIGNS = (
    "share",
    "missing",
    "strange_nearest",
    "strange_mean",
    "strange_lack",
    "said_mean",
    "said_worst",
    "said_low",
    "held_mean",
    "held_low",
    "held_share",
    "segment",
    "cosine",
    "length",
    "clause_said_mean",
    "clause_said_low",
    "clause_held_mean",
    "clause_segment",
    "clause_cosine",
)
_LOW = 0.1  # this quantile, so that one stray token does not decide
_ENGLISH_WORD = re.compile(r"[a-z][a-z'-]*")
# Two English words whose first letters are the same are forms of one.
_STEM = 5
_FUNCTION_WORDS = frozenset(
    "a an the and or of to in on at by for with from into as is are be been being was were will would "
    "it its this that these those there their they them which who what so such than then also has have "
    "had do does may can yes policy plan".split()
)


class TokenReader(Protocol):
    """What of an Embedder the signs need."""

    def embed_query(self, text: str) -> np.ndarray:
        """(dimension,) float32 of length 1."""

    def embed_query_tokens(self, text: str) -> np.ndarray:
        """(n_tokens, dimension) float32 with unit rows."""

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Each row's place in the text, as half-open character offsets."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the encoder sees it."""

    text: str
    vector: np.ndarray
    tokens: np.ndarray
    spans: tuple[tuple[int, int], ...]


def read(text: str, reader: TokenReader) -> Reading:
    """A text folded for matching (NFKC, simplified, lower case) and embedded."""
    folded = fold_for_match(text)
    spans = tuple(reader.token_spans(folded))
    return Reading(folded, reader.embed_query(folded), reader.embed_query_tokens(folded), spans)


@dataclass(frozen=True, slots=True)
class _Nearest:
    """For each token of the sentence and of the text, how near the nearest of the other is."""

    said: np.ndarray
    held: np.ndarray

    @classmethod
    def between(cls, said: Reading, held: Reading) -> _Nearest:
        near = said.tokens @ held.tokens.T
        return cls(near.max(axis=1), near.max(axis=0))


def _strange(near: list[float]) -> list[float]:
    """Of the sentence's words that the text has not: the nearest of the worst, mean, and lack."""
    if not near:
        return [1.0, 1.0, 0.0]
    return [min(near), sum(near) / len(near), sum(1 - value for value in near)]


def _low(values: np.ndarray) -> float:
    return float(np.quantile(values, _LOW))


def chinese_signs(said: Reading, held: Reading, coverage: Coverage, context: str) -> np.ndarray:
    """The signs of CHINESE_SIGNS, in their order: (32,) float64.

    `coverage` and `context` (the clause's headings) are those of `segments.cover`.
    """
    near = _Nearest.between(said, held)
    shared = shared_with(said.text, held.text + "\n" + fold_for_match(context))
    strange = [
        float(value)
        for (start, end), value in zip(said.spans, near.said, strict=False)
        if _is_strange(said.text, start, end, shared)
    ]
    missing, dropped = [*map(len, coverage.missing)], [*map(len, coverage.dropped)]
    return np.array(
        [
            coverage.share,
            sum(missing),
            max(missing, default=0),
            sum(dropped),
            max(dropped, default=0),
            coverage.kept,
            bool(coverage.headless),
            *_strange(strange),
            near.said.mean(),
            near.said.min(),
            _low(near.said),
            near.held.mean(),
            _low(near.held),
            max(segment_means(held, near.held)),
            said.vector @ held.vector,
            len(said.text) / len(held.text),
            *joint_signs(said.text, held.text),
        ],
        dtype=np.float64,
    )


def _is_strange(text: str, start: int, end: int, shared: set[int]) -> bool:
    own = [
        i
        for i in range(start, min(end, len(text)))
        if text[i].isalnum() and text[i] not in FUNCTION_CHARACTERS
    ]
    return bool(own) and not any(i in shared for i in own)


def segment_means(clause: Reading, near: np.ndarray) -> list[float]:
    """The mean of a clause's token values (n_tokens,) over each of its comma segments."""
    means, start = [], 0
    for segment in segments_of(clause.text):
        end = start + len(segment)
        own = [v for (a, b), v in zip(clause.spans, near, strict=False) if a >= start and b <= end]
        means.append(float(sum(own) / len(own)) if own else 0.0)
        start = end
    return means


def english_signs(said: Reading, rendering: Reading, clause: Reading) -> np.ndarray:
    """The signs of ENGLISH_SIGNS, in their order: (19,) float64.

    The sentence is held against the English rendering kept for the clause, and against the clause.
    """
    near, across = _Nearest.between(said, rendering), _Nearest.between(said, clause)
    own, other = _content_words(said.text), _content_words(rendering.text)
    held = {word[:_STEM] for word, _, _ in other}
    strange_words = [(a, b) for word, a, b in own if word[:_STEM] not in held]
    strange = [
        float(min(values))
        for a, b in strange_words
        if (
            values := [
                value
                for (start, end), value in zip(said.spans, near.said, strict=False)
                if start < b and end > a
            ]
        )
    ]
    said_stems = {word[:_STEM] for word, _, _ in own}
    return np.array(
        [
            1 - len(strange_words) / max(1, len(own)),
            len(strange_words),
            *_strange(strange),
            near.said.mean(),
            near.said.min(),
            _low(near.said),
            near.held.mean(),
            _low(near.held),
            sum(word[:_STEM] in said_stems for word, _, _ in other) / max(1, len(other)),
            max(segment_means(rendering, near.held)),
            said.vector @ rendering.vector,
            len(said.text) / len(rendering.text),
            across.said.mean(),
            _low(across.said),
            across.held.mean(),
            max(segment_means(clause, across.held)),
            said.vector @ clause.vector,
        ],
        dtype=np.float64,
    )


def _content_words(text: str) -> list[tuple[str, int, int]]:
    """A text's English words that carry matter, with their places."""
    return [
        (match[0], match.start(), match.end())
        for match in _ENGLISH_WORD.finditer(text)
        if match[0] not in _FUNCTION_WORDS
    ]
