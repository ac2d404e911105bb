"""A language model as a second judge of answers, and how far it agrees with the exact metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Template

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import cohen_kappa_score
from tqdm import tqdm

from corpus.errors import PolicyQAError
from eval.reply import Outcome

_PROMPT = Template((Path(__file__).parent / "judge.txt").read_text(encoding="utf-8"))
_WRONG = re.compile(r"不正确|错误|错|否|incorrect|wrong|\bno\b", re.IGNORECASE)
_RIGHT = re.compile(r"正确|对|是|correct|right|\byes\b", re.IGNORECASE)


class Agreement(BaseModel):
    """How often a judge model called right what the exact metric calls right, and wrong likewise.

    `n` answers were judged; `n_agreed` alike; `n_right_exact` and `n_right_judge` tell which way
    each leans. `kappa` is Cohen's (1960): 0 is chance, 1 is all alike; None where either side
    called everything the same, so that chance explains all. `n_unclear` replies said neither.
    """

    model_config = ConfigDict(frozen=True)
    judge: str
    n: int
    n_agreed: int
    n_right_exact: int
    n_right_judge: int
    n_unclear: int
    kappa: float | None


def judge_answers(
    model: BaseChatModel, outcomes: Sequence[Outcome]
) -> Iterator[tuple[bool, bool | None]]:
    """For each answered question that the policy answers: (exact, the judge's; None if unclear).

    Raises:
        PolicyQAError: the model gave no reply.
    """
    answered = [o for o in outcomes if o.question.answerable and not o.reply.abstained]
    for outcome in tqdm(answered, unit="judgement", disable=None):
        question = outcome.question
        prompt = _PROMPT.substitute(
            question=question.question,
            evidence="\n".join(question.evidence),
            answer=outcome.reply.text,
        )
        try:
            said = model.invoke([HumanMessage(prompt)]).text
        except Exception as error:  # a model may fail in any way
            raise PolicyQAError(f"the judge failed at {question.id}: {error}") from error
        yield outcome.is_right, read_verdict(said)


def read_verdict(said: str) -> bool | None:
    """What a judge's reply means; its first line counts. None when it says neither."""
    lines = said.strip().splitlines()
    first = lines[0] if lines else ""
    if _WRONG.search(first):
        return False
    return True if _RIGHT.search(first) else None


def agree(judge: str, pairs: Sequence[tuple[bool, bool | None]]) -> Agreement:
    """The agreement over (exact, judged) pairs; an unclear judgement counts as wrong."""
    exact = [right for right, _ in pairs]
    judged = [bool(verdict) for _, verdict in pairs]
    varies = len(set(exact)) > 1 and len(set(judged)) > 1
    return Agreement(
        judge=judge,
        n=len(pairs),
        n_agreed=sum(e == j for e, j in zip(exact, judged, strict=True)),
        n_right_exact=sum(exact),
        n_right_judge=sum(judged),
        n_unclear=sum(verdict is None for _, verdict in pairs),
        kappa=float(cohen_kappa_score(exact, judged)) if varies else None,
    )
