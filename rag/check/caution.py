"""How firm a rule is, where its words hold less than a reader may hope: 鼓励 is no promise."""

from __future__ import annotations

import re

from rag.answer import Caution, CautionKind
from rag.check.segments import fold_for_match

# The first that is found tells the reader most.
_WORDS: tuple[tuple[CautionKind, re.Pattern[str]], ...] = (
    (CautionKind.WHERE_ABLE, re.compile(r"有条件的地方|具备条件的")),
    (CautionKind.STUDIED, re.compile(r"研究(?:建立|制定|出台|推出|完善|设立)|探索")),
    (CautionKind.PILOTED, re.compile(r"试点|试行")),
    # 纳入鼓励外商投资产业目录 names a catalogue and encourages nobody.
    (CautionKind.ENCOURAGED, re.compile(r"(?<!纳入)(?<!列入)鼓励|倡导|提倡")),
    (CautionKind.ELIGIBLE, re.compile(r"符合条件的")),
    (CautionKind.UNDATED, re.compile(r"适时|择机")),
)


def read_caution(official: str) -> Caution | None:
    """What to bear in mind about official Chinese words; None where they are plainly meant."""
    folded = fold_for_match(official)
    for kind, words in _WORDS:
        if found := words.search(folded):
            return Caution(kind=kind, word=found[0])
    return None
