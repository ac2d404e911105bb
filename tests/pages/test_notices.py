"""The fixed sentences that stand where there is no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import FakeAssistant, cite, fake_answer

from corpus.document import Locator, Span
from rag.answer import Caution, CautionKind, Citation, Origin, Reason, Statement
from rag.check.verdict import VERBATIM
from rag.notices import (
    NOTICE_LANGUAGES,
    beside_notices,
    caution_notice,
    notice,
    notice_language,
)
from rag.privacy import MASK

ABSTENTIONS = [reason for reason in Reason if reason is not Reason.NONE]


@pytest.mark.parametrize("reason", ABSTENTIONS)
def test_every_reason_has_a_sentence_in_every_language(reason: Reason) -> None:
    sentences = [notice(reason, language) for language in NOTICE_LANGUAGES]
    assert all(sentences)
    assert len(set(sentences)) == len(NOTICE_LANGUAGES)


@pytest.mark.parametrize(
    "reason",
    [
        Reason.NO_AMOUNT,
        Reason.NO_DATE,
        Reason.NO_PLACE,
        Reason.NO_PROCEDURE,
        Reason.NO_DETAIL,
    ],
)
@pytest.mark.parametrize("language", NOTICE_LANGUAGES)
def test_what_the_policy_leaves_out_is_sent_to_the_usual_channel(
    reason: Reason, language: str
) -> None:
    assert "12345" in notice(reason, language)


def test_an_answer_that_did_not_abstain_has_no_notice() -> None:
    with pytest.raises(ValueError):
        notice(Reason.NONE, "zh")


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh_TW", "zh-Hant"),
        ("zh-Hant", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("en-GB", "en"),
        ("fr-CA", "fr"),
        ("it", "en"),
        ("", "en"),
    ],
)
def test_a_reader_is_addressed_in_the_nearest_language(language: str, wanted: str) -> None:
    assert notice_language(language) == wanted


@pytest.mark.parametrize("kind", CautionKind)
def test_every_caution_quotes_its_word_in_every_language(kind: CautionKind) -> None:
    told = [
        caution_notice(Caution(kind=kind, word="鼓励"), language) for language in NOTICE_LANGUAGES
    ]
    assert all("鼓励" in words and "$" not in words for words in told)
    assert len(set(told)) == len(NOTICE_LANGUAGES)


def test_beside_an_answer_stand_unheld_figures_and_masked_numbers() -> None:
    plain = fake_answer("育儿补贴有吗", (), (), reason=Reason.NONE)
    assert beside_notices(plain) == ()
    figures = replace(plain, unheld_figures=("1.5%", "3000"), question=f"我是{MASK}，有1.5%吗")
    told = beside_notices(figures)
    assert len(told) == 2 and "1.5%、3000" in told[0]
    abstained = fake_answer("育儿补贴多少钱", (), (), reason=Reason.NO_AMOUNT)
    abstained = replace(abstained, unheld_figures=("3000",))
    assert beside_notices(abstained) == ()  # nothing was searched: perhaps no figure at all
    near = Citation(locator=Locator.parse("d#measure:5/clause:1"), quote="原文", span=Span(0, 2))
    (told,) = beside_notices(replace(abstained, nearby=(near,)))
    assert "3000" in told
    assert beside_notices(replace(abstained, nearby=(near,), reason=Reason.OFF_TOPIC)) == ()


def test_beside_an_answer_stand_the_wishes_that_the_policy_is_silent_on() -> None:
    answer = fake_answer("育儿补贴有吗，公交几点停，票价多少", (), ())
    (told,) = beside_notices(replace(answer, unsaid=("公交几点停", "票价多少")))
    assert told.startswith("您还问到“公交几点停”“票价多少”，政策没有写。")
    (told,) = beside_notices(replace(answer, language="en", unsaid=("a" * 61, "b")))
    assert f"“{'a' * 59}…”, “b”" in told


def test_beside_an_answer_stands_what_its_clauses_do_not_claim() -> None:
    clause = "鼓励有条件的地方结合实际探索设置中小学春秋假。"
    citation = Citation(
        locator=Locator.parse("d#measure:21/clause:2"), quote=clause, span=Span(0, len(clause))
    )
    statement = Statement(text=clause, citations=(citation,), verdict=VERBATIM)
    answer = fake_answer("春秋假是全国强制放的吧", (), ())
    assert beside_notices(answer) == ()  # with no clause there is nothing to hold it against
    answer = replace(answer, statements=(statement,))
    (told,) = beside_notices(answer)
    assert told == "您说的“全国”“强制”，这里所列的条文里没有这样写。"
    assert beside_notices(replace(answer, question="春秋假放不放")) == ()
    assert beside_notices(replace(answer, origin=Origin.STRUCTURE)) == ()
    abstained = fake_answer("春秋假是全国强制放的吧", (), (), reason=Reason.NO_DETAIL)
    assert beside_notices(replace(abstained, nearby=(citation,))) == (told,)
    off_topic = replace(abstained, nearby=(citation,), reason=Reason.OFF_TOPIC)
    assert beside_notices(off_topic) == ()


def test_what_the_heading_of_a_clause_says_is_no_overstatement(assistant: FakeAssistant) -> None:
    hit = next(
        h for h in assistant.search("加强低收入人口动态监测") if h.passage.locator.measure == 8
    )
    assert hit.passage.heading_path[-1] == "保障重点群体基本生活"
    said = Statement(text="", citations=(cite(hit.passage),), verdict=VERBATIM)
    question = "Is the basic living of low-income people guaranteed?"
    answer = replace(fake_answer(question, (said,), (hit,)), language="en")
    assert beside_notices(answer) == ()
    (told,) = beside_notices(replace(answer, hits=()))
    assert "guaranteed" in told


@pytest.mark.parametrize("language", NOTICE_LANGUAGES)
def test_what_stands_beside_is_told_in_every_language(language: str) -> None:
    answer = fake_answer("育儿补贴有吗，公交几点停，票价多少", (), ())
    answer = replace(
        answer, language=language, unsaid=("甲", "乙"), unheld_figures=("1.5%", "3000")
    )
    told = beside_notices(answer)
    assert len(told) == 2 and "1.5%" in told[0] and "3000" in told[0]
    assert "甲" in told[1] and "乙" in told[1] and "$" not in "".join(told)
