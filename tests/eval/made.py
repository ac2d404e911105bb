"""Questions, replies and outcomes made by hand, for the tests of the scorecard."""

from __future__ import annotations

from typing import Any

from eval.question import Question
from eval.reply import Cited, Outcome, Reply, Said

CLAUSE = "研究建立育儿补贴制度。"


def make_question(**given: Any) -> Question:
    """An answerable plain question on measure 5 unless told otherwise."""
    answerable = given.get("answerable", True)
    values: dict[str, Any] = {
        "id": "q900",
        "lang": "zh",
        "kind": "plain" if answerable else "unanswerable",
        "question": "育儿补贴怎么说？",
        "history": (),
        "answerable": answerable,
        "measures": (5,) if answerable else (),
        "acceptable_measures": (),
        "must_include": (),
        "must_not_include": (),
        "evidence": (),
        "note": "made by hand",
    }
    return Question(**(values | given))


def make_said(text: str = CLAUSE, *measures: int, **given: Any) -> Said:
    """A sentence that cites one passage of each measure, supported unless told otherwise."""
    cited = tuple(
        Cited(locator=f"made#measure:{m}/clause:1", measures=(m,), quote=CLAUSE) for m in measures
    )
    values: dict[str, Any] = {"supported": True, "needed": (True,) * len(cited)}
    return Said(text=text, cited=cited, **(values | given))


def make_reply(*cited: int, **given: Any) -> Reply:
    """An answer of one sentence that cites the measures, in their order."""
    values: dict[str, Any] = {
        "question_id": "q900",
        "abstained": False,
        "origin": "model",
        "text": CLAUSE,
        "statements": (make_said(CLAUSE, *cited),),
        "ranked": (5, 15, 7),
        "gate_score": 0.8,
        "first_hits_s": 0.1,
        "first_statement_s": 1.0,
        "whole_s": 2.0,
    }
    return Reply(**(values | given))


def make_abstention(**given: Any) -> Reply:
    """A reply that says the policy is silent."""
    values: dict[str, Any] = {
        "abstained": True,
        "text": "政策没有写明。",
        "statements": (),
        "first_statement_s": None,
    }
    return make_reply(**(values | given))


def make_outcome(question: Question, reply: Reply) -> Outcome:
    """The two together, the reply under the question's id."""
    renamed = reply.model_copy(update={"question_id": question.id})
    return Outcome(question=question, reply=renamed)
