"""What staff read of a check, in either language of the interface."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import rag
from rag.answer import Label, Method, Verdict
from rag.findings import FINDING_LANGUAGES, FINDINGS_PATH, Finding, FindingKind, tell

ROOM = Path(rag.__file__).parent
WORDS = tomllib.loads(FINDINGS_PATH.read_text(encoding="utf-8"))
LOST = Finding(kind=FindingKind.LOST_FIGURES, held=("2025", "3"))


def test_every_finding_has_words_in_every_language_and_none_is_idle() -> None:
    assert set(WORDS) == {kind.value for kind in FindingKind}
    assert {tuple(sorted(words)) for words in WORDS.values()} == {tuple(sorted(FINDING_LANGUAGES))}
    sources = [path for path in ROOM.rglob("*.py") if path.name != "findings.py"]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    made = set(re.findall(r"\bFindingKind\.(\w+)", code))
    assert made == {kind.name for kind in FindingKind}


@pytest.mark.parametrize("kind", FindingKind)
def test_the_languages_tell_the_same_in_their_own_words(kind: FindingKind) -> None:
    chinese, english = (WORDS[kind.value][language] for language in ("zh", "en"))
    names = [set(re.findall(r"\$(\w+)", words, re.ASCII)) for words in (chinese, english)]
    assert names[0] == names[1] <= {"said", "held", "number", "least"}
    assert re.search(r"[\u4e00-\u9fff]", chinese) and not re.search(r"[\u4e00-\u9fff]", english)


def test_each_finding_is_told_apart_from_the_others() -> None:
    for language in FINDING_LANGUAGES:
        assert len({words[language] for words in WORDS.values()}) == len(FindingKind)


@pytest.mark.parametrize("language", FINDING_LANGUAGES)
@pytest.mark.parametrize("kind", FindingKind)
def test_whatever_it_speaks_of_is_filled_in(kind: FindingKind, language: str) -> None:
    finding = Finding(kind=kind, said=("$held",), held=("乙",), number="7", least="8%")
    filled = WORDS[kind.value][language].replace("$number", "7").replace("$least", "8%")
    filled = filled.replace("$held", "乙").replace("$said", "$held")
    assert tell(finding, language) == filled


def test_several_words_stand_apart_as_the_language_parts_them() -> None:
    assert tell(LOST, "zh") == "所说的规定中，略去了2025、3"
    assert tell(LOST, "en") == "leaves out 2025, 3 of the rule it speaks of"


def test_the_reason_of_a_verdict_is_its_finding_in_english() -> None:
    verdict = Verdict(label=Label.PARTIAL, score=0.0, method=Method.FRAGMENT, finding=LOST)
    assert verdict.reason == tell(LOST, "en")


def test_the_interface_speaks_no_other_language() -> None:
    with pytest.raises(KeyError):
        tell(LOST, "fr")
