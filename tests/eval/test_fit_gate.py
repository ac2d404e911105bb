"""What the gate's cross-encoder and its weighing are learned from."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from eval.fit_gate import Heard, fit, tell
from eval.pairs import Asked, pairs_of


def heard(n: int) -> list[Heard]:
    """Questions of either kind, of which `scope` knows something and `cross` more."""
    chance = np.random.default_rng(0)
    made = []
    for place in range(n):
        is_answered = place % 3 > 0
        side = 1.0 if is_answered else -1.0
        opinions = {
            "scope": side + chance.normal(scale=2.0),
            "cross": 2 * side + chance.normal(scale=1.0),
        }
        removed = {name: opinion - 1 for name, opinion in opinions.items()} if is_answered else {}
        made.append(Heard(opinions=opinions, removed=removed, is_answered=is_answered))
    return made


def test_the_opinion_that_knows_more_weighs_more() -> None:
    made = heard(600)
    weighing = fit(made, ("scope", "cross"), 0.02)
    assert weighing.weights["cross"] > weighing.weights["scope"] > 0
    kept = [weighing.probability(one.opinions) for one in made if one.is_answered]
    refused = sum(p < weighing.threshold for p in kept)
    assert 0 < refused <= 0.03 * len(kept)


def test_it_is_told_what_each_share_of_false_refusals_gives() -> None:
    told = tell(heard(600), ("scope", "cross"), 0.02)
    assert told["n_answerable"] == 400 and told["n_unanswerable"] == 200
    assert told["n_evidence_removed"] == 400
    refused = told["refused_unanswerable_at"]
    assert isinstance(refused, dict)
    assert 0 < refused["0.01"] <= refused["0.02"] <= refused["0.03"] <= refused["0.05"] <= 200


def test_a_question_is_paired_with_what_answers_it_and_with_what_does_not() -> None:
    answered = Asked(question="a", is_answered=True, found=(3, 1, 2), gold=frozenset({1, 4}))
    passed_on = Asked(question="b", is_answered=True, found=(7, 8))
    silent = Asked(question="c", is_answered=False, found=(5, 6))
    about = Asked(
        question="d",
        is_answered=True,
        found=(9, 2),
        gold=frozenset({9}),
        acceptable=frozenset({2}),
        is_about=True,
    )
    seen: dict[tuple[str, int], float] = {}
    for seed in range(40):
        for pair in pairs_of([answered, passed_on, silent, about], random.Random(seed)):
            seen[pair.question, pair.measure] = pair.answers
    assert seen == {
        ("a", 1): 1.0,
        ("a", 3): 0.0,
        ("a", 2): 0.0,
        ("b", 7): 1.0,
        ("c", 5): 0.0,
        ("d", 9): 1.0,
        ("d", 2): 1.0,
    }


def test_each_plan_is_told_by_what_the_others_taught() -> None:
    usual = [replace(one, plan="parks", removed={}) for one in heard(200)]
    turned = [
        replace(one, plan="youth", opinions={name: -o for name, o in one.opinions.items()})
        for one in usual
    ]
    area = tell([*usual, *turned], ("cross",), 0.05)["area_under_curve"]
    assert isinstance(area, float) and area < 0.2
    assert fit(usual, ("cross",), 0.05).learned is False


def test_what_is_refused_without_its_evidence_is_counted_whatever_is_weighed() -> None:
    made = [replace(one, is_gone=one.is_answered) for one in heard(300)]
    assert tell(made, ("scope", "cross"), 0.02)["refused_evidence_removed"] == 200
