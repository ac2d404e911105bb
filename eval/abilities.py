"""RGB's four abilities on this corpus: `python -m eval.abilities [--system …] [--limit N]`.

A table on stderr, JSON on stdout. What is asked, and how it differs from RGB: see eval.rgb.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from corpus.errors import PolicyQAError
from eval.interval import Value, estimate
from eval.naive import Naive, Piece
from eval.question import QUESTIONS, Question, in_asking_order, load_questions, split_of
from eval.reply import Outcome, Reply
from eval.rgb import (
    Edit,
    EditedRetriever,
    says_altered,
    with_altered_best,
    with_noise,
    without_evidence,
)
from eval.support import SupportJudge
from eval.systems import Product, System
from eval.table import interval_text, value_text
from index.search import Index
from rag.build import assemble, open_index
from rag.model import ModelHost
from rag.read_topics import ReadTopics
from rag.reader import QuestionReader
from rag.settings import Backend, Settings

NOISE_RATIOS = (0.0, 0.2, 0.4, 0.6, 0.8)
_INTEGRATION_RATIOS = (0.0, 0.2, 0.4)
_SIMPLE_KINDS = ("plain", "slang", "premise")
_N_NAIVE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """One ability at one ratio of noise: which questions, with what edit, and what counts."""

    name: str
    questions: Sequence[Question]
    edit: Callable[[Question], Edit]
    holds: Callable[[Outcome], bool]


class Bench:
    """The parts that every system here shares; opened once."""

    def __init__(self, name: str, settings: Settings) -> None:
        if name == "extractive":
            settings = settings.model_copy(update={"backend": Backend.NONE})
        self._name = name
        self._settings = settings
        self._model = ModelHost(settings)
        self._model.start()
        self.index: Index = open_index(settings)
        self._judge = SupportJudge(self.index)
        self._model.wait()
        if name != "extractive" and self._model.chat_model is None:
            raise PolicyQAError(f"{name} has no language model: {self._model.failure or 'off'}")
        self._reader = QuestionReader(settings)
        read = ReadTopics.load(self._reader)
        self._retriever = EditedRetriever(index=self.index, edit=list, read=read)
        self._system = self._open()

    def reply(self, question: Question, edit: Edit) -> Reply:
        """The system's reply over edited hits."""
        self._retriever.edit = edit
        return self._system.reply(question)

    def _open(self) -> System:
        if self._name == "naive":
            return Naive(
                search=self._pieces, model=self._model, judge=self._judge, n_shown=_N_NAIVE
            )
        assistant = assemble(
            self._settings, self.index, self._model, reader=self._reader, retriever=self._retriever
        )
        return Product(self._name, assistant, self._judge)

    def _pieces(self, question: str) -> list[Piece]:
        """The edited hits for the textbook prompt, a clause a piece."""
        return [
            Piece(
                text=hit.passage.text,
                measures=tuple(m for m in [hit.passage.locator.measure] if m is not None),
                score=hit.score,
            )
            for hit in self._retriever.search(question)
        ]


def _simple(questions: Sequence[Question]) -> list[Question]:
    """Without history, with one gold measure: what RGB's single-document questions are."""
    return [q for q in questions if q.kind in _SIMPLE_KINDS and len(q.measures) == 1]


def _noise(ratio: float) -> Callable[[Question], Edit]:
    return lambda question: with_noise(question, ratio)


def abilities(questions: Sequence[Question], index: Index, limit: int) -> list[Ability]:
    """Every ability over the first `limit` questions that suit it."""
    simple = _simple(questions)[:limit]
    cross = [q for q in questions if q.kind == "cross" and len(q.measures) > 1][:limit]
    asked = {q.id: q.question for q in simple}

    def resists(outcome: Outcome) -> bool:
        best = index.search(asked[outcome.question.id], 1)[0].passage
        return not says_altered(outcome, best)

    return [
        *(
            Ability(
                name=f"noise robustness, {ratio:.0%} noise",
                questions=simple,
                edit=_noise(ratio),
                holds=lambda outcome: outcome.is_right,
            )
            for ratio in NOISE_RATIOS
        ),
        Ability(
            name="negative rejection",
            questions=simple,
            edit=without_evidence,
            holds=lambda outcome: outcome.reply.abstained,
        ),
        *(
            Ability(
                name=f"information integration, {ratio:.0%} noise",
                questions=cross,
                edit=_noise(ratio),
                holds=lambda outcome: outcome.is_right,
            )
            for ratio in _INTEGRATION_RATIOS
        ),
        Ability(
            name="counterfactual robustness",
            questions=simple,
            edit=lambda _: with_altered_best,
            holds=resists,
        ),
    ]


def run(bench: Bench, tried: Sequence[Ability]) -> Iterator[tuple[str, Value | None]]:
    """The share of questions on which each ability held."""
    with tqdm(total=sum(len(a.questions) for a in tried), unit="question", disable=None) as bar:
        for ability in tried:
            pairs = []
            for question in ability.questions:
                reply = bench.reply(question, ability.edit(question))
                outcome = Outcome(question=question, reply=reply)
                pairs.append((float(ability.holds(outcome)), 1.0))
                bar.update()
            yield ability.name, estimate(pairs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="eval.abilities", description="RGB's four abilities.")
    parser.add_argument("--system", choices=("main", "extractive", "naive"), default="main")
    parser.add_argument("--split", choices=("dev", "report"), default="dev")
    parser.add_argument("--limit", type=int, default=40, metavar="N", help="questions an ability")
    return parser.parse_args()


def main() -> int:
    """Try the abilities of one system."""
    args = _arguments()
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr)
    try:
        questions = in_asking_order(load_questions(QUESTIONS))
        questions = [q for q in questions if split_of(q.id) == args.split]
        bench = Bench(args.system, Settings())
        results = dict(run(bench, abilities(questions, bench.index, args.limit)))
    except (PolicyQAError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 1
    table = Table("ability", "held", "95 % interval", title=f"{args.system} · {args.split}")
    for name, value in results.items():
        if value is not None:
            table.add_row(name, value_text(value), interval_text(value))
    Console(stderr=True).print(table)
    record = {name: value.model_dump() if value else None for name, value in results.items()}
    print(json.dumps({"system": args.system, "split": args.split, "abilities": record}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
