"""The language model's yes or no, as log odds read off the first token of its reply.

Its words are never shown: only how much likelier its yes is than its no.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from langchain_core.messages import BaseMessage

from index.passage import Passage
from rag.language import is_chinese
from rag.model import ModelHost
from rag.prompt import Prompts

_log = logging.getLogger("policyqa")
_YES = frozenset({"是", "yes"})
_NO = frozenset({"否", "不", "no"})
# As many of the first token's alternatives as llama.cpp gives; yes and no are among the first five.
_ALTERNATIVES = 20
_LEAST = 1e-6


class ModelJudge:
    """Asks the model of a host, once that is ready, questions that are answered by yes or no."""

    def __init__(self, host: ModelHost, prompts: Prompts) -> None:
        self._host = host
        self._prompts = prompts

    @property
    def name(self) -> str:
        """The model's name: what was fitted on one model's odds holds for no other's."""
        return self._host.name

    def support(self, sentence: str, passage: Passage, language: str) -> float | None:
        """The log odds that the clause says all that the sentence says.

        None where there is no model yet, or it gives no odds.
        """
        messages = self._prompts.ask_for_support(sentence, passage, in_chinese=is_chinese(language))
        return self.log_odds(messages)

    def log_odds(self, messages: list[BaseMessage]) -> float | None:
        """Of yes against no, in the model's reply to these messages; None as for `support`."""
        model = self._host.chat_model
        if model is None:
            return None
        asked = model.bind(logprobs=True, top_logprobs=_ALTERNATIVES, max_completion_tokens=1)
        try:
            reply = asked.invoke(messages)
        except Exception:  # a model may fail in any way; whoever asked goes on without its word
            _log.exception("the language model gave no yes or no")
            return None
        return read_log_odds(reply.response_metadata)


def read_log_odds(metadata: Mapping[str, Any] = MappingProxyType({})) -> float | None:
    """The log odds of yes against no in a reply's metadata; None where neither is there."""
    content = (metadata.get("logprobs") or {}).get("content") or ()
    if not content:
        return None
    shares = {"yes": 0.0, "no": 0.0}
    for alternative in content[0].get("top_logprobs", ()):
        token = str(alternative["token"]).strip().lower()
        side = "yes" if token in _YES else "no" if token in _NO else None
        if side:
            shares[side] += math.exp(alternative["logprob"])
    if not any(shares.values()):
        return None
    return math.log((shares["yes"] + _LEAST) / (shares["no"] + _LEAST))
