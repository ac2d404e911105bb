"""The fixed sentences that stand where there is no answer."""

from __future__ import annotations

import pytest

from rag.answer import Reason
from rag.notices import NOTICE_LANGUAGES, notice, notice_language

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
        ("fr", "en"),
        ("", "en"),
    ],
)
def test_a_reader_is_addressed_in_the_nearest_language(language: str, wanted: str) -> None:
    assert notice_language(language) == wanted
