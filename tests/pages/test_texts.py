"""The page's fixed words."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

import rag.pages
from rag.answer import Label, Method, Origin, Reason, Status
from rag.pages.places import Standing
from rag.pages.session import Phase
from rag.pages.texts import LANGUAGES, choose_language, load_texts, official_note

PAGES = Path(rag.pages.__file__).parent
SOURCES = [*PAGES.glob("*.py"), *PAGES.glob("templates/*.html")]
RUNNING = (Phase.WAITING, Phase.SEARCHING, Phase.WRITING)
COLUMNS = ("rank", "place", "text", "score", "dense", "lexical")


def _used_keys() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    keys = set(re.findall(r"""\bt\(\s*['"](\w+)['"]\s*[,)]""", text))
    keys |= set(re.findall(r"""fact\('(\w+)'""", text)) | {"date"}
    keys |= {"issued_on", "published_on", "in_force_from", "stopped", "stopped_empty"}
    keys |= {f"label_{label}" for label in Label} | {f"status_{status}" for status in Status}
    keys |= {f"origin_name_{origin}" for origin in Origin} | {f"origin_{o}" for o in Origin}
    keys |= {f"method_{method}" for method in Method}
    keys |= {f"reason_{reason}" for reason in Reason if reason is not Reason.NONE}
    keys |= {f"column_{column}" for column in COLUMNS} | {str(phase) for phase in RUNNING}
    keys |= {f"panel_{standing}" for standing in (Standing.MOVED, Standing.CHANGED)}
    return keys | {"model_loading", "model_failed", "origin_model_partial"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_the_page_uses_is_there_and_none_is_idle(language: str) -> None:
    assert set(load_texts(language).words) == _used_keys()


def test_the_languages_fill_in_the_same_names() -> None:
    chinese, english = (load_texts(language).words for language in LANGUAGES)
    for key in chinese.keys() - {"date"}:
        names = [
            set(re.findall(r"\$\{?(\w+)", words[key], re.ASCII)) for words in (chinese, english)
        ]
        assert names[0] == names[1], key


def test_there_are_four_to_six_examples_in_each_language() -> None:
    assert all(4 <= len(load_texts(language).examples) <= 6 for language in LANGUAGES)


def test_a_date_is_written_as_the_language_writes_it() -> None:
    day = dt.date(2025, 3, 16)
    assert [load_texts(language).date(day) for language in LANGUAGES] == [
        "2025年3月16日",
        "16 March 2025",
    ]


def test_an_unknown_key_or_language_is_an_error() -> None:
    with pytest.raises(KeyError):
        load_texts("zh")("no such key")
    with pytest.raises(ValueError):
        load_texts("fr")


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("en;q=0.2, zh;q=0.8", "zh"),
        ("fr-FR,fr;q=0.9", "en"),
        ("fr, zh;q=0.5", "zh"),
        ("", "zh"),
        ("*", "zh"),
        ("en;q=nonsense", "zh"),
    ],
)
def test_the_interface_speaks_the_browser_s_language(accepted: str, wanted: str) -> None:
    assert choose_language(accepted) == wanted


def test_only_readers_of_other_languages_are_told_that_the_text_is_chinese() -> None:
    assert official_note("zh") == ""
    assert "Chinese" in official_note("en")
    assert official_note("fr") == "Le texte officiel ci-dessus est en chinois."
    assert official_note("it") == official_note("en")
