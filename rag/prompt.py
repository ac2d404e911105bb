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
from rag.language import LANGUAGE_NAMES, is_chinese, to_simplified

PROMPTS = Path(__file__).parents[1] / "prompts"
_PLACEHOLDERS = {
    "answer_zh_system": set(),
    "answer_zh_user": {"clauses", "question"},
    "answer_other_system": {"language"},
    "answer_other_user": {"clauses", "question", "language"},
}


class PromptError(PolicyQAError):
    """A prompt file is missing, or its placeholders are not the ones that are filled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """The templates by name; `sha` tells this set from any other."""

    templates: dict[str, Template]
    sha: str

    def fill(
        self, *, question: str, passages: Iterable[Passage], language: str
    ) -> list[BaseMessage]:
        """The messages that ask for a draft from these clauses in the asker's language.

        Traditional Chinese is asked for in simplified characters and converted afterwards.
        """
        chinese = is_chinese(language)
        kind = "zh" if chinese else "other"
        values = {
            "clauses": "\n".join(f"- {p.text}" for p in passages),
            "question": _without_control_tokens(to_simplified(question) if chinese else question),
            "language": LANGUAGE_NAMES[language],
        }
        return [
            SystemMessage(self.templates[f"answer_{kind}_system"].substitute(values).strip()),
            HumanMessage(self.templates[f"answer_{kind}_user"].substitute(values).strip()),
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
