"""A sentence held against the clause that is to support it."""

from __future__ import annotations

import re

from index.passage import Passage
from rag.answer import Label, Verdict
from rag.check.contrary import turned
from rag.check.figures import figures_in, foreign_figures
from rag.check.modality import grown_force
from rag.check.negation import disagreement
from rag.check.segments import (
    FUNCTION_CHARACTERS,
    Coverage,
    cover,
    fold_for_match,
    segments_of,
)
from rag.check.support import Support
from rag.language import is_chinese

# A Chinese sentence is supported when this share of its content characters stands in the clause
# or its headings; between the two it is partly supported and not shown.
COVERED = 0.75
PARTLY_COVERED = 0.5
# … and when it keeps this much of the rule: 延续实施…免息政策 without its 延续实施 says nothing.
KEPT = 0.5
# A run of this many foreign characters is a word: 降低 in the place of 提高 leaves 91 % covered.
_WORD = 2
# A sentence of which the question already holds this much adds nothing to it.
ECHO = 0.8
# A sentence in another language must find its clause first of the whole index.
FOUND_AT_RANK = 1
# A translation is between these many times as long as its clause, in characters: bounds set by hand
# around the seven whole English renderings by the default model that were looked at (3.9 to 5.9).
_LENGTH_RATIO = (1.6, 6.0)
_MIN_CONTENT = 4
_LEAD_IN = re.compile(
    r"^(?:该|本|这份)?(?:方案|文件|政策|意见|通知)(?:中)?(?:提出|规定|要求|明确|指出|提到)[，,：:]?"
)
# Markup, links and marks that change the direction of text: no clause has them.
_MARKUP = re.compile(
    r"</?[^\s>]*>?|>|https?:|www\.|\]\(|[*`{}$]{1,2}|[\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_QUESTION_ENDS = ("?", "？", "؟")

SECOND_READING = "second reading"
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


def check(
    sentence: str,
    passage: Passage,
    *,
    question: str,
    language: str,
    rank: int | None,
    support: Support | None = None,
    may_ask: bool = True,
) -> Verdict:
    """The verdict on a sentence of a reply in `language` against one clause.

    A sentence that only says the question back is no answer, however well the clause covers it.
    `support` judges what no rule forbids. Where it cannot, coverage by characters does, or for a
    sentence that is not Chinese `rank`: where a search for the sentence itself finds the clause in
    the whole index (None: not found). `may_ask`: the language model may be asked where that is unsure.
    """
    chinese = is_chinese(language)
    sentence = _LEAD_IN.sub("", sentence)
    if support is not None and not support.can_judge(passage, language):
        support = None
    if chinese and cover(sentence, question).share >= ECHO:
        return _fail(Label.PARTIAL, "echo", "says the question back")
    if verdict := forbid(sentence, passage, language=language, support=support):
        return verdict
    if support is not None:
        return _judge_support(sentence, passage, language, support, may_ask=may_ask)
    if chinese:
        return _judge_coverage(cover(sentence, passage.text, "。".join(passage.heading_path)))
    return _judge_translation(sentence, passage.text, language, rank)


def forbid(
    sentence: str, passage: Passage, *, language: str, support: Support | None
) -> Verdict | None:
    """What the rules have against a sentence, None where they have nothing.

    `support`, which must be able to judge the language here, tells which part of the clause a
    sentence in another language speaks of.
    """
    chinese = is_chinese(language)
    if not says_something(sentence, chinese=chinese):
        return _fail(Label.UNSUPPORTED, "content", "states nothing by itself")
    if foreign := _MARKUP.search(sentence):
        return _fail(Label.UNSUPPORTED, "markup", f"“{foreign[0]}” has no place in an answer")
    held = passage.text + "。".join(passage.heading_path)
    if support is not None:
        held += support.rendering(passage, language)
    if figures := foreign_figures(sentence, held):
        reason = f"not in the clause: {', '.join(figures)}"
        return _fail(Label.CONTRADICTED, "figures", reason)
    segments: tuple[int, ...] = ()
    if chinese:
        segments = cover(sentence, passage.text).segments
    elif support is not None:
        segments = support.spoken_segments(sentence, passage)
    parts = segments_of(passage.text)
    spoken_of = "".join(parts[i] for i in segments)
    if reason := turned(sentence, passage.text, spoken_of, chinese=chinese):
        return _fail(Label.CONTRADICTED, "direction", reason)
    if reason := disagreement(sentence, passage.text, segments, chinese=chinese):
        return _fail(Label.CONTRADICTED, "negation", reason)
    if reason := grown_force(sentence, passage.text, segments, chinese=chinese):
        return _fail(Label.UNSUPPORTED, "modal force", reason)
    if chinese and (lost := figures_in(spoken_of) - figures_in(sentence)):
        reason = f"leaves out {', '.join(sorted(lost))} of the rule it speaks of"
        return _fail(Label.PARTIAL, "fragment", reason)
    return None


def _judge_support(
    sentence: str, passage: Passage, language: str, support: Support, *, may_ask: bool
) -> Verdict:
    """The learned judge's word, and the language model's where it was asked."""
    judged = support.judge(sentence, passage, language, may_ask=may_ask)
    label = Label.SUPPORTED if judged.passes else Label.PARTIAL
    reason = (
        f"{judged.probability:.0%} likely that the clause says so; {judged.least:.0%} are needed"
    )
    method = "support"
    if judged.by_model:
        method, reason = SECOND_READING, f"{reason} (the language model was asked too)"
    return Verdict(label=label, score=judged.probability, method=method, reason=reason)


def _judge_coverage(coverage: Coverage) -> Verdict:
    """Enough of the sentence stands in the clause, no word is foreign, and the rule is kept."""
    share = coverage.share
    label = Label.UNSUPPORTED
    if share >= COVERED:
        label = Label.SUPPORTED
    elif share >= PARTLY_COVERED:
        label = Label.PARTIAL
    reason = f"{share:.0%} of the sentence stands in the clause"
    if coverage.missing:
        reason += f"; not there: {'、'.join(coverage.missing[:6])}"
    added = [run for run in coverage.missing if len(run) >= _WORD]
    if label is Label.SUPPORTED and (added or coverage.dropped):
        change = f"adds “{added[0]}”" if added else f"passes over “{coverage.dropped[0]}”"
        return _fail(Label.PARTIAL, "wording", f"{change}, which may change the rule")
    if label is Label.SUPPORTED and (coverage.headless or coverage.kept < KEPT):
        left = f"“{coverage.headless}”" if coverage.headless else f"{1 - coverage.kept:.0%}"
        return _fail(Label.PARTIAL, "fragment", f"leaves out {left} of the rule it speaks of")
    return Verdict(label=label, score=share, method="coverage", reason=reason)


def _judge_translation(sentence: str, clause: str, language: str, rank: int | None) -> Verdict:
    """A translation must be one, as long as its clause asks for, and lead a search back to it."""
    left_over = "".join(_HAN.findall(sentence)) if language != "ja" else ""
    if left_over:
        return _fail(Label.PARTIAL, "translation", f"not translated: {left_over[:12]}")
    ratio = len(sentence) / len(clause)
    low, high = _LENGTH_RATIO
    if not low <= ratio <= high:
        return _fail(Label.PARTIAL, "translation", f"{ratio:.1f} times as long as the clause")
    if rank is None or rank > FOUND_AT_RANK:
        found = "not found" if rank is None else f"found at rank {rank}"
        reason = f"a search for the sentence does not lead to the clause ({found})"
        return _fail(Label.PARTIAL, "embedding", reason)
    reason = f"a search for the sentence finds the clause at rank {rank}"
    return Verdict(label=Label.SUPPORTED, score=1.0 / rank, method="embedding", reason=reason)
