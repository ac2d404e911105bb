"""Whether the policy speaks of what is asked, decided before any model is."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.document import Locator
from index.cross_encoder import CrossEncoder
from index.late import similarity
from index.passage import Hit
from index.search import SCORING, Index
from rag.answer import Reason
from rag.asked import kinds_asked, load_gate_data
from rag.attentive_probe import AttentiveProbe
from rag.learned_measures import LearnedMeasures
from rag.logistic import Logistic
from rag.read_topics import ReadTopics
from rag.reader import READER, QuestionReader
from rag.reader import WEIGHTS as READER_WEIGHTS
from rag.scope import WEIGHTS, read_signs
from rag.second import logit_of, probability_of
from rag.weighing import CROSS, PROBE, READING, SCOPE, Weighing, is_short, load_weighings

# A question this much nearer to a thing off topic than to its best clause is off topic: for an index
# without late interaction, where no scope was learned. 9 of 9 off-topic development questions lie
# below, and 2 of 92 answerable ones; the anchors were written with the off-topic ones known.
DENSE_MARGIN = -0.045
LATE_MARGIN = -0.02
# The clauses that must hold the amount, date or place asked for.
_EVIDENCE = 3
# The cross-encoder reads the question beside so many measures, the best found first: the first is not
# always the one that answers.
MOST_READ = 3
# What eval.fit_misuse learns.
MISUSE_WEIGHTS = Path(__file__).with_name("misuse.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the gate sees of a question. `values` are those of rag.scope.SIGNS."""

    values: np.ndarray
    unheld: Reason
    over_anchor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Why a question may not be answered, NONE where it may; and how likely it is that the policy
    says what is asked, in [0, 1], None where no scope was learned."""

    reason: Reason
    p_answered: float | None


def measure_texts(index: Index) -> dict[Locator, str]:
    """What is read of each measure: its heading and the clauses that the index has of it."""
    told: dict[Locator, list[str]] = {}
    for passage in index.passages:
        heading = [f"{passage.heading_path[-1]}。"] if passage.heading_path else []
        told.setdefault(passage.locator.measure_locator, heading).append(passage.text)
    return {measure: "".join(parts) for measure, parts in told.items()}


class Gate:
    """Keeps questions from the model that the policy does not answer."""

    def __init__(
        self,
        index: Index,
        scope: Logistic | None = None,
        *,
        reader: QuestionReader | None = None,
        reading: Logistic | None = None,
        probe: AttentiveProbe | None = None,
        cross: CrossEncoder | None = None,
        misuse: Logistic | None = None,
        weighings: Sequence[Weighing] | None = None,
        learned: LearnedMeasures | None = None,
        read: ReadTopics | None = None,
    ) -> None:
        """`scope`, `reading`, `probe`, `cross`, `misuse`, `weighings` and `learned` are the shipped ones unless
        given, where they fit the index. What `reading` and `probe` make of the question takes a `reader`; `read`
        tells beside the index's own topics what it is about."""
        data = load_gate_data()["off_topic"]
        if not isinstance(data, dict):
            raise ValueError("gate.toml: `off_topic` must be a table")
        self._index = index
        self._embedder = index.embedder
        self._anchors = index.embedder.embed_queries(data["anchors"])
        self._anchor_tokens = index.embedder.embed_queries_tokens(data["anchors"])
        if scope is None and index.is_late:
            scope = Logistic.load(index.embedder.name, SCORING, WEIGHTS)
        self._scope = scope
        self._reader = reader
        self._reading = reading or Logistic.load(index.embedder.name, SCORING, READER_WEIGHTS)
        if probe is None and scope is not None:  # it is weighed beside one only
            probe = AttentiveProbe.load(READER)
        self._probe = probe
        if cross is None and index.is_late:
            cross = CrossEncoder.load(index.embedder)
        self._cross = cross
        self._misuse = misuse or Logistic.load(index.embedder.name, SCORING, MISUSE_WEIGHTS)
        self._weighings = load_weighings() if weighings is None else tuple(weighings)
        self._measures = measure_texts(index)
        self._learned = LearnedMeasures.load(self._measures) if learned is None else learned
        self._read = read

    def wait(self) -> None:
        """Block until the reader, if there is one, is ready or has failed."""
        if self._reader is not None:
            self._reader.wait()

    @property
    def is_starting(self) -> bool:
        """Whether the reader, where it has a say, is still loading."""
        has_a_say = self._reading or self._probe
        return bool(self._reader and has_a_say and self._reader.is_loading)

    def judge(self, query: str, rewritten: str, hits: Sequence[Hit]) -> Ruling:
        """Whether the question may be answered from the hits.

        What is asked for stands in the question itself (`query`); what it is about may stand in
        the conversation, so that the topic is judged on the `rewritten` question too.
        """
        if not hits:
            return Ruling(reason=Reason.OFF_TOPIC, p_answered=None)
        if self.is_misuse(query):
            return Ruling(reason=Reason.OFF_TOPIC, p_answered=0.0)
        signs = self.read(query, rewritten, hits)
        is_off_topic = signs.over_anchor < (LATE_MARGIN if self._index.is_late else DENSE_MARGIN)
        if self._scope is None:
            reason = Reason.OFF_TOPIC if is_off_topic else signs.unheld
            return Ruling(reason=reason, p_answered=None)
        if self.is_gone(rewritten, hits):
            return Ruling(reason=Reason.NO_DETAIL, p_answered=0.0)
        opinions = self.opinions(query, rewritten, hits, signs)
        p_answered, threshold = self._weigh(
            opinions, short=is_short(rewritten), learned=self._is_learned(hits)
        )
        if p_answered >= threshold:
            reason = Reason.NONE
        elif is_off_topic:
            reason = Reason.OFF_TOPIC
        else:
            reason = Reason.NO_DETAIL if signs.unheld is Reason.NONE else signs.unheld
        return Ruling(reason=reason, p_answered=p_answered)

    def is_misuse(self, query: str) -> bool:
        """Whether a message asks nothing of the documents, but wants the assistant to break its rules,
        play, invent or write. False where nothing was learned for the embedder, or nothing reads it."""
        if self._misuse is None or (vector := self.read_vector(query)) is None:
            return False
        return self._misuse.probability(vector, np.zeros(0)) > self._misuse.threshold

    def read_vector(self, text: str) -> np.ndarray | None:
        """A text's vector and the reader's mean state of it, one after the other: (dimension + 1536,);
        None where nothing reads it."""
        mean = self._reader.vector(text) if self._reader else None
        return None if mean is None else np.concatenate([self._embedder.embed_query(text), mean])

    def probe(self, text: str) -> float | None:
        """The probe's logit alone that the documents say what a text asks; None without it."""
        states = self._reader.states(text) if self._reader and self._probe else None
        return None if states is None or self._probe is None else self._probe.logit(states)

    def is_gone(self, rewritten: str, hits: Sequence[Hit]) -> bool:
        """Whether a question is about a measure that was learned about and is not among its hits.

        What nothing was learned of may be what it is about instead, where that is found first.
        """
        if not self._is_learned(hits):
            return False
        odds = self._index.topic_odds(rewritten)
        also = self._read.odds(rewritten) if self._read else {}
        odds = {measure: (logit + also.get(measure, logit)) / 2 for measure, logit in odds.items()}
        return self._learned.is_gone(odds, {hit.passage.locator.measure_locator for hit in hits})

    def first_guess(self, query: str, hits: Sequence[Hit]) -> float | None:
        """That the documents say what is asked, without the reader; None where nothing was learned of the
        best measure."""
        if self._scope is None or not hits or not self._is_learned(hits):
            return None
        signs = self.read(query, query, hits)
        return self._scope.probability(self._embedder.embed_query(query), signs.values)

    def opinions(
        self, query: str, rewritten: str, hits: Sequence[Hit], signs: Signs
    ) -> dict[str, float]:
        """What each that can judge thinks: logits that the documents say what is asked."""
        found = {}
        if self._scope is not None:
            vector = self._embedder.embed_query(query)
            found[SCOPE] = logit_of(self._scope.probability(vector, signs.values))
        if self._reader and self._reading and (mean := self._reader.vector(query)) is not None:
            found[READING] = logit_of(self._reading.probability(mean, signs.values))
        if (probed := self.probe(query)) is not None:
            found[PROBE] = probed
        if (logit := self._read_together(rewritten, hits)) is not None:
            found[CROSS] = logit
        return found

    def _read_together(self, rewritten: str, hits: Sequence[Hit]) -> float | None:
        """The cross-encoder's logit of the measure that it finds likeliest to answer."""
        if self._cross is None:
            return None
        first = dict.fromkeys(hit.passage.locator.measure_locator for hit in hits)
        read = (
            self._cross.logit(rewritten, self._measures.get(measure, ""))
            for measure in itertools.islice(first, MOST_READ)
        )
        return max((logit for logit in read if logit is not None), default=None)

    def _is_learned(self, hits: Sequence[Hit]) -> bool:
        return hits[0].passage.locator.measure_locator in self._learned

    def _weigh(
        self, opinions: Mapping[str, float], *, short: bool, learned: bool
    ) -> tuple[float, float]:
        """The probability that the documents say what is asked, and the least that is enough."""
        for weighing in self._weighings:
            suits = weighing.learned == learned and (not learned or weighing.short == short)
            if suits and weighing.weights.keys() <= opinions.keys():
                return weighing.probability(opinions), weighing.threshold
        return probability_of(opinions[SCOPE]), self._scope.threshold if self._scope else 0.5

    def read(self, query: str, rewritten: str, hits: Sequence[Hit]) -> Signs:
        """The signs of a question with at least one hit."""
        kinds = kinds_asked(query)
        evidence = [hit.passage.text for hit in hits[:_EVIDENCE]]
        unheld = (
            kind.reason for kind in kinds if not any(kind.holds.search(text) for text in evidence)
        )
        reason = next(unheld, Reason.NONE)
        nearest = self._nearest_anchor(rewritten)
        values = read_signs(
            query,
            rewritten,
            hits,
            nearest_anchor=nearest,
            n_kinds=len(kinds),
            missing=reason is not Reason.NONE,
        )
        return Signs(values=values, unheld=reason, over_anchor=hits[0].score - nearest)

    def _nearest_anchor(self, query: str) -> float:
        if self._index.is_late:
            tokens = self._embedder.embed_query_tokens(query)
            return max(similarity(tokens, anchor) for anchor in self._anchor_tokens)
        return float((self._anchors @ self._embedder.embed_query(query)).max())
