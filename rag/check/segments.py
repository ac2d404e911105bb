"""Which part of a clause a sentence speaks of."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rag.language import to_simplified

# A comma between digits parts nothing.
_SEGMENT = re.compile(r"(?:[^，；。！？,;]|(?<=\d),(?=\d))+[，；。！？,;]?[”’）》]*")
_LIST_MARKS = str.maketrans(dict.fromkeys("，、；。！？：“”", "\t"))
_PHRASE = re.compile(r"[^\t]+")
_WORDLESS_BUT_TABS = re.compile(r"[^\w\t]|_")
_WORDLESS = re.compile(r"[\W_]+")
# Characters that carry no matter of their own: a sentence may add them freely.
FUNCTION_CHARACTERS = frozenset(
    "的了是在和与及或等将会可以能也都就还有对于为把被从向到由按照根据其这那该此个们吗呢吧啊地得着过您你我他她它"
    "并而且但则即若如果所并非说明指出提到规定要求政策文件措施方面相关具体以下中上内后前时"
)


def fold_for_match(text: str) -> str:
    """NFKC, simplified, lower case, without round brackets: what sentence and clause share.

    A bracket in the middle of a word, 门（急）诊, must not part it.
    """
    folded = to_simplified(unicodedata.normalize("NFKC", text)).lower()
    return folded.replace("(", "").replace(")", "")


def matter_of(folded: str) -> str:
    """The characters of a folded text that carry matter."""
    return "".join(c for c in folded if c.isalnum() and c not in FUNCTION_CHARACTERS)


def segments_of(clause: str) -> tuple[str, ...]:
    """A clause cut at its commas; together they are the clause."""
    return tuple(_SEGMENT.findall(clause)) or (clause,)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a sentence stands in a clause, and which of the clause's segments it uses.

    `share` in [0, 1] is over the sentence's content characters; `missing` are the runs that the
    clause does not hold; `segments` are indices into `segments_of(clause)`. `kept` in [0, 1] is how
    much the sentence repeats of the segment that it repeats most, and `headless` that segment's
    first word where the sentence leaves it out: official clauses open with their verb. `dropped` are
    words left out of the middle of a phrase whose both ends the sentence repeats.
    """

    share: float
    missing: tuple[str, ...]
    segments: tuple[int, ...]
    kept: float
    headless: str
    dropped: tuple[str, ...]


def cover(sentence: str, clause: str, context: str = "") -> Coverage:
    """Mark each character of the sentence that lies in a run of two or more shared characters.

    `context` (the clause's headings) may support a sentence too, but it names no segment.
    """
    said = _WORDLESS.sub("\n", fold_for_match(sentence))
    held = fold_for_match(clause)
    marked = shared_with(said, held) | shared_with(said, fold_for_match(context))
    content = [i for i, c in enumerate(said) if c != "\n" and c not in FUNCTION_CHARACTERS]
    covered = [i for i in content if i in marked]
    missing = _runs(said, [i for i in content if i not in marked])
    shares = _segment_shares(said, clause)
    best = max(range(len(shares)), key=shares.__getitem__)
    head = _WORDLESS.sub("", fold_for_match(segments_of(clause)[best]))[:2]
    return Coverage(
        share=len(covered) / len(content) if content else 0.0,
        missing=missing,
        segments=_used_segments(shares),
        kept=shares[best],
        headless="" if head in said else head,
        dropped=_dropped(said, clause, shortest=1 if missing else 2),
    )


def cut_off(sentence: str, clause: str) -> str:
    """What a clause says right before the words of a sentence that is a slice of it, and begins within a
    part: 农机报废更新补贴政策 without its 落实 states nothing. "" where it begins with one, or is no slice."""
    said, held = fold_for_match(sentence).strip("。，,. "), fold_for_match(clause)
    before = [held[: match.start()] for match in re.finditer(f"(?={re.escape(said)})", held)]
    is_cut = before and all(text and text[-1].isalnum() for text in before)
    return segments_of(before[0])[-1] if is_cut else ""


def shared_with(said: str, held: str) -> set[int]:
    """The places in a folded text whose characters lie in a pair that the other holds too."""
    pairs = {held[i : i + 2] for i in range(len(held) - 1)}
    marked: set[int] = set()
    for i in range(len(said) - 1):
        if said[i : i + 2] in pairs and "\n" not in said[i : i + 2]:
            marked |= {i, i + 1}
    return marked


def _runs(said: str, positions: list[int]) -> tuple[str, ...]:
    runs: list[str] = []
    previous = -2
    for i in positions:
        if i == previous + 1:
            runs[-1] += said[i]
        else:
            runs.append(said[i])
        previous = i
    return tuple(runs)


def _segment_shares(said: str, clause: str) -> list[float]:
    """For each segment, the share of its character pairs that the sentence repeats."""
    pairs = {said[i : i + 2] for i in range(len(said) - 1)}
    shares = []
    for segment in segments_of(clause):
        folded = _WORDLESS.sub("", fold_for_match(segment))
        own = [folded[i : i + 2] for i in range(len(folded) - 1)]
        shares.append(sum(p in pairs for p in own) / len(own) if own else 0.0)
    return shares


def _used_segments(shares: list[float]) -> tuple[int, ...]:
    """The segments of which the sentence repeats a good part: half of the best one's share."""
    best = max(shares, default=0.0)
    return tuple(i for i, share in enumerate(shares) if best > 0 and share >= best / 2)


def _dropped(said: str, clause: str, *, shortest: int) -> tuple[str, ...]:
    """Runs of at least `shortest` characters inside a phrase of the clause that the sentence passes over.

    One character is a word only where the sentence has one of its own in its place (免息, 计息).
    Whole items of a list may be left out; 违规 out of 上市公司股东违规减持 may not.
    """
    dropped: list[str] = []
    for phrase in _PHRASE.findall(
        _WORDLESS_BUT_TABS.sub("\n", fold_for_match(clause.translate(_LIST_MARKS)))
    ):
        marked = shared_with(phrase, said)
        passed_over = "".join(
            "o" if i in marked or c == "\n" else "x" for i, c in enumerate(phrase)
        )
        for match in re.finditer(f"x{{{shortest},}}", passed_over):
            if match.start() > 0 and match.end() < len(phrase):
                dropped.append(phrase[match.start() : match.end()])
    return tuple(dropped)
