"""Prompts: plain text files with $named placeholders, checked when they are loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from string import Template

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from corpus.errors import PolicyQAError
from index.passage import Passage
from rag.language import LANGUAGE_NAMES, to_simplified

PROMPTS = Path(__file__).parents[1] / "prompts"
_PLACEHOLDERS: dict[str, set[str]] = {
    "answer_system": set(),
    "answer_user": {"clauses", "question"},
    "expand_system": set(),
    "expand_user": {"clause", "heading", "count"},
    "support_system": set(),
    "support_user": {"clause", "sentence"},
    "support_en_system": set(),
    "support_en_user": {"clause", "sentence"},
    "translate_system": {"language"},
    "translate_user": {"clause", "language"},
}


class PromptError(PolicyQAError):
    """A prompt file is missing, or its placeholders are not the ones that are filled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """The templates by name; `sha` tells this set from any other."""

    templates: dict[str, Template]
    sha: str

    def ask_for_answer(self, question: str, passages: Iterable[Passage]) -> list[BaseMessage]:
        """The messages that ask for an answer in simplified Chinese from these clauses."""
        clauses = "\n".join(f"- {p.text}" for p in passages)
        asked = _without_control_tokens(to_simplified(question))
        return self._messages("answer", {"clauses": clauses, "question": asked})

    def ask_for_translation(self, passage: Passage, language: str) -> list[BaseMessage]:
        """The messages that ask for a clause in the asker's language."""
        values = {"clause": passage.text, "language": LANGUAGE_NAMES[language]}
        return self._messages("translate", values)

    def ask_for_questions(self, passage: Passage, count: int) -> list[BaseMessage]:
        """The messages that ask for plain questions which a clause answers."""
        heading = passage.heading_path[-1] if passage.heading_path else ""
        values = {"clause": passage.text, "heading": heading, "count": str(count)}
        return self._messages("expand", values)

    def ask_for_support(
        self, sentence: str, passage: Passage, *, in_chinese: bool
    ) -> list[BaseMessage]:
        """The messages that ask whether a clause says what a sentence says, yes or no."""
        values = {"clause": passage.text, "sentence": _without_control_tokens(sentence)}
        return self._messages("support" if in_chinese else "support_en", values)

    def _messages(self, name: str, values: dict[str, str]) -> list[BaseMessage]:
        return [
            SystemMessage(self.templates[f"{name}_system"].substitute(values).strip()),
            HumanMessage(self.templates[f"{name}_user"].substitute(values).strip()),
        ]


def _without_control_tokens(text: str) -> str:
    """The text without the marks that chat templates are made of, which a server would obey."""
    return text.replace("<|", "< |").replace("|>", "| >")


def load_prompts(folder: Path = PROMPTS) -> Prompts:
    """Read and check every prompt file.

    Raises:
        PromptError: a file is missing, or a placeholder is missing or unknown.
    """
    templates: dict[str, Template] = {}
    digest = hashlib.sha256()
    for name, wanted in _PLACEHOLDERS.items():
        path = folder / f"{name}.txt"
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise PromptError(f"the prompt {path} could not be read: {error}") from error
        template = Template(text)
        found = set(template.get_identifiers())
        if not template.is_valid() or found != wanted:
            raise PromptError(
                f"{path} has the placeholders {sorted(found)}; wanted exactly {sorted(wanted)}"
            )
        templates[name] = template
        digest.update(f"{name}\0{text}\0".encode())
    return Prompts(templates=templates, sha=digest.hexdigest())
