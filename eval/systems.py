"""The systems that are scored, behind one protocol: the product, with and without its language
model, and the textbook pipeline."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal, Protocol

from corpus.errors import PolicyQAError
from corpus.load import load_corpus
from corpus.renderings import load_renderings
from eval.question import Question
from eval.reply import Cited, Reply, Said
from eval.support import SupportJudge
from index.search import Index
from rag.answer import Answer, Citation, Role, Status, Turn
from rag.ask import shown_text
from rag.assistant import Assistant
from rag.build import assemble, open_index
from rag.check.support import Support
from rag.entailment import second_reader
from rag.model import ModelHost, ModelState
from rag.prompt import load_prompts
from rag.settings import Backend, Settings

SystemName = Literal["main", "extractive", "naive"]
_ROOT = Path(__file__).resolve().parents[1]
# What replies are made of, and what judges their sentences.
_MAKES_REPLIES = ("corpus", "index", "rag", "prompts", "eval/naive.py", "eval/naive.txt",
                  "eval/support.py", "eval/reply.py", "eval/systems.py")  # fmt: skip
_HASHED = (".py", ".toml", ".txt", ".json", ".jsonl", ".npz")
# Settings that no reply hangs on: secrets, where the page is served, and where the texts and their
# index lie (the texts themselves are hashed).
_SAYS_NOTHING = {"openai_api_key", "host", "port", "texts", "index"}


class ModelMissingError(PolicyQAError):
    """A system that needs a language model has none."""


class ModelFailedError(PolicyQAError):
    """A language model that was there gave no whole reply."""


class System(Protocol):
    """What the scorecard asks of a system."""

    name: str

    def reply(self, question: Question) -> Reply:
        """The reply to one question, in its own conversation.

        Raises:
            ModelFailedError: its language model failed, so that there is nothing to score.
        """


def reply_of(answer: Answer, question_id: str, judge: SupportJudge) -> Reply:
    """The product's answer in the scorecard's form.

    Raises:
        ModelFailedError: the language model broke off; the clauses' words are no answer of it.
    """
    if answer.model_failed:
        raise ModelFailedError(
            f"the language model failed at {question_id}, and the answer is the clauses' own words; "
            "run the same command again once it answers. --system extractive needs none."
        )
    measures = (hit.passage.locator.measure for hit in answer.hits)
    statements = (
        Said(
            text=statement.text,
            cited=tuple(map(_cited, statement.citations)),
            label=statement.verdict.label.value,
            method=statement.verdict.method.value,
            reason=statement.verdict.reason,
        )
        for statement in answer.statements
    )
    return Reply(
        question_id=question_id,
        abstained=answer.status is Status.ABSTAINED,
        reason=answer.reason.value,
        origin=answer.origin.value,
        rewritten=answer.rewritten,
        text=shown_text(answer),
        statements=tuple(map(judge.judge, statements)),
        nearby=tuple(map(_cited, answer.nearby)),
        ranked=tuple(dict.fromkeys(m for m in measures if m is not None)),
        searched=answer.timings.first_hits_s > 0,  # whatever the search found
        gate_score=answer.p_answered,
        first_hits_s=answer.timings.first_hits_s,
        first_statement_s=answer.timings.first_statement_s,
        whole_s=answer.timings.whole_s,
    )


def _cited(citation: Citation) -> Cited:
    measure = citation.locator.measure
    return Cited(
        locator=str(citation.locator),
        measures=() if measure is None else (measure,),
        quote=citation.quote,
    )


class Product:
    """The assistant that page, command line and API serve."""

    def __init__(self, name: str, assistant: Assistant, judge: SupportJudge) -> None:
        self.name = name
        self._assistant = assistant
        self._judge = judge

    def reply(self, question: Question) -> Reply:
        """By the way that the page takes."""
        history = tuple(Turn(role=Role(t.role), content=t.content) for t in question.history)
        answer = self._assistant.ask(question.question, history)
        return reply_of(answer, question.id, self._judge)


def page_path() -> Path:
    """The newspaper page as extracted, which the textbook pipeline reads; outside the project."""
    bench = Path(os.environ.get("POLICYQA_BENCH", _ROOT.parent / "shared" / "bench"))
    return bench.parent / "source" / "newspaper-page.txt"


def open_system(name: SystemName, settings: Settings) -> System:
    """A system ready to be asked, its model loaded.

    Raises:
        PolicyQAError: the index, the model or the raw page cannot be had.
    """
    if name == "extractive":
        settings = settings.model_copy(update={"backend": Backend.NONE})
    model = ModelHost(settings)
    model.start()
    index = open_index(settings)
    second = second_reader(settings, model, load_prompts())
    renderings = load_renderings(settings.texts)
    judge = SupportJudge(index, Support.load(index.embedder, renderings, second=second))
    model.wait()
    if name != "extractive" and model.state is not ModelState.READY:
        raise ModelMissingError(
            f"`{name}` is scored with a language model and there is none "
            f"({model.failure or 'POLICYQA_BACKEND is none'}); --system extractive needs none."
        )
    if name == "naive":
        return _open_naive(settings, index, model, judge)
    assistant = assemble(settings, index, model)
    assistant.wait_for_model()
    return Product(name, assistant, judge)


def _open_naive(settings: Settings, index: Index, model: ModelHost, judge: SupportJudge) -> System:
    from eval.naive import Naive, search_page  # their libraries take seconds to import

    path = page_path()
    if not path.is_file():
        raise PolicyQAError(
            f"the textbook pipeline reads the raw page, and {path} is not there; "
            "set POLICYQA_BENCH to the bench folder beside it."
        )
    page = path.read_text(encoding="utf-8")
    search = search_page(page, load_corpus(settings.texts), index.embedder)
    return Naive(search=search, model=model, judge=judge)


def code_sha() -> str:
    """A hash of all code and data that replies are made of, so that a change is never missed."""
    return _sha_of(_ROOT, *(_ROOT / name for name in _MAKES_REPLIES))


def settings_sha(settings: Settings) -> str:
    """A hash of all settings that replies hang on, with the words of the texts; of no secret."""
    given = settings.model_dump_json(exclude=_SAYS_NOTHING)
    return hashlib.sha256(
        f"{given}\n{_sha_of(settings.texts, settings.texts)}".encode()
    ).hexdigest()


def _sha_of(root: Path, *paths: Path) -> str:
    """Over files, and those of folders, by their names below `root`."""
    found = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            name = file.relative_to(root)
            if file == path or (file.suffix in _HASHED and "built" not in name.parts):
                found.update(name.as_posix().encode())
                found.update(file.read_bytes())
    return found.hexdigest()
