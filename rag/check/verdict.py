"""A sentence held against the clause that is to support it."""

from __future__ import annotations

import re

from index.passage import Passage
from rag.answer import Label, Method, Verdict
from rag.check.contrary import turned
from rag.check.figures import foreign_figures, lost_figures
from rag.check.joints import exchanged_word, repeated
from rag.check.modality import grown_force
from rag.check.negation import disagreement, without_disclaimers
from rag.check.segments import (
    Coverage,
    cover,
    cut_off,
    fold_for_match,
    matter_of,
    segments_of,
)
from rag.check.support import Support
from rag.check.verbs import exchanged_verb, lost_verb
from rag.findings import Finding, FindingKind
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
# A part of a sentence with so many characters of matter may say the question back: 民宿可以搞.
_MIN_ECHO = 3
_LEAD_IN = re.compile(
    r"^(?:该|本|这份)?(?:方案|文件|政策|意见|通知)(?:中)?(?:提出|规定|要求|明确|指出|提到)[，,：:]?"
)
# Markup, links and marks that change the direction of text: no clause has them.
_MARKUP = re.compile(
    r"</?[^\s>]*>?|>|https?:|www\.|\]\(|[*`{}$]{1,2}|[\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_QUESTION_ENDS = ("?", "？", "؟")

# So many of the words that the clause has not are told.
_TOLD = 6
VERBATIM = Verdict(
    label=Label.SUPPORTED,
    score=1.0,
    method=Method.VERBATIM,
    finding=Finding(kind=FindingKind.VERBATIM),
)


def _fail(label: Label, method: Method, finding: Finding) -> Verdict:
    return Verdict(label=label, score=0.0, method=method, finding=finding)


def says_something(sentence: str, *, chinese: bool) -> bool:
    """Whether a sentence states a matter by itself: “会。” and a question do not."""
    if sentence.rstrip("\"'”’ ").endswith(_QUESTION_ENDS):
        return False
    if not chinese:
        return len(sentence.split()) > 3 or len(sentence) >= 12
    return len(matter_of(fold_for_match(sentence))) >= _MIN_CONTENT


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
    if chinese and _says_back(sentence, question, passage.text):
        return _fail(Label.PARTIAL, Method.ECHO, Finding(kind=FindingKind.ECHO))
    if chinese and (woven := _woven_in(sentence, question, passage)):
        found = Finding(kind=FindingKind.ADDED_WORD, said=(woven,))
        return _fail(Label.UNSUPPORTED, Method.WORDING, found)
    if verdict := forbid(sentence, passage, language=language, support=support):
        return verdict
    is_whole = chinese and fold_for_match(sentence) == fold_for_match(passage.text)
    if support is not None and not is_whole:  # of the clause itself nobody need be asked
        return _judge_support(sentence, passage, language, support, may_ask=may_ask)
    if chinese:
        return _judge_coverage(cover(sentence, passage.text, "。".join(passage.heading_path)))
    return _judge_translation(sentence, passage.text, language, rank)


def _says_back(sentence: str, question: str, clause: str) -> bool:
    """Whether the sentence, or a part of it that the clause does not hold, says the question back."""
    if cover(sentence, question).share >= ECHO:
        return True
    return any(
        len(matter_of(fold_for_match(part))) >= _MIN_ECHO
        and cover(part, question).share >= ECHO
        and cover(part, clause).share < COVERED
        for part in segments_of(sentence)
    )


def _woven_in(sentence: str, question: str, passage: Passage) -> str:
    """A word of the question that the clause has not, amid the clause's own words, or "".

    Asked about 民宿, a model wrote 民宿 into what is done for 夜间消费集聚区域, and the learned judge let it pass.
    """
    coverage = cover(sentence, passage.text, "。".join(passage.heading_path))
    if coverage.share < COVERED:
        return ""
    asked = fold_for_match(question)
    return next((run for run in coverage.missing if len(run) >= _WORD and run in asked), "")


def forbid(
    sentence: str, passage: Passage, *, language: str, support: Support | None
) -> Verdict | None:
    """What the rules have against a sentence, None where they have nothing.

    `support`, which must be able to judge the language here, tells which part of the clause a
    sentence in another language speaks of.
    """
    chinese = is_chinese(language)
    if not says_something(sentence, chinese=chinese):
        return _fail(Label.UNSUPPORTED, Method.CONTENT, Finding(kind=FindingKind.EMPTY))
    if foreign := _MARKUP.search(sentence):
        found = Finding(kind=FindingKind.MARKUP, said=(foreign[0],))
        return _fail(Label.UNSUPPORTED, Method.MARKUP, found)
    held = passage.text + "。".join(passage.heading_path)
    if support is not None:
        held += support.rendering(passage, language)
    if figures := foreign_figures(sentence, held):
        found = Finding(kind=FindingKind.FIGURES, said=figures)
        return _fail(Label.CONTRADICTED, Method.FIGURES, found)
    segments: tuple[int, ...] = ()
    if chinese:
        segments = cover(sentence, passage.text).segments
    elif support is not None:
        segments = support.spoken_segments(sentence, passage)
    parts = segments_of(passage.text)
    spoken_of = "".join(parts[i] for i in segments)
    if turn := turned(sentence, passage.text, spoken_of, chinese=chinese):
        return _fail(Label.CONTRADICTED, Method.DIRECTION, turn)
    stated = without_disclaimers(sentence, passage.text)
    if denial := disagreement(stated, passage.text, segments, chinese=chinese):
        return _fail(Label.CONTRADICTED, Method.NEGATION, denial)
    if growth := grown_force(stated, passage.text, segments, chinese=chinese):
        return _fail(Label.UNSUPPORTED, Method.MODAL_FORCE, growth)
    if chinese and (exchanged := exchanged_verb(sentence, passage.text)):
        return _fail(Label.UNSUPPORTED, Method.WORDING, exchanged)
    if chinese and (words := exchanged_word(sentence, passage.text)):
        found = Finding(kind=FindingKind.OPPOSITE, held=(words[0],), said=(words[1],))
        return _fail(Label.UNSUPPORTED, Method.WORDING, found)
    if chinese and (twice := repeated(sentence, passage.text)):
        found = Finding(kind=FindingKind.ADDED_WORD, said=(twice,))
        return _fail(Label.UNSUPPORTED, Method.WORDING, found)
    if chinese and (lost := lost_figures(sentence, spoken_of)):
        found = Finding(kind=FindingKind.LOST_FIGURES, held=lost)
        return _fail(Label.PARTIAL, Method.FRAGMENT, found)
    if chinese and (cut := cut_off(sentence, passage.text) or lost_verb(sentence, passage.text)):
        found = Finding(kind=FindingKind.LOST_WORD, held=(cut,))
        return _fail(Label.PARTIAL, Method.FRAGMENT, found)
    return None


def _judge_support(
    sentence: str, passage: Passage, language: str, support: Support, *, may_ask: bool
) -> Verdict:
    """The learned judge's word, and the language model's where it was asked."""
    judged = support.judge(sentence, passage, language, may_ask=may_ask)
    label = Label.SUPPORTED if judged.passes else Label.PARTIAL
    method, kind = Method.SUPPORT, FindingKind.LIKELY
    if judged.by_model:
        method, kind = Method.SECOND_READING, FindingKind.LIKELY_READ_TWICE
    number, least = f"{judged.probability:.0%}", f"{judged.least:.0%}"
    finding = Finding(kind=kind, number=number, least=least)
    return Verdict(label=label, score=judged.probability, method=method, finding=finding)


def _judge_coverage(coverage: Coverage) -> Verdict:
    """Enough of the sentence stands in the clause, no word is foreign, and the rule is kept."""
    share = coverage.share
    label = Label.UNSUPPORTED
    if share >= COVERED:
        label = Label.SUPPORTED
    elif share >= PARTLY_COVERED:
        label = Label.PARTIAL
    if label is Label.SUPPORTED and (change := _changed(coverage)):
        return _fail(Label.PARTIAL, Method.WORDING, change)
    if label is Label.SUPPORTED and (lost := _lost(coverage)):
        return _fail(Label.PARTIAL, Method.FRAGMENT, lost)
    kind = FindingKind.PARTLY_COVERED if coverage.missing else FindingKind.COVERED
    finding = Finding(kind=kind, number=f"{share:.0%}", said=coverage.missing[:_TOLD])
    return Verdict(label=label, score=share, method=Method.COVERAGE, finding=finding)


def _changed(coverage: Coverage) -> Finding | None:
    """A word put into the rule, or passed over in it."""
    if added := [run for run in coverage.missing if len(run) >= _WORD]:
        return Finding(kind=FindingKind.ADDED_WORD, said=(added[0],))
    if coverage.dropped:
        return Finding(kind=FindingKind.PASSED_OVER, held=(coverage.dropped[0],))
    return None


def _lost(coverage: Coverage) -> Finding | None:
    """The rule's first word, or more of it than may be left out."""
    if coverage.headless:
        return Finding(kind=FindingKind.LOST_WORD, held=(coverage.headless,))
    if coverage.kept < KEPT:
        return Finding(kind=FindingKind.LOST_SHARE, number=f"{1 - coverage.kept:.0%}")
    return None


def _judge_translation(sentence: str, clause: str, language: str, rank: int | None) -> Verdict:
    """A translation must be one, as long as its clause asks for, and lead a search back to it."""
    left_over = "".join(_HAN.findall(sentence)) if language != "ja" else ""
    if left_over:
        found = Finding(kind=FindingKind.UNTRANSLATED, said=(left_over[:12],))
        return _fail(Label.PARTIAL, Method.TRANSLATION, found)
    ratio = len(sentence) / len(clause)
    low, high = _LENGTH_RATIO
    if not low <= ratio <= high:
        found = Finding(kind=FindingKind.LENGTH, number=f"{ratio:.1f}")
        return _fail(Label.PARTIAL, Method.TRANSLATION, found)
    if rank is None:
        return _fail(Label.PARTIAL, Method.EMBEDDING, Finding(kind=FindingKind.NOT_FOUND))
    if rank > FOUND_AT_RANK:
        found = Finding(kind=FindingKind.FOUND_LATE, number=str(rank))
        return _fail(Label.PARTIAL, Method.EMBEDDING, found)
    found = Finding(kind=FindingKind.FOUND, number=str(rank))
    return Verdict(label=Label.SUPPORTED, score=1.0 / rank, method=Method.EMBEDDING, finding=found)
