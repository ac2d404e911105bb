"""A policy's clean text out of a page as extracted: lines mended, headings parted, noise left out.

Text comes in as a newspaper's columns were read: hard line breaks, spaces put in to justify a
line, blank lines where a column ended in mid-sentence, headings glued to their neighbours, and
other articles behind the policy. A clean text goes through unchanged.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import PolicyQAError
from corpus.numerals import CHINESE_NUMERAL, parse_numeral

PART_MARK = re.compile(rf"({CHINESE_NUMERAL})、")
MEASURE_MARK = re.compile(rf"（({CHINESE_NUMERAL})）")
_SENTENCE_END = re.compile(r"[。！？；][”’）》]*$")
_FULL_TEXT_FOLLOWS = re.compile(r"《([^《》]+)》(?:\s*全文)?如下[。：:]?$")
# Han, kana, CJK punctuation, full-width forms and the curly quotes that Chinese text shares.
_WIDE = r"[\u2014\u2018-\u201d\u2026\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_STRAY_SPACE = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")
_PUNCTUATION = re.compile(r"[，。；：！？、]")
# A column's last line of a paragraph is visibly shorter than the lines before it.
_SHORT_LINE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanText:
    """The policy alone.

    `text` holds one paragraph a line, a part's heading as a paragraph of its own. `title` is empty
    where the source does not announce one. `left_out` are the other paragraphs of the source.
    """

    title: str
    text: str
    left_out: tuple[str, ...]


def mend_spaces(text: str) -> str:
    """The text without the spaces that Chinese does not have; Latin words keep one between them."""
    return re.sub(r"\s+", " ", _STRAY_SPACE.sub("", text)).strip()


def _ends_paragraph(lines: list[str], following: str, blank_between: bool) -> bool:
    """Whether the paragraph made of `lines` is over when `following` is the next line."""
    if not lines:
        return False
    if PART_MARK.match(following) or MEASURE_MARK.match(following):
        return True
    if _FULL_TEXT_FOLLOWS.search(mend_spaces(lines[-1])):
        return True
    if not _SENTENCE_END.search(lines[-1]):
        headline = len(lines) == 1 and not _PUNCTUATION.search(lines[0])
        return blank_between and headline and not PART_MARK.match(lines[0])
    return len(lines) > 1 and len(lines[-1]) < _SHORT_LINE * max(map(len, lines[-4:-1]))


def _is_wrapped(source: str) -> bool:
    """Whether lines were broken to fit a column: then few of them end where a sentence does."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return 2 * sum(bool(_SENTENCE_END.search(line)) for line in lines) < len(lines)


def join_lines(source: str) -> list[str]:
    """The paragraphs of a page, whether its lines were broken to fit a column or not."""
    if not _is_wrapped(source):
        return [mended for line in source.splitlines() if (mended := mend_spaces(line))]
    paragraphs: list[list[str]] = [[]]
    blank = False
    for line in source.splitlines():
        line = line.strip()
        if not line:
            blank = True
            continue
        if _ends_paragraph(paragraphs[-1], line, blank):
            paragraphs.append([])
        paragraphs[-1].append(line)
        blank = False
    return [mend_spaces("\n".join(lines)) for lines in paragraphs if lines]


def part_glued(paragraphs: list[str]) -> list[str]:
    """Paragraphs cut again before each mark that carries just the number that is due."""
    due = {PART_MARK: 1, MEASURE_MARK: 1}
    out: list[str] = []
    for paragraph in paragraphs:
        start = 0
        for match in re.finditer(f"{PART_MARK.pattern}|{MEASURE_MARK.pattern}", paragraph):
            mark = PART_MARK if match[1] else MEASURE_MARK
            before = paragraph[start : match.start()]
            opens = not before or _SENTENCE_END.search(before) or PART_MARK.match(before)
            if opens and parse_numeral(match[1] or match[2]) == due[mark]:
                due[mark] += 1
                if before:
                    out.append(before)
                start = match.start()
        out.append(paragraph[start:])
    return out


def _begin(paragraphs: list[str]) -> tuple[int, str]:
    """Where the policy begins, and the title that the line before announces."""
    for i, paragraph in enumerate(paragraphs):
        if announced := _FULL_TEXT_FOLLOWS.search(paragraph):
            return i + 1, announced[1]
    return 0, ""


def _end(paragraphs: list[str], begin: int) -> int:
    """Where the policy ends: at the first piece of furniture behind its last numbered measure."""
    measures = [i for i in range(begin, len(paragraphs)) if MEASURE_MARK.match(paragraphs[i])]
    due = 1
    last = begin
    for i in measures:
        match = MEASURE_MARK.match(paragraphs[i])
        if match and parse_numeral(match[1]) == due:
            due, last = due + 1, i
    end = last + 1
    while end < len(paragraphs) and _SENTENCE_END.search(paragraphs[end]):
        end += 1
    return end


def clean(source: str) -> CleanText:
    """The policy's text out of a page.

    Raises:
        PolicyQAError: the source holds no text.
    """
    paragraphs = part_glued(join_lines(source.lstrip("\ufeff")))
    if not paragraphs:
        raise PolicyQAError("The source is empty; wanted the text of a policy.")
    begin, title = _begin(paragraphs)
    if not any(MEASURE_MARK.match(p) for p in paragraphs[begin:]):
        return CleanText(title=title, text="\n".join(paragraphs), left_out=())
    end = _end(paragraphs, begin)
    return CleanText(
        title=title,
        text="\n".join(paragraphs[begin:end]),
        left_out=tuple(paragraphs[:begin] + paragraphs[end:]),
    )


def main() -> int:
    """Write a page's clean text to a file, or to standard output."""
    parser = argparse.ArgumentParser(prog="corpus.clean", description=clean.__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, help="write here instead of to standard output")
    args = parser.parse_args()
    text = clean(args.file.read_text(encoding="utf-8")).text + "\n"
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
