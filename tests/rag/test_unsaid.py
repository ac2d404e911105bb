"""Which parts of a question the policy is silent on, where it answers others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeTokenReader, made_probe

from corpus.document import Locator
from index.embed import SentenceEmbedder
from index.search import SCORING, Index, open_default
from rag.build import open_retriever
from rag.gate import Gate
from rag.logistic import Logistic, LogisticWeights
from rag.reader import QuestionReader
from rag.retrieve import PolicyRetriever
from rag.settings import Settings
from rag.unsaid import SIGNS, WEIGHTS, Unsaid, read_parts

QUESTION = "研究建立育儿补贴制度吗，公交几点停"


def made(index: Index, sign: str, weight: float, intercept: float) -> LogisticWeights:
    """A model that goes by one sign alone, as it is."""
    nothing = (0.0,) * (index.embedder.dimension + len(FakeTokenReader().reads))
    return LogisticWeights(
        embedder=index.embedder.name,
        scoring=SCORING,
        centre=nothing,
        vector=nothing,
        mean=(0.0,) * len(SIGNS),
        scale=(1.0,) * len(SIGNS),
        signs=tuple(weight if name == sign else 0.0 for name in SIGNS),
        intercept=intercept,
        threshold=0.5,
        fitted_on="made by hand",
    )


@pytest.fixture(scope="module")
def gate(index: Index) -> Gate:
    """A gate that takes everything to be answered."""
    dimension = index.embedder.dimension
    return Gate(
        index,
        Logistic(
            LogisticWeights(
                embedder="made",
                scoring=SCORING,
                centre=(0.0,) * dimension,
                vector=(0.0,) * dimension,
                mean=(0.0,) * 8,
                scale=(1.0,) * 8,
                signs=(0.0,) * 8,
                intercept=2.0,
                threshold=0.5,
                fitted_on="made by hand",
            )
        ),
        reader=FakeTokenReader(),
        probe=made_probe(1.5),
    )


def test_each_part_is_read_with_its_signs(index: Index, gate: Gate) -> None:
    shown = {Locator.parse("boosting-consumption-2025#measure:5")}
    first, second = read_parts(QUESTION, shown, PolicyRetriever(index=index), gate)
    assert [first.text, second.text] == QUESTION.split("，")
    signs = dict(zip(SIGNS, first.signs, strict=True))
    assert signs["answered"] == pytest.approx(2.0)
    assert signs["behind"] == 0 and signs["n_parts"] == 2
    assert (signs["length"], signs["place"]) == (len(first.text), 0)
    assert dict(zip(SIGNS, second.signs, strict=True))["behind"] > 0
    assert signs["probed"] == pytest.approx(1.5)
    assert len(first.vector) == index.embedder.dimension + 2


def test_a_question_of_one_part_has_none(index: Index, gate: Gate) -> None:
    assert read_parts("公交几点停", set(), PolicyRetriever(index=index), gate) == []


def test_what_nothing_reads_has_no_parts(index: Index) -> None:
    assert read_parts(QUESTION, set(), PolicyRetriever(index=index), Gate(index)) == []


def test_the_parts_that_the_model_takes_for_unsaid_are_found(index: Index, gate: Gate) -> None:
    retriever = PolicyRetriever(index=index)
    model = Logistic(made(index, "place", 9.0, -5.0))
    assert Unsaid(model, retriever, gate).find(QUESTION, ()) == ("公交几点停",)
    assert Unsaid(None, retriever, gate).find(QUESTION, ()) == ()


def test_a_model_of_another_embedder_is_not_used(index: Index, gate: Gate, tmp_path: Path) -> None:
    path, retriever = tmp_path / "made.json", PolicyRetriever(index=index)
    weights = made(index, "place", 0.0, 9.0)
    path.write_text(weights.model_dump_json(), encoding="utf-8")
    assert len(Unsaid.load(retriever, gate, path).find(QUESTION, ())) == 2
    other = weights.model_copy(update={"embedder": "other"})
    path.write_text(other.model_dump_json(), encoding="utf-8")
    assert Unsaid.load(retriever, gate, path).find(QUESTION, ()) == ()


@pytest.mark.model
def test_the_shipped_model_names_the_silent_wish_alone() -> None:
    weights = LogisticWeights.model_validate_json(WEIGHTS.read_bytes())
    assert len(weights.signs) == len(SIGNS) and np.all(np.array(weights.scale) > 0)
    index, reader = open_default(SentenceEmbedder()), QuestionReader(Settings())
    reader.start()
    reader.wait()
    unsaid = Unsaid.load(open_retriever(index, reader), Gate(index, reader=reader))
    measure = "boosting-consumption-2025#measure:"
    asked = "我退休金今年会涨吗？另外小区门口乱停车找哪个部门管"
    assert unsaid.find(asked, {Locator.parse(f"{measure}7")}) == ("小区门口乱停车找哪个部门管",)
    both = "我退休金今年会涨吗？老房子装电梯有没有支持"
    shown = {Locator.parse(f"{measure}{n}") for n in (7, 9)}
    assert unsaid.find(both, shown) == ()
