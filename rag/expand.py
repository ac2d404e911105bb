"""Plain questions for the clauses that have none, by the language model: `python -m rag.expand`.

They are kept beside the text by clause hash, a line as soon as a clause is done, and help the search
alone (see corpus.questions). A question is kept only if a search without any plain questions finds
its clause's measure among the first few: the round trip that Dai et al. ("Promptagator", 2022) and
Alberti et al. (2019) filter generated questions by.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from langchain_core.language_models import BaseChatModel
from tqdm import tqdm

from corpus.document import Locator
from corpus.errors import PolicyQAError
from corpus.load import corpus_files, load_corpus
from corpus.questions import ClauseQuestions, clause_hash, questions_path, read_questions_file
from index.build import build
from index.cache import default_cache
from index.embed import SentenceEmbedder
from index.lexical import tokenize
from index.passage import Passage, cut_passages
from index.search import Index
from rag.model import ModelHost
from rag.prompt import Prompts, load_prompts
from rag.settings import Backend, Settings

_ASKED_FOR = 8
_LONGEST = 60
# Asked in the clause's own words a question adds nothing to the clause.
_MOST_SHARED = 0.8
_FOUND_AMONG = 5
_LIST_MARK = re.compile(r"^\s*(?:[-*•·]|\(?\d+[.)、）]|问题?\d*[:：])\s*")


def read_reply(reply: str, clause: str) -> list[str]:
    """The questions in a model's reply, without marks, repetitions and the clause's own sentences."""
    own = set(tokenize(clause))
    found: dict[str, None] = {}
    for line in reply.splitlines():
        question = _LIST_MARK.sub("", line).strip(" \t\"'“”")
        words = set(tokenize(question))
        if len(words) < 2 or len(question) > _LONGEST or "<" in question:
            continue
        if len(words & own) / len(words) <= _MOST_SHARED:
            found[question] = None
    return list(found)


def comes_back(question: str, passage: Passage, index: Index) -> bool:
    """Whether a search for the question finds the passage's measure among the first few."""
    measures: dict[Locator, None] = {}
    for hit in index.search(question, len(index.passages)):
        measures[hit.passage.locator.measure_locator] = None
        if len(measures) == _FOUND_AMONG:
            break
    return passage.locator.measure_locator in measures


def expand(
    passages: Sequence[Passage], index: Index, model: BaseChatModel, prompts: Prompts, *, by: str
) -> Iterator[ClauseQuestions]:
    """Questions for each passage, as they are made; a passage that the model has none for has none."""
    if index.late is not None:
        index = index.with_late(index.late.with_questions([]))
    for passage in passages:
        reply = model.invoke(prompts.ask_for_questions(passage, _ASKED_FOR))
        asked = read_reply(reply.text, passage.text)
        yield ClauseQuestions(
            clause=clause_hash(passage.text),
            locator=str(passage.locator),
            questions=tuple(q for q in asked if comes_back(q, passage, index)),
            by=by,
        )


def _append(file: TextIO, entry: ClauseQuestions) -> None:
    file.write(json.dumps(entry.model_dump(), ensure_ascii=False) + "\n")
    file.flush()


def _open_index(settings: Settings) -> Index:
    """An index over the texts alone, so that no other is replaced."""
    embedder = SentenceEmbedder(settings.embedder)
    with tempfile.TemporaryDirectory() as folder:
        build(settings.texts, Path(folder), embedder, cache=default_cache(embedder), place="")
        return Index.open(Path(folder), embedder, place="")


def run(settings: Settings) -> dict[str, int]:
    """Write what is missing beside each text; tells how many clauses and questions that was.

    Raises:
        PolicyQAError: there is no language model, or a text cannot be used.
    """
    if settings.backend is Backend.NONE:
        raise PolicyQAError("rag.expand needs a language model; set POLICYQA_BACKEND.")
    counts = {"clauses": 0, "questions": 0}
    index = _open_index(settings)
    model, prompts = ModelHost(settings), load_prompts()
    for document, file in zip(
        load_corpus(settings.texts), corpus_files(settings.texts), strict=True
    ):
        path = questions_path(file)
        known = {entry.clause for entry in read_questions_file(path)}
        cut = cut_passages([document], index.embedder.count_tokens)
        missing = [p for p in cut if clause_hash(p.text) not in known]
        if not missing:
            continue
        model.start()
        model.wait()
        if model.chat_model is None:
            raise PolicyQAError(f"the language model could not be loaded: {model.failure}")
        entries = expand(missing, index, model.chat_model, prompts, by=settings.model)
        with path.open("a", encoding="utf-8") as kept:
            for entry in tqdm(entries, total=len(missing), unit="clause", desc=document.id):
                _append(kept, entry)
                counts["clauses"] += 1
                counts["questions"] += len(entry.questions)
    return counts


def main() -> int:
    """Write questions for every clause that has none."""
    parser = argparse.ArgumentParser(prog="rag.expand", description=__doc__)
    parser.add_argument("--texts", type=Path, help="a corpus folder or a single text")
    args = parser.parse_args()
    try:
        settings = Settings()
        if args.texts is not None:
            settings = settings.model_copy(update={"texts": args.texts})
        print(json.dumps(run(settings)))
    except PolicyQAError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the clauses done so far are kept", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
