"""What a system gave for one question, in the one form that every system is scored in."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from eval.question import Question
from rag.language import to_simplified


def folded(text: str) -> str:
    """A text in which either script and either case say the same."""
    return to_simplified(text).casefold()


class Cited(BaseModel):
    """One citation: the official or raw text it shows, and the measures that text belongs to."""

    model_config = ConfigDict(frozen=True)
    locator: str
    measures: tuple[int, ...]
    quote: str


class Said(BaseModel):
    """One shown sentence. `label`, `method` and `reason` are the system's own verdict on it.

    `supported`: its citations together hold it. `needed`: for each citation, whether it helps.
    Both are judged by eval.support, the same way for every system.
    """

    model_config = ConfigDict(frozen=True)
    text: str
    cited: tuple[Cited, ...]
    label: str = ""
    method: str = ""
    reason: str = ""
    supported: bool = False
    needed: tuple[bool, ...] = ()


class Reply(BaseModel):
    """A system's reply. Times are seconds from the question, model start-up left out.

    `text` is what the asker reads, without citation marks. `ranked` are the measures in the order
    of the hits, each once; `searched` tells whether there was a search, be it one whose hits hold no
    measure (a reply kept before this was told is taken by its `ranked`). `gate_score` is the gate's probability that the policy answers, for a system
    without a gate the score of its first hit; None where there was neither.
    """

    model_config = ConfigDict(frozen=True)
    question_id: str
    abstained: bool
    reason: str = ""
    origin: str
    rewritten: str = ""
    text: str
    statements: tuple[Said, ...]
    nearby: tuple[Cited, ...] = ()
    ranked: tuple[int, ...]
    searched: bool = Field(default_factory=lambda given: bool(given["ranked"]))
    gate_score: float | None = None
    first_hits_s: float
    first_statement_s: float | None
    whole_s: float

    @property
    def cited(self) -> tuple[int, ...]:
        """The measures cited, in the order of first use; none when it abstained."""
        if self.abstained:
            return ()
        numbers = (m for said in self.statements for c in said.cited for m in c.measures)
        return tuple(dict.fromkeys(numbers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A question with a system's reply, and whether that is what it should be."""

    question: Question
    reply: Reply

    @property
    def is_right(self) -> bool:
        """Every must_include group is met, no must_not_include occurs, and it did not abstain."""
        text = folded(self.reply.text)
        groups = self.question.must_include
        return (
            not self.reply.abstained
            and all(any(folded(alt) in text for alt in group) for group in groups)
            and not self.says_forbidden
        )

    @property
    def says_forbidden(self) -> bool:
        """What it shows holds one of the must_not_include."""
        text = folded(self.reply.text)
        return any(folded(word) in text for word in self.question.must_not_include)

    @property
    def is_grounded(self) -> bool:
        """Right, every gold measure cited, and none outside gold or acceptable."""
        gold = set(self.question.measures)
        allowed = gold | set(self.question.acceptable_measures)
        return self.is_right and gold <= set(self.reply.cited) <= allowed

    @property
    def passed(self) -> bool:
        """Grounded where the policy answers; abstained, and nothing forbidden said, where not."""
        if self.question.answerable:
            return self.is_grounded
        return self.reply.abstained and not self.says_forbidden
