"""What makes the default model draft faster: `python -m eval.bench_model [--questions N]`.

Drafts the same answers as the product does, from the clauses that it chooses, with one setting of
llama.cpp changed at a time, all in one run. JSON to stdout: medians of the seconds to the first sentence
and to the last, and how many drafts are word for word those of the product's own setting.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from corpus.errors import PolicyQAError
from eval.learning import load_developed
from index import weights
from index.passage import Passage
from index.search import SCORING
from rag.breadth import Breadth
from rag.build import open_index, open_retriever
from rag.check.segments import segments_of
from rag.draft import Drafter
from rag.llamacpp import LocalServer, serve
from rag.model import open_chat
from rag.prompt import load_prompts
from rag.reader import QuestionReader
from rag.select import select
from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A question and the clauses that its answer is drafted from."""

    question: str
    passages: tuple[Passage, ...]


def _speculate(kind: str, **values: int) -> Callable[[Any], None]:
    def change(params: Any) -> None:
        import xllamacpp

        name = f"COMMON_SPECULATIVE_TYPE_{kind.upper()}"
        params.speculative.types = [getattr(xllamacpp.common_speculative_type, name)]
        for key, value in values.items():
            setattr(getattr(params.speculative, kind), key, value)

    return change


def _set(**values: Any) -> Callable[[Any], None]:
    def change(params: Any) -> None:
        for key, value in values.items():
            setattr(params, key, value)

    return change


def _one_thread(params: Any) -> None:
    params.cpuparams.n_threads = 1


# The product's own first; n-grams as short as the words that an answer copies.
SETTINGS: dict[str, Callable[[Any], None]] = {
    "product": _set(),
    "no prompt cache": _set(cache_prompt=False, cache_ram_mib=0),
    "one thread writes, all read": _one_thread,
    "batches of 128": _set(n_ubatch=128),
    "batches of 1024": _set(n_ubatch=1024),
    "n-grams": _speculate("ngram_simple", size_n=3, size_m=12),
    "n-grams by map": _speculate("ngram_map_k", size_n=3, size_m=12),
}


def grammar_of(passages: Iterable[Passage]) -> str:
    """A grammar (GBNF) whose every text is made of the clauses' own segments."""
    segments = {segment for passage in passages for segment in segments_of(passage.text)}
    return f"root ::= segment+\nsegment ::= {' | '.join(json.dumps(s, ensure_ascii=False) for s in sorted(segments))}"


def read_tasks(n: int) -> list[Task]:
    """The first Chinese development questions about clauses, with what the product chooses."""
    index = open_index(Settings())
    reader = QuestionReader(Settings())
    reader.start()
    retriever, breadth = open_retriever(index, reader), Breadth.load(index.embedder.name, SCORING)
    asked = [
        q.question
        for q in load_developed()
        if q.lang == "zh"
        and q.answerable
        and q.measures
        and not q.history
        and q.kind != "structure"
    ]
    tasks = []
    for question in asked[:: max(1, len(asked) // n)][:n]:
        ranked = retriever.rank_asked(question, question)
        hits = select(question, question, ranked, retriever, breadth).hits
        passages = sorted((hit.passage for hit in hits), key=lambda passage: passage.locator)
        tasks.append(Task(question=question, passages=tuple(passages)))
    return tasks


def time_drafts(
    server: LocalServer, tasks: Sequence[Task], *, is_constrained: bool
) -> tuple[list[float], list[float], list[str]]:
    """Of each draft the seconds to its first and last sentence, and its words."""
    prompts = load_prompts()
    first, whole, texts = [], [], []
    for task in tqdm(tasks, unit="draft", disable=None):
        model = open_chat(Settings(), server.base_url, server.api_key)
        if is_constrained:
            model.extra_body = {"grammar": grammar_of(task.passages)}
        started = time.perf_counter()
        at: list[float] = []
        sentences = []
        for drafted in Drafter(model, prompts).write(task.question, task.passages, "zh"):
            at.append(time.perf_counter() - started)
            sentences.append(drafted.text)
        if at:
            first.append(at[0])
            whole.append(at[-1])
        texts.append("".join(sentences))
    return first, whole, texts


def main() -> int:
    """Measure every setting and print the medians."""
    parser = argparse.ArgumentParser(prog="eval.bench_model", description=__doc__)
    parser.add_argument("--questions", type=int, default=12)
    args = parser.parse_args()
    settings = Settings()
    path, n_threads = weights.resolve(settings.model), settings.n_threads or os.cpu_count() or 2
    tasks = read_tasks(args.questions)
    runs = [(name, change, False) for name, change in SETTINGS.items()]
    runs.append(("only the clauses' segments", SETTINGS["product"], True))
    own: list[str] = []
    for name, change, is_constrained in runs:
        try:
            server = serve(path, n_threads=n_threads, change=change)
        except (RuntimeError, PolicyQAError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        first, whole, texts = time_drafts(server, tasks, is_constrained=is_constrained)
        own = own or texts
        told = {
            "setting": name,
            "drafts": len(texts),
            "first_s": round(statistics.median(first), 2),
            "whole_s": round(statistics.median(whole), 2),
            "same_words": sum(a == b for a, b in zip(own, texts, strict=True)),
        }
        print(json.dumps(told, ensure_ascii=False), flush=True)
        del server
    return 0


if __name__ == "__main__":
    sys.exit(main())
