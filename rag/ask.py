"""Question → checked answer: `python -m rag.ask "question"`, or in batch."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpus.errors import PolicyQAError
from index.jsonl import QuestionRecord, read_questions, write_lines
from index.search import hit_record
from rag.answer import Answer, Citation, Rejected, Role, Statement, Status, Turn, Verdict
from rag.assistant import Assistant
from rag.build import build_assistant
from rag.notices import beside_notices, notice
from rag.settings import Backend, Settings


def _citation_record(citation: Citation) -> dict[str, Any]:
    return {
        "locator": str(citation.locator),
        "measure": citation.locator.measure,
        "quote": citation.quote,
        "start": citation.span.start,
        "end": citation.span.end,
    }


def _verdict_record(verdict: Verdict) -> dict[str, Any]:
    return {
        "label": verdict.label.value,
        "score": round(verdict.score, 4),
        "method": verdict.method.value,
        "reason": verdict.reason,
    }


def _rejected_record(rejected: Rejected) -> dict[str, Any]:
    verdict = _verdict_record(rejected.verdict)
    return {"text": rejected.text, "quote": rejected.quote, "verdict": verdict}


def _statement_record(statement: Statement) -> dict[str, Any]:
    verdict, caution = statement.verdict, statement.caution
    return {
        "text": statement.text,
        "citations": [_citation_record(c) for c in statement.citations],
        "verdict": _verdict_record(verdict),
        "caution": caution and {"kind": caution.kind.value, "word": caution.word},
    }


def shown_text(answer: Answer) -> str:
    """The sentences as shown, without chips; the fixed notice where the answer abstains."""
    if answer.status is Status.ABSTAINED:
        return notice(answer.reason, answer.language)
    texts = [statement.text for statement in answer.statements]
    return "\n".join(texts)


def answer_record(answer: Answer, *, question_id: str | int | None) -> dict[str, Any]:
    """An answer as JSON values, in the form of the batch output."""
    timings = answer.timings
    first = timings.first_statement_s if timings.first_statement_s is not None else timings.whole_s
    return {
        "id": question_id,
        "answer_id": answer.id,
        "status": answer.status.value,
        "origin": answer.origin.value,
        "text": shown_text(answer),
        "cited": list(answer.cited),
        "statements": [_statement_record(s) for s in answer.statements],
        "nearby": [_citation_record(c) for c in answer.nearby],
        "hits": [hit_record(hit) for hit in answer.hits],
        "unsaid": list(answer.unsaid),
        "beside": list(beside_notices(answer)),
        "reason": answer.reason.value,
        "rejected": [_rejected_record(r) for r in answer.rejected],
        "rewritten": answer.rewritten,
        "first_s": round(first, 4),
        "seconds": round(timings.whole_s, 4),
    }


def _turns(record: QuestionRecord) -> tuple[Turn, ...]:
    return tuple(Turn(role=Role(turn.role), content=turn.content) for turn in record.history or ())


def _answer_batch(
    assistant: Assistant, questions: list[QuestionRecord]
) -> Iterator[dict[str, Any]]:
    for record in questions:
        answer = assistant.ask(record.question, _turns(record))
        yield answer_record(answer, question_id=record.id)


def _retrieve_batch(
    assistant: Assistant, questions: list[QuestionRecord]
) -> Iterator[dict[str, Any]]:
    for record in questions:
        started = time.perf_counter()
        found = assistant.retrieve(record.question, _turns(record))
        seconds = round(time.perf_counter() - started, 6)
        hits = [hit_record(hit) for hit in found.hits]
        yield {"id": record.id, "hits": hits, "rewritten": found.rewritten, "seconds": seconds}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rag.ask", description=__doc__)
    parser.add_argument("question", nargs="?")
    parser.add_argument("--batch", type=Path, metavar="Q.jsonl")
    parser.add_argument("--out", type=Path, metavar="A.jsonl")
    parser.add_argument("--retrieve-only", action="store_true")
    parser.add_argument("--index", type=Path, metavar="DIR")
    args = parser.parse_args()
    if (args.question is None) == (args.batch is None) or (args.batch and not args.out):
        parser.error("give a question, or --batch Q.jsonl with --out A.jsonl")
    if args.batch and args.out.resolve() == args.batch.resolve():
        parser.error("--out would overwrite the questions; give it another name")
    return args


def _run(args: argparse.Namespace) -> None:
    if args.batch:
        questions = read_questions(args.batch)
    else:
        questions = [QuestionRecord(id="", question=args.question)]
    settings = Settings()
    if args.retrieve_only:
        settings = settings.model_copy(update={"backend": Backend.NONE})
    assistant = build_assistant(settings, index=args.index)
    assistant.wait_for_model()
    answer = _retrieve_batch if args.retrieve_only else _answer_batch
    records = answer(assistant, questions)
    if args.batch:
        write_lines(args.out, records)
    else:
        print(json.dumps(next(records), ensure_ascii=False, indent=1))


def main() -> int:
    """Answer one question, or a file of them."""
    args = _arguments()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        _run(args)
    except (PolicyQAError, ValidationError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the answers so far are kept", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
