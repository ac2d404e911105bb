"""RGB's abilities: which questions are asked, and what counts as holding."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeEmbedder
from made import make_abstention, make_outcome, make_question, make_reply

from eval.abilities import NOISE_RATIOS, Ability, abilities
from index.build import build
from index.search import Index
from rag.settings import Settings

SIMPLE = make_question(id="q900")
CROSS = make_question(id="q901", kind="cross", measures=(5, 9))
FOLLOWUP = make_question(id="q902", kind="followup")
UNANSWERABLE = make_question(id="q903", answerable=False)


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ability]:
    out = Path(tmp_path_factory.mktemp("index"))
    embedder = FakeEmbedder()
    build(Settings().texts, out, embedder)
    index = Index.open(out, embedder)
    asked = [SIMPLE, CROSS, FOLLOWUP, UNANSWERABLE]
    return {ability.name: ability for ability in abilities(asked, index, 40)}


def test_every_ability_is_tried_on_the_questions_that_suit_it(tried: dict[str, Ability]) -> None:
    noise = [name for name in tried if name.startswith("noise robustness")]
    assert len(noise) == len(NOISE_RATIOS)
    for name, ability in tried.items():
        wanted = [CROSS] if name.startswith("information integration") else [SIMPLE]
        assert list(ability.questions) == wanted, name


def test_without_evidence_only_abstaining_holds(tried: dict[str, Ability]) -> None:
    holds = tried["negative rejection"].holds
    assert holds(make_outcome(SIMPLE, make_abstention()))
    assert not holds(make_outcome(SIMPLE, make_reply(5)))


def test_an_altered_figure_that_is_said_does_not_hold(tried: dict[str, Ability]) -> None:
    holds = tried["counterfactual robustness"].holds
    assert holds(make_outcome(SIMPLE, make_reply(5)))
    assert not holds(make_outcome(SIMPLE, make_reply(5, text="每月发放8650元。")))
