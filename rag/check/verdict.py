"""A sentence held against the clause that is to support it."""

from __future__ import annotations

from index.passage import Passage
from rag.answer import Label, Verdict
from rag.check.figures import foreign_figures
from rag.check.modality import grown_force
from rag.check.negation import disagreement
from rag.check.segments import FUNCTION_CHARACTERS, cover, fold_for_match
from rag.language import is_chinese

# A Chinese sentence is supported when this share of its content characters stands in the clause
# or its headings; between the two it is partly supported and not shown.
COVERED = 0.75
PARTLY_COVERED = 0.5
# A sentence in another language must find its clause first or second of the whole index.
FOUND_AT_RANK = 2
_MIN_CONTENT = 4
_QUESTION_ENDS = ("?", "？", "؟")

VERBATIM = Verdict(
    label=Label.SUPPORTED, score=1.0, method="verbatim", reason="the clause's own words"
)


def _fail(label: Label, method: str, reason: str) -> Verdict:
    return Verdict(label=label, score=0.0, method=method, reason=reason)


def says_something(sentence: str, *, chinese: bool) -> bool:
    """Whether a sentence states a matter by itself: “会。” and a question do not."""
    if sentence.rstrip("\"'”’ ").endswith(_QUESTION_ENDS):
        return False
    if not chinese:
        return len(sentence.split()) > 3 or len(sentence) >= 12
    content = [c for c in fold_for_match(sentence) if c.isalnum() and c not in FUNCTION_CHARACTERS]
    return len(content) >= _MIN_CONTENT


def check(sentence: str, passage: Passage, *, language: str, rank: int | None) -> Verdict:
    """The verdict on a sentence of a reply in `language` against one clause.

    `rank` is where a search for the sentence itself finds the clause in the whole index; it takes
    the place of coverage where the sentence is not Chinese (None: not found).
    """
    chinese = is_chinese(language)
    if not says_something(sentence, chinese=chinese):
        return _fail(Label.UNSUPPORTED, "content", "states nothing by itself")
    context = "。".join(passage.heading_path)
    if figures := foreign_figures(sentence, passage.text + context):
        reason = f"not in the clause: {', '.join(figures)}"
        return _fail(Label.CONTRADICTED, "figures", reason)
    coverage = cover(sentence, passage.text, context)
    segments = coverage.segments if chinese else ()
    if reason := disagreement(sentence, passage.text, segments, chinese=chinese):
        return _fail(Label.CONTRADICTED, "negation", reason)
    if reason := grown_force(sentence, passage.text, segments, chinese=chinese):
        return _fail(Label.UNSUPPORTED, "modal force", reason)
    if chinese:
        return _judge_coverage(coverage.share, coverage.missing)
    return _judge_rank(rank)


def _judge_coverage(share: float, missing: tuple[str, ...]) -> Verdict:
    label = Label.UNSUPPORTED
    if share >= COVERED:
        label = Label.SUPPORTED
    elif share >= PARTLY_COVERED:
        label = Label.PARTIAL
    reason = f"{share:.0%} of the sentence stands in the clause"
    if missing:
        reason += f"; not there: {'、'.join(missing[:6])}"
    return Verdict(label=label, score=share, method="coverage", reason=reason)


def _judge_rank(rank: int | None) -> Verdict:
    if rank is None or rank > FOUND_AT_RANK:
        found = "not found" if rank is None else f"found at rank {rank}"
        reason = f"a search for the sentence does not lead to the clause ({found})"
        return _fail(Label.PARTIAL, "embedding", reason)
    reason = f"a search for the sentence finds the clause at rank {rank}"
    return Verdict(label=Label.SUPPORTED, score=1.0 / rank, method="embedding", reason=reason)
