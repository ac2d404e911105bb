"""What a conversation remembers."""

from __future__ import annotations

from dataclasses import replace

from fakes import FakeAssistant

from rag.answer import Quoted, Role, Stated
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


def test_a_quoted_clause_gives_way_to_the_sentence_about_its_measure() -> None:
    exchange = Exchange(question="先引，育儿补贴和免税店")
    states = [exchange := exchange.after(e) for e in FakeAssistant().stream(exchange.question)]
    quoted, one_stated, done = states[1], states[2], states[-1]
    assert quoted.shown == quoted.quoted != ()
    stated = one_stated.statements[0]
    spoken = stated.citations[0].locator.measure_locator
    left = [s for s in quoted.quoted if s.citations[0].locator.measure_locator != spoken]
    assert one_stated.shown == (stated, *left)
    assert done.shown == done.statements and done.quoted == ()


def test_a_sentence_takes_the_place_of_its_measure_s_quote_and_not_the_first() -> None:
    exchange = Exchange(question="先引，育儿补贴和免税店")
    events = FakeAssistant().stream(exchange.question)
    one, other = next(e.statements for e in events if isinstance(e, Quoted))
    exchange = exchange.after(Quoted(statements=(one, other)))
    said, also = replace(other, text="说后一项。"), replace(one, text="说前一项。")
    exchange = exchange.after(Stated(statement=said))
    assert exchange.shown == (one, said)
    exchange = exchange.after(Stated(statement=also, place=0))
    assert exchange.shown == exchange.statements == (also, said)


def test_what_was_quoted_when_it_was_stopped_is_remembered() -> None:
    exchange = Exchange(question="先引，育儿补贴")
    events = FakeAssistant().stream(exchange.question)
    for _ in range(2):
        exchange = exchange.after(next(events))
    assert exchange.turns()[1].content == "".join(s.text for s in exchange.quoted)
