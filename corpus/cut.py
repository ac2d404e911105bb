"""Sentences of Chinese official prose, by their offsets."""

from __future__ import annotations

import re

from corpus.document import Span

# A sentence runs to its full stop, with the quotation marks and brackets that close behind it.
_SENTENCE = re.compile(r"[^。！？]*(?:[。！？]+[”’）》]*|$)")


def cut_sentences(text: str, within: Span) -> tuple[Span, ...]:
    """The sentences of `text[within]` in order, without the white space around them."""
    spans = []
    position = within.start
    while position < within.end:
        match = _SENTENCE.match(text, position, within.end)
        end = match.end() if match and match.end() > position else within.end
        stripped = text[position:end].strip()
        if stripped:
            start = text.index(stripped, position)
            spans.append(Span(start, start + len(stripped)))
        position = end
    return tuple(spans)
