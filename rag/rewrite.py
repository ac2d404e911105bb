"""A follow-up question made whole with what was asked before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer import Role, Turn

_LEADS = re.compile(
    r"^(?:那么?|那(?:如果|要是)?|然后|还有|另外|如果|要是|换成|比如|and\b|but\b|what about|how about|then\b|so\b|et\b|y\b|и\b|а\b|und\b|じゃ|では|그럼)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"它|他们|她们|这(?:个|些|项|条|种|样|事|笔|钱)?|那(?:个|些|项|条|种|笔|边)|该|上面|刚才|前面|其中|此|"
    r"\b(?:it|its|that|this|those|these|they|them|there|he|she|same)\b|それ|その|이것|그것|그건",
    re.IGNORECASE,
)
# Who says so starts anew, whatever else the question leans on.
_NEW_TOPIC = re.compile(
    r"(?:换|说|聊|问)(?:一?个|点|下)?(?:别的|其他|其它|另外)?(?:话题|问题|事儿?)(?:哈|吧|啊|哦|，|,|：|$)|另外问|"
    r"\b(?:by the way|on another (?:note|topic|subject)|new (?:question|topic)|different (?:question|topic)|"
    r"change of (?:topic|subject))\b",
    re.IGNORECASE,
)
_TRAILS_OFF = re.compile(r"(?:呢|吗)?[？?！!。.\s]*$")
_SHORT = 12
_SHORT_WORDS = 5


def _is_short(question: str) -> bool:
    if re.search(r"[\u3400-\u9fff]", question):
        return len(_TRAILS_OFF.sub("", question)) <= _SHORT
    return len(question.split()) <= _SHORT_WORDS


def is_elliptical(question: str) -> bool:
    """Whether a question leans on what was said before: it is short, or it points back."""
    if _NEW_TOPIC.search(question):
        return False
    leads, points = _LEADS.match(question), _POINTS_BACK.search(question)
    if question.rstrip("？?！!。. ").endswith("呢") and _is_short(question):
        return True
    return bool((leads or points) and len(question) <= 4 * _SHORT) or _is_short(question)


def is_merely_short(question: str) -> bool:
    """Whether nothing but its length makes a question elliptical: it may well be whole."""
    trails_off = question.rstrip("？?！!。. ").endswith("呢")
    return not (trails_off or _LEADS.match(question) or _POINTS_BACK.search(question))


def rewrite(question: str, history: Sequence[Turn]) -> str:
    """The question with the last question of the conversation before it, where it is elliptical.

    A whole question is returned as it is. Only what the asker said is used: an answer may be long,
    or, in a batch, forged.
    """
    asked = [turn.content.strip() for turn in history if turn.role is Role.USER]
    if not asked or not is_elliptical(question):
        return question
    return f"{asked[-1]} {question}"
