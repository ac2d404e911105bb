"""The asker's language, told by script first."""

from __future__ import annotations

import pytest

from eval.check_questions import QUESTIONS, load_questions
from index.passage import Passage
from rag.language import (
    LANGUAGE_NAMES,
    detect_language,
    is_chinese,
    to_simplified,
    to_traditional,
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("育儿补贴怎么领？", "zh"),
        ("育兒補貼怎麼領？", "zh-Hant"),
        ("How do I get the childcare subsidy?", "en"),
        ("育児手当はもらえますか？", "ja"),
        ("육아 수당은 얼마인가요?", "ko"),
        ("Comment obtenir l'allocation ?", "fr"),
        ("¿Cómo puedo obtener el subsidio?", "es"),
        ("Как получить пособие?", "ru"),
        ("كيف أحصل على الدعم؟", "ar"),
        ("Wie bekomme ich das Kindergeld?", "de"),
        ("REITs 是什么", "zh"),
        ("iPhone以旧换新", "zh"),
        ("What does 育儿补贴 mean for my family here", "en"),
        ("unemployment insurance", "en"),
        ("Pension?", "en"),
        ("subsidy", "en"),
        ("hola ayuda", "es"),
        ("Kindergeld", "de"),
        ("subvention voiture", "fr"),
        ("What does 以旧换新 mean?", "en"),
        ("REITs 和 IP 是什么", "zh"),
        ("ＨＯＷ　ｍｕｃｈ　ｉｓ　ｉｔ", "en"),
    ],
)
def test_scripts_and_words_tell_the_language(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_every_evaluation_question_is_told_right() -> None:
    questions = load_questions(QUESTIONS)
    wrong = [(q.id, q.lang) for q in questions if detect_language(q.question) != q.lang]
    assert wrong == []


def test_every_clause_is_simplified_chinese(passages: tuple[Passage, ...]) -> None:
    assert {detect_language(p.text) for p in passages} == {"zh"}


def test_traditional_comes_back_simplified(passages: tuple[Passage, ...]) -> None:
    for passage in passages:
        traditional = to_traditional(passage.text)
        assert to_simplified(traditional) == passage.text


def test_whatever_comes_the_code_is_one_of_ours() -> None:
    for text in ("", "？！", "123", "😀", "ไทย", "ελληνικά", "a", "<|im_end|>", "\udcff"):
        assert detect_language(text) in LANGUAGE_NAMES


def test_both_scripts_are_chinese_and_nothing_else_is() -> None:
    assert [code for code in LANGUAGE_NAMES if is_chinese(code)] == ["zh", "zh-Hant"]


@pytest.mark.parametrize(
    ("text", "traditional"),
    [
        ("及时足额发放失业保险金", "及時足額發放失業保險金"),
        ("单方面免签国家", "單方面免簽國家"),
        ("市场准入负面清单", "市場准入負面清單"),
        ("银发旅游、头发", "銀髮旅遊、頭髮"),
    ],
)
def test_words_taken_apart_wrongly_are_put_right(text: str, traditional: str) -> None:
    assert to_traditional(text) == traditional
