"""How a sentence joins words that its clause has in other places: signs for the learned judge.

A sentence can be false in nothing but the clause's own words: 适当提高退休人员基本养老金 where it is 基础养老金
that is raised 适当. So the sentence is cut into runs of characters that stand in the clause, each is put where in the
clause it fits its neighbours best, and every joint of two runs is told by where it leads and by what stands between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np

from rag.check.segments import fold_for_match, matter_of, segments_of

JOINT_SIGNS = (
    "entering", "crossing", "crossing_by_word", "crossing_by_other",
    "back", "back_by_word", "back_by_other", "cut", "exchanged", "n_runs",
    "longest_join", "longest_cut", "longest_exchange", "longest_run",
)  # fmt: skip
_SHORTEST = 2
_KEPT_CLAUSES = 512
_STOPS = frozenset("，。；：！？,.;:!?\n")
# A run may begin or end beside one of these without cutting an item in two.
_LIST_MARKS = frozenset("、和与及或")
_QUOTES = re.compile(r"[“”\"'‘’《》〈〉「」『』·\s]")
# A word exchanged behind, and but for the end of a part before, so many characters of the clause is no wording of
# one's own: of 743 faithful sentences to learn from 2 have one, of 920 altered ones 56.
_SURROUNDED = 6
# 摩托车 is another word than 自行车 though both end alike.
_SHARED = 0.25
# An exchange is no more than so many characters put in the place of no more than so many.
_LONGEST_WORD = 8


class Joint(IntEnum):
    """Where in the clause a run lies, seen from the one before it in the sentence. ON and STOPPED are no signs."""

    ON = -2  # further on in the same part
    STOPPED = -1  # beyond a stop of the sentence
    ENTERING = 0  # at the beginning of another part: 支持金融机构…，有序开展续贷
    CROSSING = 1  # within another part
    CROSSING_BY_WORD = 2  # the same behind a word without matter, 的 or 将
    CROSSING_BY_OTHER = 3  # the same behind words that the clause has not
    BACK = 4  # before it in the same part
    BACK_BY_WORD = 5
    BACK_BY_OTHER = 6
    CUT = 7  # further on, from within an item of a list into another: A的B、C的D as A的D
    EXCHANGED = 8  # further on, with another word in the place of the clause's


# What a joint costs when it is asked where in the clause a run lies.
_COST = {Joint.ON: 0.0, Joint.STOPPED: 0.0, Joint.EXCHANGED: 0.2, Joint.CUT: 0.5}
_COST_OF_OTHERS = 1.0
_COST_OF_DISTANCE = 1e-4


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause without its quotation marks: the part that each character belongs to, and where parts begin."""

    text: str
    parts: tuple[int, ...]
    starts: frozenset[int]

    @classmethod
    @lru_cache(_KEPT_CLAUSES)
    def read(cls, text: str) -> _Clause:
        """As the sentence is read."""
        segments = [_bare(segment) for segment in segments_of(text)]
        parts = tuple(i for i, segment in enumerate(segments) for _ in segment)
        starts = frozenset(place for place in range(len(parts)) if parts[place - 1] != parts[place])
        return cls("".join(segments), parts, starts | {0})

    def places(self, run: str) -> list[int]:
        """Where a run stands."""
        return [match.start() for match in re.finditer(f"(?={re.escape(run)})", self.text)]


def _bare(text: str) -> str:
    return _QUOTES.sub("", fold_for_match(text))


def _runs(said: str, held: str) -> list[tuple[int, int]]:
    """From the left, the longest runs of the sentence that the clause holds; none goes beyond a stop."""
    runs, start = [], 0
    while start < len(said):
        end = start
        while end < len(said) and said[end] not in _STOPS and said[start : end + 1] in held:
            end += 1
        if end - start >= _SHORTEST and matter_of(said[start:end]):
            runs.append((start, end))
        start = max(end, start + 1)
    return runs


def _joint(clause: _Clause, end: int, between: str, start: int, edge: str) -> Joint:
    """The joint of a run that ends at a place of the clause and one that starts at another.

    `between` is what the sentence has between them, `edge` its characters beside that.
    """
    if any(c in _STOPS for c in between):
        return Joint.STOPPED
    is_same = clause.parts[end - 1] == clause.parts[start]
    if is_same and start >= end:
        passed = clause.text[end:start]
        if matter_of(between) and matter_of(passed):
            return Joint.EXCHANGED
        beside = {*edge, clause.text[end], clause.text[start - 1]}
        is_list = not between and not _LIST_MARKS.isdisjoint(passed)
        return Joint.CUT if is_list and _LIST_MARKS.isdisjoint(beside) else Joint.ON
    if not is_same and not between and start in clause.starts:
        return Joint.ENTERING
    by = 2 if matter_of(between) else 1 if between else 0
    return Joint((Joint.BACK if is_same else Joint.CROSSING) + by)


@dataclass(frozen=True, slots=True)
class _Found:
    """A joint, the length of its shorter run, and the words exchanged there."""

    joint: Joint
    shorter: int
    said: str
    passed: str


def _place(said: str, runs: Sequence[tuple[int, int]], clause: _Clause) -> list[int]:
    """Where in the clause each run lies: so that all joints together cost the least."""

    def join(i: int, place: int, following: int) -> Joint:
        (start, end), (then, _) = runs[i], runs[i + 1]
        return _joint(
            clause,
            place + end - start,
            said[end:then],
            following,
            said[end - 1] + said[then],
        )

    costs: list[dict[int, tuple[float, int]]] = [
        {place: (0.0, place) for place in clause.places(said[slice(*runs[0])])}
    ]
    for i, run in enumerate(runs[1:]):
        costs.append(
            {
                place: min(
                    (
                        cost
                        + _COST.get(join(i, before, place), _COST_OF_OTHERS)
                        + _COST_OF_DISTANCE * abs(place - before),
                        before,
                    )
                    for before, (cost, _) in costs[-1].items()
                )
                for place in clause.places(said[slice(*run)])
            }
        )
    place = min(costs[-1], key=lambda p: costs[-1][p][0])
    places = [place]
    for at in reversed(costs[1:]):
        place = at[place][1]
        places.append(place)
    return places[::-1]


def _find(
    said: str, runs: Sequence[tuple[int, int]], places: Sequence[int], clause: _Clause
) -> list[_Found]:
    """The joints of the runs, each at its place."""
    found = []
    for i, (place, following) in enumerate(zip(places, places[1:], strict=False)):
        (start, end), (then, last) = runs[i], runs[i + 1]
        passed = clause.text[place + end - start : following]
        edge = said[end - 1] + said[then]
        found.append(
            _Found(
                _joint(clause, place + end - start, said[end:then], following, edge),
                min(end - start, last - then),
                matter_of(said[end:then]),
                matter_of(passed),
            )
        )
    return found


def joint_signs(sentence: str, clause: str) -> np.ndarray:
    """The signs of JOINT_SIGNS of a Chinese sentence, in their order: (14,) float64.

    How many joints of each kind, how many runs, the length of the shorter run of the longest joint without a word
    between, of the longest cut and of the longest exchange of words, and the longest run's share of the sentence.
    """
    said, held = _bare(sentence), _Clause.read(clause)
    runs = _runs(said, held.text)
    if not runs:
        return np.zeros(len(JOINT_SIGNS))
    found = _find(said, runs, _place(said, runs, held), held)
    counts = np.zeros(len(Joint) - 2)
    for one in found:
        if one.joint >= 0:
            counts[one.joint] += 1

    def longest(*kinds: Joint) -> int:
        return max((one.shorter for one in found if one.joint in kinds), default=0)

    exchanged = max(
        (
            min(one.shorter, _LONGEST_WORD)
            for one in found
            if one.joint is Joint.EXCHANGED
            and len(one.said) >= _SHORTEST
            and len(one.passed) <= _LONGEST_WORD
        ),
        default=0,
    )
    return np.array(
        [
            *counts,
            len(runs),
            longest(Joint.CROSSING, Joint.BACK),
            longest(Joint.CUT),
            exchanged,
            max(end - start for start, end in runs) / len(said),
        ]
    )


def exchanged_word(sentence: str, clause: str) -> tuple[str, str] | None:
    """The clause's word and the one that a Chinese sentence has in its place amid the clause's own words.

    None where it has none: 合格安全的燃油摩托车 for 合格安全的电动自行车.
    """
    said, held = _bare(sentence), _Clause.read(clause)
    runs = _runs(said, held.text)
    if not runs:
        return None
    places = _place(said, runs, held)
    for one in _find(said, runs, places, held):
        is_surrounded = one.joint is Joint.EXCHANGED and one.shorter >= _SURROUNDED
        if is_surrounded and _is_another(one.said, one.passed):
            return one.passed, one.said
    for (start, end), place in zip(runs, places, strict=True):
        own, passed = _to_stop(said[end:]), _to_stop(held.text[place + end - start :])
        is_all_matter = own == matter_of(own) and passed == matter_of(passed)
        if end - start >= _SURROUNDED and is_all_matter and _is_another(own, passed):
            return passed, own
    return None


def repeated(sentence: str, clause: str) -> str:
    """The clause's characters that a Chinese sentence has twice on end, "" where there are none.

    扩大大学龄人口 for 扩大学龄人口 speaks of other people. No faithful sentence of 2,004 has any.
    """
    said, held = _bare(sentence), _Clause.read(clause)
    runs = _runs(said, held.text)
    places = _place(said, runs, held) if runs else []
    for i, (place, following) in enumerate(zip(places, places[1:], strict=False)):
        (start, end), (then, _) = runs[i], runs[i + 1]
        if then == end and place < following < place + end - start:
            return held.text[following : place + end - start]
    return ""


def _is_another(said: str, passed: str) -> bool:
    """Whether both are a word or two, and no wording of each other."""
    are_words = all(_SHORTEST <= len(word) <= _LONGEST_WORD for word in (said, passed))
    shared = set(said) & set(passed)
    return are_words and len(shared) <= _SHARED * min(len(said), len(passed))


def _to_stop(text: str) -> str:
    """What stands before the first stop."""
    return text[: next((i for i, c in enumerate(text) if c in _STOPS), len(text))]
