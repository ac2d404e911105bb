"""A run that was stopped goes on where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fakes import fake_answer
from made import make_question, make_reply

from eval.journal import Journal, ask_all
from eval.question import Question
from eval.reply import Reply
from eval.systems import ModelFailedError, Product
from rag.answer import Answer, Turn

QUESTIONS = [make_question(id=f"q{n}") for n in range(901, 906)]


@dataclass(slots=True)
class Interrupted:
    """Answers with its question's id and is interrupted at one of them, once."""

    stop_at: str = ""
    name: str = "interrupted"
    asked: list[str] = field(default_factory=list)

    def reply(self, question: Question) -> Reply:
        """The id as the text."""
        if question.id == self.stop_at:
            self.stop_at = ""
            raise KeyboardInterrupt
        self.asked.append(question.id)
        return make_reply(5, question_id=question.id, text=question.id)


def test_nothing_is_asked_twice_and_the_order_is_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "deep" / "j.jsonl")
    system = Interrupted("q903")
    with pytest.raises(KeyboardInterrupt):
        list(ask_all(system, QUESTIONS, journal))
    assert list(journal.read()) == ["q901", "q902"]
    replies = list(ask_all(system, QUESTIONS, journal))
    assert [r.text for r in replies] == [q.id for q in QUESTIONS]
    assert system.asked == [q.id for q in QUESTIONS]


def test_a_line_cut_off_by_a_kill_is_asked_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    list(ask_all(Interrupted(), QUESTIONS, journal))
    whole = journal.path.read_bytes().rstrip()
    journal.path.write_bytes(whole[:-20])
    system = Interrupted()
    replies = list(ask_all(system, QUESTIONS, journal))
    assert system.asked == ["q905"]
    assert [r.text for r in replies] == [q.id for q in QUESTIONS]
    assert list(journal.read()) == [q.id for q in QUESTIONS]


def test_a_line_cut_inside_a_character_is_left_out_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.append(make_reply(question_id="q901", text="甲\u2028乙"))
    journal.append(make_reply(question_id="q902"))
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[: whole.rindex("育".encode()) + 1])
    assert [reply.text for reply in journal.read().values()] == ["甲\u2028乙"]


def test_a_whole_run_is_forgotten_and_a_longer_one_is_not(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    list(ask_all(Interrupted(), QUESTIONS, journal))
    journal.forget(["q901", "q904"])
    assert list(journal.read()) == ["q902", "q903", "q905"]
    journal.forget([question.id for question in QUESTIONS])
    journal.forget(["q901"])
    assert journal.read() == {} and not journal.path.exists()


class Failing:
    """Stands where Assistant does; its language model breaks off every time."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Nothing of the model's."""
        return replace(fake_answer(question, (), ()), model_failed=True)


def test_an_answer_that_the_model_broke_off_stops_the_run_and_is_not_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    product = Product("main", Failing(), judge=None)  # type: ignore[arg-type]
    with pytest.raises(ModelFailedError, match="q901"):
        list(ask_all(product, QUESTIONS, journal))
    assert journal.read() == {}
