"""How much the language model's reading of a question speaks of each measure.

The encoder's vector says that too (`index.topics`), but slang, irony and half-told stories mean little to
it. `eval.fit_topics` learns both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.document import Locator
from index.passage import Hit
from index.topics import READ_TOPIC_WEIGHT, UNKNOWN_ODDS, Topics
from rag.reader import READER, QuestionReader

WEIGHTS = Path(__file__).with_name("read_topics.npz")
# Further behind the likeliest measure, in log odds, says no more.
_FARTHEST = -8.0


class ReadTopics:
    """What was learned about each measure, and the reader that it is asked of."""

    def __init__(self, reader: QuestionReader, topics: Topics) -> None:
        """`topics` take the reader's vectors."""
        self._reader = reader
        self._topics = topics

    @classmethod
    def load(cls, reader: QuestionReader, path: Path = WEIGHTS) -> ReadTopics | None:
        """With the shipped topics; None without them."""
        topics = Topics.load(READER, path)
        return None if topics is None else cls(reader, topics)

    def odds(self, question: str) -> dict[Locator, float]:
        """The logit of each known measure; empty where the reader is off or failed."""
        vector = self._reader.vector(question)
        return {} if vector is None else self._topics.odds(vector)

    def apply(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The hits ranked anew, each set back by how much less likely its measure is than the likeliest.

        So the best score is hardly changed where the reading agrees.
        """
        odds = self.odds(question)
        own = [_odds_of(hit, odds) for hit in hits]
        if not odds or not own:
            return tuple(hits)
        likeliest = max(own)
        scored = [
            (hit.score + READ_TOPIC_WEIGHT * max(logit - likeliest, _FARTHEST), hit)
            for hit, logit in zip(hits, own, strict=True)
        ]
        ordered = sorted(scored, key=lambda pair: (-pair[0], pair[1].rank))
        return tuple(
            replace(hit, score=score, rank=rank)
            for rank, (score, hit) in enumerate(ordered, start=1)
        )


def _odds_of(hit: Hit, odds: Mapping[Locator, float]) -> float:
    return odds.get(hit.passage.locator.measure_locator, UNKNOWN_ODDS)
