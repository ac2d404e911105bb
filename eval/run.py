"""The scorecard: `python -m eval.run [--questions F] [--split dev|report] [--limit N] …`.

Asks one system every question by the path that the page takes and scores what comes back: a table
on stderr, the report as JSON on stdout, and both JSON and a page to look at in eval/reports/.
Stopped by Ctrl-C, the same command goes on where it was, as long as code, questions and settings are
the same.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import logging
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from corpus.errors import PolicyQAError
from eval.agreement import Agreement, agree, judge_answers
from eval.comparison import Comparison, compare
from eval.journal import Journal, ask_all
from eval.page import render_page
from eval.question import QUESTIONS, Question, in_asking_order, load_questions, split_of
from eval.reply import Outcome
from eval.report import Made, Report, make_report
from eval.systems import System, code_sha, open_system, settings_sha
from eval.table import print_comparison, print_report
from eval.written import replace_text, require_writable
from rag.model import ModelHost
from rag.settings import Backend, Settings

REPORTS = Path(__file__).parent / "reports"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="eval.run", description="Score a system on the questions."
    )
    parser.add_argument("--questions", type=Path, default=QUESTIONS, metavar="F")
    parser.add_argument("--split", choices=("dev", "report"), help="default: both halves")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N in the fixed order")
    parser.add_argument("--system", choices=("main", "extractive", "naive"), default="main")
    parser.add_argument("--compare", type=Path, metavar="REPORT", help="an earlier report's JSON")
    parser.add_argument("--judge", metavar="NAME", help="a model that judges answers too")
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="default: eval/reports/…")
    args = parser.parse_args()
    if args.limit is not None and args.limit < 1:
        parser.error("--limit must be at least 1")
    if args.out is not None and args.out.suffix != ".json":
        parser.error("--out must end in .json; the page is written beside it as .html")
    return args


def _sha(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _made(args: argparse.Namespace, settings: Settings, n_questions: int) -> Made:
    has_model = args.system != "extractive" and settings.backend is not Backend.NONE
    return Made(
        system=args.system,
        split=args.split or "all",
        n_questions=n_questions,
        made_at=dt.datetime.now(dt.UTC).replace(microsecond=0),
        machine=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        model=settings.model if has_model else "",
        embedder=settings.embedder,
        code_sha=code_sha(),
        questions_sha=hashlib.sha256(args.questions.read_bytes()).hexdigest(),
        settings_sha=settings_sha(settings),
    )


def _choose(args: argparse.Namespace) -> list[Question]:
    questions = in_asking_order(load_questions(args.questions))
    chosen = [q for q in questions if args.split in (None, split_of(q.id))][: args.limit]
    if not chosen:
        raise ValueError(f"{args.questions} holds no question of the {args.split} half")
    return chosen


def _load_report(path: Path, questions: Sequence[Question]) -> Report:
    """An earlier report on at least one of the questions."""
    try:
        report = Report.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ValueError(f"{path} is no report of this version of eval.run") from error
    if not {entry.question for entry in report.entries} & set(questions):
        raise ValueError(f"no question stands in both {path} and what is asked now")
    return report


def _judge(name: str, settings: Settings, outcomes: list[Outcome]) -> Agreement:
    host = ModelHost(settings.model_copy(update={"model": name}))
    host.start()
    host.wait()
    if host.chat_model is None:
        raise PolicyQAError(f"the judge {name} cannot be had: {host.failure or 'no backend'}")
    return agree(name, list(judge_answers(host.chat_model, outcomes)))


def _ask(system: System, questions: list[Question], journal: Journal) -> list[Outcome]:
    replies = ask_all(system, questions, journal)
    return [
        Outcome(question=question, reply=reply)
        for question, reply in zip(questions, replies, strict=True)
    ]


def write_report(report: Report, comparison: Comparison | None, out: Path) -> str:
    """Save JSON, and beside it the page under the same name; gives the JSON.

    A report can be read back from it: the comparison stands beside its fields.
    """
    record = report.model_dump(mode="json")
    record["comparison"] = comparison.model_dump(mode="json") if comparison else None
    text = json.dumps(record, ensure_ascii=False, indent=1)
    page = render_page(report, comparison)
    replace_text(out, text)
    replace_text(out.with_suffix(".html"), page)
    return text


def _run(args: argparse.Namespace) -> None:
    settings = Settings()
    questions = _choose(args)
    before = _load_report(args.compare, questions) if args.compare else None
    made = _made(args, settings, len(questions))
    name = f"{made.system}-{made.split}-{made.made_at:%Y%m%d-%H%M%S}.json"
    out = args.out or REPORTS / name
    require_writable(out)
    key = _sha(made.system, made.code_sha, made.questions_sha, made.settings_sha)
    journal = Journal(REPORTS / f"unfinished-{made.system}-{key[:12]}.jsonl")
    system = open_system(args.system, settings)
    outcomes = _ask(system, questions, journal)
    agreement = _judge(args.judge, settings, outcomes) if args.judge else None
    report = make_report(outcomes, made, agreement)
    comparison = compare(before, report) if before else None
    text = write_report(report, comparison, out)
    journal.forget({question.id for question in questions})
    console = Console(stderr=True)
    print_report(report, console)
    if comparison:
        print_comparison(comparison, console)
    # As plain text: a path's own [brackets] are no markup.
    console.print(Text(f"written: {out} and {out.with_suffix('.html').name}"))
    print(text)


def main() -> int:
    """Score a system."""
    args = _arguments()
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    try:
        _run(args)
    except (PolicyQAError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on where this one was", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
