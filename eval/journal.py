"""Replies kept as they come, so that a run that was stopped goes on where it was."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError
from tqdm import tqdm

from eval.question import Question
from eval.reply import Reply
from eval.systems import System
from eval.written import replace_text


class Journal:
    """A file of replies, one a line, flushed as each is there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Reply]:
        """The replies kept so far, by question id; a line cut off by a kill is left out."""
        if not self.path.is_file():
            return {}
        kept = {}
        # As bytes: a kill may cut a character in two, and a reply may hold a line separator.
        for line in self.path.read_bytes().split(b"\n"):
            try:
                reply = Reply.model_validate_json(line)
            except ValidationError:
                continue
            kept[reply.question_id] = reply
        return kept

    def append(self, reply: Reply) -> None:
        """Keep one more; on disk before this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            # The line break comes first too: behind a line that was cut off it starts a new one.
            file.write("\n" + reply.model_dump_json() + "\n")

    def forget(self, question_ids: Collection[str]) -> None:
        """Leave out the replies of a run that is whole; what a longer one keeps here stays."""
        rest = [reply for name, reply in self.read().items() if name not in question_ids]
        if rest:
            lines = "".join(reply.model_dump_json() + "\n" for reply in rest)
            replace_text(self.path, lines)
        else:
            self.path.unlink(missing_ok=True)


def ask_all(system: System, questions: Sequence[Question], journal: Journal) -> Iterator[Reply]:
    """Each question's reply, in order, one at a time; those in the journal are not asked again."""
    kept = journal.read()
    n_kept = sum(question.id in kept for question in questions)
    with tqdm(total=len(questions), initial=n_kept, unit="question", disable=None) as bar:
        for question in questions:
            if question.id in kept:
                yield kept[question.id]
                continue
            reply = system.reply(question)
            journal.append(reply)
            bar.update()
            yield reply
