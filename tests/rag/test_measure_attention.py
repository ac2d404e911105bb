"""What each measure attends to in a question moves which measures it is about; without a reader nothing does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.document import Locator
from eval.fit_attention import Attending, learn
from index.search import Index
from rag.attentive_probe import AttentiveProbe
from rag.breadth import sight
from rag.measure_attention import WEIGHTS, Attended, MeasureAttention
from rag.reader import READER, QuestionReader
from rag.retrieve import PolicyRetriever
from rag.settings import Settings

FIVE = Locator.parse("boosting-consumption-2025#measure:5")
SEVEN = Locator.parse("boosting-consumption-2025#measure:7")
QUESTION = "育儿补贴"
OFF = QuestionReader(Settings(reader=False))


def attended(own: float, best: float) -> Attended:
    return Attended(odds={SEVEN: own, FIVE: best}, weights=(0.5, 2.0, 1.0, -1.0))


def test_it_is_weighed_beside_another_logit() -> None:
    assert attended(3.0, 1.0).weigh(4.0, SEVEN, FIVE) == 0.5 * 4 + 2 * 3 + 1 * (3 - 1) - 1


def test_a_measure_that_is_not_known_keeps_its_logit() -> None:
    other = Locator.parse("boosting-consumption-2025#measure:8")
    assert attended(3.0, 1.0).weigh(4.0, other, FIVE) == 4.0
    assert attended(3.0, 1.0).weigh(4.0, SEVEN, other) == 4.0


def test_a_measure_attends_to_its_own_token() -> None:
    """Learned from made tokens: what stands in a token tells its measure, wherever it stands."""
    chance = np.random.default_rng(0)
    matter = chance.normal(size=(3, 16)) * 5

    def made(*measures: int) -> Attending:
        tokens = chance.normal(size=(6, 16))
        for place, measure in zip(chance.permutation(6), measures, strict=False):
            tokens[place] += matter[measure - 1]
        return Attending(tokens=tokens, measures=frozenset(measures))

    several = [(), (1,), (2,), (3,), (1, 2), (2, 3)] * 300
    arrays = learn([made(*measures) for measures in several], (1, 2, 3)).arrays()
    arrays["addresses"] = np.array([f"d#measure:{n}" for n in (1, 2, 3)])
    arrays["beside"] = np.zeros(4)
    probe = AttentiveProbe.load(READER)
    assert probe is not None
    net = MeasureAttention(OFF, probe, arrays)
    unseen = [made(*measures) for measures in [(1, 3), (2,), ()] * 50]
    told = [frozenset(np.flatnonzero(net.logits(e.tokens) > 0) + 1) for e in unseen]
    assert sum(found == e.measures for found, e in zip(told, unseen, strict=True)) > 135


def test_a_reader_that_is_off_says_nothing(index: Index) -> None:
    attention = MeasureAttention.load(OFF)
    assert attention is not None and attention.attend(QUESTION) is None
    retriever = PolicyRetriever(index=index, attention=attention)
    hits = retriever.rank(QUESTION)
    assert sight(QUESTION, QUESTION, hits, retriever).attended is None


def test_the_shipped_one_knows_every_measure_and_the_shipped_probe(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert WEIGHTS.stat().st_size < 100_000
    with np.load(WEIGHTS, allow_pickle=False) as arrays:
        measures = {Locator.parse(address) for address in arrays["addresses"].tolist()}
    assert measures == {passage.locator.measure_locator for passage in index.passages}
    assert MeasureAttention.load(OFF, tmp_path / "none.npz") is None
    monkeypatch.setattr("rag.measure_attention.probe_sha", lambda: "another's")
    assert MeasureAttention.load(OFF) is None
