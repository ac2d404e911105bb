"""A run that was stopped goes on where it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from made import make_question, make_reply

from eval.journal import Journal, ask_all
from eval.question import Question
from eval.reply import Reply

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


def test_a_removed_journal_is_empty(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.append(make_reply())
    journal.remove()
    journal.remove()
    assert journal.read() == {}
