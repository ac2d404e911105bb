"""Whether the passages that a sentence cites hold it: ALCE's questions, with our checker as judge.

ALCE (Gao et al., "Enabling Large Language Models to Generate Text with Citations", EMNLP 2023)
asks a natural-language-inference model; no such model can be fetched here, so `rag.check` answers
in its place: its learned judge for a clause, coverage by characters for any other passage and for
several clauses together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import Locator, Span
from eval.reply import Said
from index.passage import Passage
from index.search import Index
from rag.answer import Label
from rag.check.support import Support
from rag.check.verdict import check
from rag.language import detect_language, is_chinese

_BLANK = re.compile(r"\s+")
_PARTS = re.compile(r"[^，；,;]+[，；,;]?")


def squeeze(text: str) -> str:
    """A text without any blank: what is left of it when a page's line breaks do not count."""
    return _BLANK.sub("", text)


class SupportJudge:
    """Judges sentences against what they cite; `index` holds the policy's clauses."""

    def __init__(self, index: Index, support: Support | None = None) -> None:
        self._index = index
        self._support = support
        self._clauses = {squeeze(passage.text): passage for passage in index.passages}

    def judge(self, said: Said) -> Said:
        """The sentence with `supported` and `needed` filled in.

        A citation is needed (ALCE: precise) unless the sentence is unsupported, or the citation
        alone does not hold it while the others without it do.
        """
        quotes = [cited.quote for cited in said.cited]
        supported = self.holds(said.text, quotes)
        needed = tuple(
            supported
            and (
                self.holds(said.text, [quote])
                or not self.holds(said.text, quotes[:i] + quotes[i + 1 :])
            )
            for i, quote in enumerate(quotes)
        )
        return said.model_copy(update={"supported": supported, "needed": needed})

    def holds(self, sentence: str, quotes: Sequence[str]) -> bool:
        """Whether the quotes together support the sentence; none support nothing."""
        text = squeeze("".join(quotes))
        if not text:
            return False
        if squeeze(sentence) in text:
            return True
        language = detect_language(sentence)
        if (clauses := self._judged_clauses(quotes, language)) is not None:
            # Of several clauses each part of a sentence must stand in one.
            parts = [sentence] if len(clauses) == 1 else _PARTS.findall(sentence)
            return all(
                any(self._holds_alone(part, clause, language) for clause in clauses)
                for part in parts
            )
        if is_chinese(language):
            verdict = check(sentence, _passage(text), question="", language=language, rank=None)
        else:
            passage = self._found_first(sentence)
            if squeeze(passage.text) not in text:
                return False
            verdict = check(sentence, passage, question="", language=language, rank=1)
        return verdict.label is Label.SUPPORTED

    def _judged_clauses(self, quotes: Sequence[str], language: str) -> list[Passage] | None:
        """The clauses quoted, where each is one and the learned judge can read them all."""
        clauses = [self._clauses.get(squeeze(quote)) for quote in quotes]
        known = [clause for clause in clauses if clause is not None]
        if self._support is None or len(known) < len(quotes):
            return None
        support = self._support
        return known if all(support.can_judge(clause, language) for clause in known) else None

    def _holds_alone(self, sentence: str, clause: Passage, language: str) -> bool:
        verdict = check(
            sentence, clause, question="", language=language, rank=None, support=self._support
        )
        return verdict.label is Label.SUPPORTED

    def _found_first(self, sentence: str) -> Passage:
        """The clause that a search for a sentence in another language finds first."""
        return self._index.search(sentence, 1)[0].passage


def _passage(text: str) -> Passage:
    """A text that is no clause of the corpus, in the form that the checks read."""
    return Passage(
        id="cited",
        locator=Locator(document_id="cited", path=()),
        text=text,
        heading_path=(),
        span=Span(0, len(text)),
        n_tokens=len(text),
    )
