"""How much a question asks for is told by its own words, in the languages that people write."""

from __future__ import annotations

import pytest

from rag.extent import is_compound, only_sentence_asked


@pytest.mark.parametrize(
    "question",
    [
        "看病和买车两样都想问",
        "Does it cover both cruises and duty-free shops?",
        "Dos cosas: ¿habrá más guarderías? ¿Y bajan los tipos?",
        "Deux questions : la garde d'enfants et les prêts ?",
        "Gibt es mehr Krippen, und auch billigere Kredite?",
        "Что с яслями, а также с кредитами?",
        "育児と年金、両方について教えてください",
        "보육은요? 그리고 연금은요?",
    ],
)
def test_a_question_that_says_it_has_several_parts(question: str) -> None:
    assert is_compound(question)


@pytest.mark.parametrize(
    "question", ["看病能报销吗", "¿Habrá más guarderías?", "Gibt es mehr Krippen?", "育児について"]
)
def test_a_question_with_one_part_says_nothing_of_several(question: str) -> None:
    assert not is_compound(question)


def test_the_one_sentence_that_asks() -> None:
    assert (
        only_sentence_asked("My flyer is torn. What does number 20 say?")
        == "What does number 20 say?"
    )
    assert only_sentence_asked("What does number 20 say?") == ""
    assert only_sentence_asked("第二十条讲什么？第三条呢？") == ""
