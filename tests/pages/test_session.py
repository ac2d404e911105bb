"""What a conversation remembers."""

from __future__ import annotations

from fakes import FakeAssistant

from rag.answer import Role
from rag.pages.session import MAX_EXCHANGES, Exchange, Session


def _finished(question: str) -> Exchange:
    exchange = Exchange(question=question)
    for event in FakeAssistant().stream(question):
        exchange = exchange.after(event)
    return exchange


def test_an_answer_becomes_a_turn_of_each_role() -> None:
    exchange = _finished("旧手机换新有补贴吗？")
    turns = exchange.turns()
    assert [turn.role for turn in turns] == [Role.USER, Role.ASSISTANT]
    assert turns[1].content == "".join(s.text for s in exchange.statements)


def test_an_abstention_is_remembered_by_its_sentence() -> None:
    assert "12345" in _finished("补贴多少钱").turns()[1].content


def test_a_question_that_could_not_be_asked_is_not_remembered() -> None:
    for question in ("", "长" * 501, "？！"):
        assert _finished(question).turns() == ()


def test_a_session_keeps_a_bounded_number_of_exchanges() -> None:
    session = Session()
    for number in range(MAX_EXCHANGES + 5):
        session.begin(Exchange(question=str(number)))
    assert len(session.exchanges) == MAX_EXCHANGES
    assert session.exchanges[-1].question == str(MAX_EXCHANGES + 4)
