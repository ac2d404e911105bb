"""The scorecard: `python -m eval.run [--questions F] [--split dev|report] [--limit N]`."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from corpus.errors import PolicyQAError
from eval.check_questions import QUESTIONS, Question, load_questions
from eval.score import Outcome, percentiles, score, split_of
from rag.answer import Answer, Role, Status, Turn
from rag.ask import shown_text
from rag.assistant import Assistant
from rag.build import build_assistant
from rag.settings import Backend, Settings

REPORTS = Path(__file__).parent / "reports"


def _outcome(question: Question, answer: Answer) -> Outcome:
    measures = (hit.passage.locator.measure for hit in answer.hits)
    return Outcome(
        question=question,
        abstained=answer.status is Status.ABSTAINED,
        origin=answer.origin.value,
        text=shown_text(answer),
        cited=answer.cited,
        ranked=tuple(dict.fromkeys(m for m in measures if m is not None)),
        first_hits_s=answer.timings.first_hits_s,
        first_statement_s=answer.timings.first_statement_s,
        whole_s=answer.timings.whole_s,
    )


def evaluate(assistant: Assistant, questions: Sequence[Question]) -> Iterator[Outcome]:
    """Ask every question in order, one at a time, through the path that the page takes."""
    for question in tqdm(questions, unit="question", disable=None):
        history = tuple(Turn(role=Role(t.role), content=t.content) for t in question.history)
        yield _outcome(question, assistant.ask(question.question, history))


def _times(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """p50 and p95 of the seconds, over the answers that a search went before."""
    searched = [o for o in outcomes if o.ranked]
    answered = [o for o in searched if not o.abstained and o.first_statement_s is not None]
    series = {
        "first clauses": [o.first_hits_s for o in searched],
        "first sentence": [o.first_statement_s or 0.0 for o in answered],
        "whole answer": [o.whole_s for o in answered],
    }
    return {
        name: dict(zip(("p50", "p95"), percentiles(values), strict=True)) | {"n": len(values)}
        for name, values in series.items()
        if values
    }


def _report(outcomes: Sequence[Outcome], system: str) -> dict[str, Any]:
    groups = {"all": list(outcomes)}
    for outcome in outcomes:
        groups.setdefault(f"kind {outcome.question.kind}", []).append(outcome)
        groups.setdefault(f"lang {outcome.question.lang}", []).append(outcome)
    return {
        "system": system,
        "scores": {
            group: {name: str(share) for name, share in score(members).items() if share.of}
            for group, members in groups.items()
        },
        "seconds": _times(outcomes),
        "failures": [_record(o) for o in outcomes if o.failed],
        "passed": [_record(o) for o in outcomes if not o.failed],
    }


def _record(outcome: Outcome) -> dict[str, Any]:
    question = outcome.question
    return {
        "id": question.id,
        "kind": question.kind,
        "question": question.question,
        "gold": question.measures,
        "must_include": question.must_include,
        "abstained": outcome.abstained,
        "right": outcome.is_right,
        "cited": outcome.cited,
        "ranked": outcome.ranked[:5],
        "origin": outcome.origin,
        "text": outcome.text,
    }


def _print_table(report: dict[str, Any]) -> None:
    for name, share in report["scores"]["all"].items():
        print(f"{name:24}{share}", file=sys.stderr)
    for name, times in report["seconds"].items():
        print(
            f"{name:24}p50 {times['p50']:.2f} s, p95 {times['p95']:.2f} s (n = {times['n']:.0f})",
            file=sys.stderr,
        )
    print(f"{len(report['failures'])} failures", file=sys.stderr)
    for failure in report["failures"]:
        verdict = "abstained" if failure["abstained"] else f"cited {list(failure['cited'])}"
        print(
            f"  {failure['id']} {failure['kind']}: {failure['question'][:50]} — {verdict}, "
            f"gold {list(failure['gold'])}",
            file=sys.stderr,
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="eval.run", description=__doc__)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--split", choices=("dev", "report"))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--system", choices=("main", "extractive"), default="main")
    parser.add_argument("--out", type=Path, help="write the report here as JSON too")
    return parser.parse_args()


def main() -> int:
    """Score the product: a table on stderr, the report as JSON on stdout."""
    args = _arguments()
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    settings = Settings()
    if args.system == "extractive":
        settings = settings.model_copy(update={"backend": Backend.NONE})
    try:
        questions = load_questions(args.questions)
        chosen = [q for q in questions if args.split in (None, split_of(q.id))][: args.limit]
        assistant = build_assistant(settings)
        assistant.wait_for_model()
        outcomes = list(evaluate(assistant, chosen))
    except (PolicyQAError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    report = _report(outcomes, args.system)
    _print_table(report)
    text = json.dumps(report, ensure_ascii=False, indent=1)
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
