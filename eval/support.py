"""Whether the passages that a sentence cites hold it: ALCE's questions, with our checker as judge.

ALCE (Gao et al., "Enabling Large Language Models to Generate Text with Citations", EMNLP 2023)
asks a natural-language-inference model; no such model can be fetched here, so `rag.check` answers
in its place. It knows no synonyms: a faithful paraphrase may count as unsupported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import Locator, Span
from eval.reply import Said
from index.passage import Passage
from index.search import Index
from rag.answer import Label
from rag.check.verdict import check
from rag.language import detect_language, is_chinese

_BLANK = re.compile(r"\s+")


def squeeze(text: str) -> str:
    """A text without any blank: what is left of it when a page's line breaks do not count."""
    return _BLANK.sub("", text)


class SupportJudge:
    """Judges sentences against what they cite; `index` holds the policy's clauses."""

    def __init__(self, index: Index) -> None:
        self._index = index

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
        if is_chinese(language):
            verdict = check(sentence, _passage(text), question="", language=language, rank=None)
        else:
            passage = self._found_first(sentence)
            if squeeze(passage.text) not in text:
                return False
            verdict = check(sentence, passage, question="", language=language, rank=1)
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
