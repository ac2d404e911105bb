"""The language model's yes or no, read as log odds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from fakes import FakeHost, FakeModel

from index.passage import Passage
from rag.judge import ModelJudge, read_log_odds
from rag.prompt import load_prompts


def metadata(**shares: float) -> dict[str, Any]:
    """What a server says of the first token of its reply."""
    top = [{"token": token, "logprob": math.log(share)} for token, share in shares.items()]
    return {"logprobs": {"content": [{"token": "x", "logprob": 0.0, "top_logprobs": top}]}}


@pytest.mark.parametrize(
    ("shares", "odds"),
    [
        ({"是": 0.6, "否": 0.2, "回答": 0.2}, math.log(3)),
        ({"否": 0.5, "不": 0.25, "是": 0.25}, -math.log(3)),
        ({" Yes": 0.3, "yes": 0.3, "No": 0.6}, 0.0),
    ],
)
def test_yes_is_weighed_against_no(shares: dict[str, float], odds: float) -> None:
    assert read_log_odds(metadata(**shares)) == pytest.approx(odds, abs=1e-4)


@pytest.mark.parametrize("told", [{}, {"logprobs": None}, {"logprobs": {"content": []}},
                                  metadata(回答=0.9)])  # fmt: skip
def test_a_reply_without_yes_or_no_has_no_odds(told: dict[str, Any]) -> None:
    assert read_log_odds(told) is None


def test_a_certain_answer_has_finite_odds() -> None:
    assert 10 < (read_log_odds(metadata(是=1.0)) or 0) < 20


def test_a_model_that_gives_no_odds_or_fails_says_nothing(
    clause: Callable[[str], Passage],
) -> None:
    passage = clause("研究建立育儿补贴制度")
    for model in (None, FakeModel(reply="是"), FakeModel(reply="是", fails_after=0)):
        judge = ModelJudge(FakeHost(chat_model=model), load_prompts())  # type: ignore[arg-type]
        assert judge.support("育儿补贴制度已经建立。", passage, "zh") is None
