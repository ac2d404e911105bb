"""What is done must be done to what the clause does it to.

Of two halves of a clause the verb of one must not stand before the matter of the other (推动家电升级，实施手机补贴 is
no 推动手机补贴), and what is only furthered must not be told as done (促进消费 is no 实现消费).
"""

from __future__ import annotations

import re
from os.path import commonprefix

from rag.check.segments import fold_for_match, segments_of
from rag.findings import Finding, FindingKind

# An official clause opens each of its parts with a verb of two characters; so many behind it are its matter.
_VERB = 2
_MATTER = 4
_STOPS = re.compile(r"[，。；：！？,.;:!?]")
_WORDLESS = re.compile(r"[^\w\n]|_")
# Verbs that further a matter, and verbs that say that it is done.
_FURTHERS = frozenset("推动 促进 推进 引导 支持 鼓励 探索 研究 强化 加强 优化 深化 完善".split())
_DOES = frozenset(
    "实施 开展 落实 建立 完成 实现 给予 提供 发放 组织 举办 建成 设立 建设 启动 取消 免除".split()
)


def _bare(text: str) -> str:
    """Folded, its stops line breaks, without any other mark: “人工智能+” must not part a verb from its matter."""
    return _WORDLESS.sub("", _STOPS.sub("\n", fold_for_match(text)))


def exchanged_verb(sentence: str, clause: str) -> Finding | None:
    """The verb that a Chinese sentence puts before a matter of the clause instead of the clause's own.

    None where it keeps them. Only verbs right before the first words of their matter are looked at: a sentence
    in words of its own is for others to judge.
    """
    said = _bare(sentence)
    parts = [_bare(part).strip() for part in segments_of(clause)]
    held = "\n".join(parts)
    verbs = {part[:_VERB] for part in parts}
    for part in parts:
        own, rest = part[:_VERB], part[_VERB:]
        for match in re.finditer(re.escape(rest[:_MATTER]), said):
            matter = commonprefix([rest, said[match.start() :]])
            verb = said[max(0, match.start() - _VERB) : match.start()]
            is_another = verb in verbs or (own in _FURTHERS and verb in _DOES)
            is_other = is_another and verb != own and len(matter) >= _MATTER
            if is_other and verb + matter not in held:
                return Finding(
                    kind=FindingKind.ANOTHER_VERB, held=(own + matter,), said=(verb + matter,)
                )
    return None


def lost_verb(sentence: str, clause: str) -> str:
    """The verb that a part of the sentence leaves out of a part of the clause that it has all the rest of, or "".

    农机报废更新补贴政策，… has no verb: whether the policy is ended or carried out, it does not say.
    """
    parts = [_bare(part).strip() for part in segments_of(clause)]
    rest = {part[_VERB:]: part[:_VERB] for part in parts if len(part) >= _VERB + _MATTER}
    said = _bare(sentence)
    verbs = (rest.get(part, "") for part in said.split())
    return next((verb for verb in verbs if verb and verb not in said), "")
