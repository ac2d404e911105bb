"""Late interaction: a query held against each passage token by token.

The score of a view is the mean over the query's tokens of the best inner product with any of the
view's tokens (MaxSim: Khattab and Zaharia, "ColBERT", SIGIR 2020), here with the token vectors of the
retrieval encoder itself, which was not trained for it. A passage is seen in its own text, in its text
under its headings, and in the nearest of its plain questions; its score is their weighted mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from corpus.questions import clause_hash
from index.passage import Passage

FILE = "late.npz"
# A larger corpus keeps the dense order: token vectors take about 40 KiB a passage.
MAX_PASSAGES = 5000
# How much a passage's nearest plain questions count beside its two texts, which share the rest, and
# how many of them are averaged. Of 1,571 questions to learn from, the measures asked for are just the
# first ones for 1,415; with the one nearest 1,386, and 1,376 at 0.4.
ASKED_WEIGHT = 0.6
NEAREST = 3
# Of each passage so many of its plain questions are looked at token by token: those whose mean vectors
# come nearest to the query's. Of 400 questions to learn from 399 keep their first measure.
LOOKED_AT = 8
# Questions come nearer to a question than clauses do. What they add to so many passages that have some and whose texts
# come nearest, at the lower quartile, is granted to those that have none: beside this policy another one's right
# measure came first for 38 of 60 questions about it, without 29, and the policy's own lost none of 411.
_COMPARED = 10
_QUARTILE = 0.25


class TokenEmbedder(Protocol):
    """What gives token vectors: an Embedder, or a VectorCache before one."""

    def embed_passage_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """See Embedder."""

    def embed_queries_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """See Embedder."""


def similarity(query: np.ndarray, text: np.ndarray) -> float:
    """MaxSim of a query's tokens (n, dimension) with a text's (m, dimension), rows of length 1."""
    return float((query @ text.T).max(axis=1).mean())


@dataclass(frozen=True, slots=True)
class _Views:
    """A query's nearness, token by token, to the views that are looked at.

    `texts` is (n_query_tokens, 2 n_passages), `asked` (n_query_tokens, n_looked_at); `owners`
    (n_looked_at,) are the passages of the latter, in ascending order.
    """

    texts: np.ndarray
    asked: np.ndarray
    owners: np.ndarray


def _best_of_each(scores: np.ndarray, owners: np.ndarray, n: int) -> np.ndarray:
    """The places of each owner's `n` best scores, in ascending order; `owners` must ascend."""
    order = np.lexsort((-scores, owners))
    place = np.arange(len(order)) - np.searchsorted(owners, owners)
    chosen: np.ndarray = np.sort(order[place < n])
    return chosen


class LateIndex:
    """Token vectors of every view of the passages.

    `vectors` is (n_tokens, dimension) float16 with unit rows; `starts` (n_views,) tells where each
    view's tokens begin. The views are all texts, then all headed texts, then the questions, whose
    passages are `owners` (n_questions,), in ascending order.
    """

    def __init__(self, vectors: np.ndarray, starts: np.ndarray, owners: np.ndarray) -> None:
        self._stored = vectors
        self._vectors = vectors.astype(np.float32)
        self._starts = starts
        self._lengths = np.diff(np.append(starts, len(vectors)))
        self._owners = owners
        self._n = (len(starts) - len(owners)) // 2
        self._n_asked = np.bincount(owners, minlength=self._n)
        self._asked_from = int(self._lengths[: 2 * self._n].sum())
        self._means = self._mean_vectors()
        self._last: tuple[np.ndarray, _Views] | None = None

    @classmethod
    def build(
        cls,
        passages: Sequence[Passage],
        questions: Mapping[str, Sequence[str]],
        embedder: TokenEmbedder,
    ) -> LateIndex:
        """Embed every view; `questions` are plain questions by clause hash, for any clauses."""
        asked = [
            (row, question)
            for row, passage in enumerate(passages)
            for question in questions.get(clause_hash(passage.text), ())
        ]
        texts = [p.text for p in passages] + [p.embedded_text for p in passages]
        tokens = embedder.embed_passage_tokens(texts)
        tokens += embedder.embed_queries_tokens([question for _, question in asked])
        lengths = [len(rows) for rows in tokens]
        return cls(
            np.concatenate(tokens).astype(np.float16),
            np.cumsum([0, *lengths[:-1]]).astype(np.int32),
            np.array([row for row, _ in asked], dtype=np.int32),
        )

    def scores(self, query: np.ndarray) -> np.ndarray:
        """Every passage's score for a query's tokens (n_query_tokens, dimension): (n,) float32.

        A passage without questions has the mean of its other two views in their place, raised by what
        questions add to others.
        """
        views = self._views(query)
        texts = views.texts.mean(axis=0)
        text = (texts[: self._n] + texts[self._n :]) / 2
        asked = self._mean_of_nearest(views.asked.mean(axis=0), views.owners)
        has_some = self._n_asked > 0
        if not has_some.all():
            compared = np.flatnonzero(has_some)
            compared = compared[np.argsort(-text[compared], kind="stable")[:_COMPARED]]
            added = np.quantile((asked - text)[compared], _QUARTILE) if len(compared) else 0.0
            asked = np.where(has_some, asked, text + added)
        mean = (1 - ASKED_WEIGHT) * text + ASKED_WEIGHT * asked
        scores: np.ndarray = mean.astype(np.float32)
        return scores

    def _mean_of_nearest(self, asked: np.ndarray, owners: np.ndarray) -> np.ndarray:
        """For each passage the mean of its NEAREST best plain questions: (n,), 0 without any."""
        near = _best_of_each(asked, owners, NEAREST)
        total = np.bincount(owners[near], asked[near], minlength=self._n)
        mean: np.ndarray = total / np.minimum(self._n_asked, NEAREST).clip(min=1)
        return mean

    def nearness(self, query: np.ndarray) -> np.ndarray:
        """How near each passage comes to each token of a query, by any of its views.

        (n_query_tokens, n) float32, from (n_query_tokens, dimension).
        """
        views = self._views(query)
        near: np.ndarray = np.maximum(views.texts[:, : self._n], views.texts[:, self._n :])
        if len(views.owners):
            owners, first = np.unique(views.owners, return_index=True)
            asked = np.maximum.reduceat(views.asked, first, axis=1)
            near[:, owners] = np.maximum(near[:, owners], asked)
        return near

    def _views(self, query: np.ndarray) -> _Views:
        """How near each query token comes to the views that are looked at.

        Those of the last query are kept: `nearness` mostly follows `scores` of the same.
        """
        last = self._last
        if last is not None and np.array_equal(last[0], query):
            return last[1]
        texts = np.maximum.reduceat(
            query @ self._vectors[: self._asked_from].T, self._starts[: 2 * self._n], axis=1
        )
        looked_at = _best_of_each(self._means @ query.mean(axis=0), self._owners, LOOKED_AT)
        views = _Views(texts, self._near(query, looked_at), self._owners[looked_at])
        self._last = (query, views)
        return views

    def _near(self, query: np.ndarray, questions: np.ndarray) -> np.ndarray:
        """The best inner product of each query token with any token of each of the questions."""
        rows = questions + 2 * self._n
        lengths = self._lengths[rows]
        begin = np.cumsum(lengths) - lengths
        tokens = np.repeat(self._starts[rows] - begin, lengths) + np.arange(lengths.sum())
        if not len(tokens):
            return np.zeros((len(query), 0), dtype=np.float32)
        near: np.ndarray = np.maximum.reduceat(query @ self._vectors[tokens].T, begin, axis=1)
        return near

    def _mean_vectors(self) -> np.ndarray:
        """The mean token vector of each question, of length 1: (n_questions, dimension)."""
        if not len(self._owners):
            return np.zeros((0, self._vectors.shape[1]), dtype=np.float32)
        starts = self._starts[2 * self._n :] - self._asked_from
        sums = np.add.reduceat(self._vectors[self._asked_from :], starts, axis=0)
        means: np.ndarray = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return means

    def with_questions(self, kept: Sequence[int]) -> LateIndex:
        """The same with only some of its questions, by their place: for measuring what they do."""
        ends = np.append(self._starts[1:], len(self._stored))
        rows = [*range(2 * self._n), *(2 * self._n + i for i in kept)]
        pieces = [self._stored[self._starts[row] : ends[row]] for row in rows]
        starts = np.cumsum([0, *(len(piece) for piece in pieces[:-1])]).astype(np.int32)
        return LateIndex(np.concatenate(pieces), starts, self._owners[list(kept)])

    def save(self, folder: Path) -> None:
        """Write plain arrays into a folder."""
        np.savez(folder / FILE, vectors=self._stored, starts=self._starts, owners=self._owners)

    @classmethod
    def load(cls, folder: Path) -> LateIndex | None:
        """What `save` wrote; None where the index has none."""
        path = folder / FILE
        if not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as arrays:
            return cls(arrays["vectors"], arrays["starts"], arrays["owners"])
