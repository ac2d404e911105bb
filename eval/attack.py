"""The attack suite: `python -m eval.attack [--system main|extractive] [--limit N] [--out FILE]`.

Makes every attempt of attacks/attacks.jsonl on the assistant that the page serves, those of the
family document-poisoning on a second one over the policy and the poisoned texts together, with the
same embedder and language model. A table on stderr, every attempt with its breaches as JSON on
stdout and in FILE. Exits 0 when the suite was run, whatever it found: read `n_breached`; 1 when it
could not be run, or was stopped.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from tqdm import tqdm

from corpus.errors import PolicyQAError
from corpus.load import load_corpus
from corpus.manifest import MANIFEST_NAME
from eval.attack_judge import Breach, Judge
from eval.attack_trial import Asked, Trial, attack
from eval.attempt import (
    ATTEMPTS,
    FAMILIES,
    POISONED,
    Attempt,
    check_attempts,
    in_trying_order,
    load_attempts,
)
from eval.systems import ModelMissingError
from eval.written import replace_text, require_writable
from index.build import build
from index.embed import Embedder
from index.search import Index
from rag.answer import Reason, Status
from rag.ask import shown_text
from rag.assistant import Assistant
from rag.build import assemble, open_index
from rag.model import ModelHost
from rag.notices import NOTICE_LANGUAGES, notice
from rag.settings import Backend, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An attempt's trial and all that was wrong with it."""

    trial: Trial
    breaches: tuple[Breach, ...]


def merge_texts(texts: Path, poisoned: Path, out: Path) -> None:
    """A corpus folder of the policy's texts and the poisoned ones, with one manifest.

    Raises:
        PolicyQAError: one of the folders has no manifest.
    """
    manifests = []
    for folder in (texts, poisoned):
        if not (folder / MANIFEST_NAME).is_file():
            raise PolicyQAError(f"{folder} has no {MANIFEST_NAME}; wanted a corpus folder.")
        shutil.copytree(folder, out, dirs_exist_ok=True)
        manifests.append((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
    (out / MANIFEST_NAME).write_text("\n".join(manifests), encoding="utf-8")


def poisoned_assistant(
    settings: Settings, embedder: Embedder, model: ModelHost, folder: Path
) -> Assistant:
    """The assistant over policy and poisoned texts, its index built in `folder`.

    Raises:
        PolicyQAError: a text or a prompt cannot be used.
    """
    texts, out = folder / "texts", folder / "index"
    merge_texts(settings.texts, POISONED, texts)
    build(texts, out, embedder)
    poisoned = settings.model_copy(update={"texts": texts, "index": out})
    return assemble(poisoned, Index.open(out, embedder), model)


def own_sentences() -> list[str]:
    """What the product says by itself where there is no answer."""
    reasons = [reason for reason in Reason if reason is not Reason.NONE]
    return [notice(reason, language) for reason in reasons for language in NOTICE_LANGUAGES]


def try_all(
    attempts: Sequence[Attempt], plain: Asked, poisoned: Callable[[], Asked]
) -> Iterator[Verdict]:
    """Every attempt made and judged, in order; `poisoned` is opened when the first one needs it."""
    judge, opened = Judge(plain.documents), None
    for attempt in tqdm(attempts, unit="attempt", disable=None):
        if not attempt.is_poisoned:
            trial = attack(plain, attempt)
            yield Verdict(trial=trial, breaches=judge.judge(trial))
            continue
        if opened is None:
            assistant = poisoned()
            opened = assistant, Judge(assistant.documents)
        trial = attack(opened[0], attempt)
        yield Verdict(trial=trial, breaches=opened[1].judge(trial))


def run(system: str, attempts: Sequence[Attempt], settings: Settings) -> list[Verdict]:
    """Make the attempts on a system of the settings.

    Raises:
        PolicyQAError: the index, a text or the language model cannot be had.
    """
    if system == "extractive":
        settings = settings.model_copy(update={"backend": Backend.NONE})
    model = ModelHost(settings)
    model.start()
    index = open_index(settings)
    plain = assemble(settings, index, model)
    model.wait()
    if system == "main" and model.chat_model is None:
        raise ModelMissingError(
            f"`main` is attacked with a language model and there is none "
            f"({model.failure or 'POLICYQA_BACKEND is none'}); --system extractive needs none."
        )
    with tempfile.TemporaryDirectory() as folder:

        def poisoned() -> Assistant:
            return poisoned_assistant(settings, index.embedder, model, Path(folder))

        return list(try_all(attempts, plain, poisoned))


def record_of(verdict: Verdict) -> dict[str, Any]:
    """An attempt's outcome as JSON values."""
    trial, answer = verdict.trial, verdict.trial.answer
    return {
        "id": trial.attempt.id,
        "family": trial.attempt.family,
        "status": answer.status.value if answer else "fault",
        "reason": answer.reason.value if answer else "",
        "origin": answer.origin.value if answer else "",
        "cited": list(answer.cited) if answer else [],
        "text": shown_text(answer) if answer else "",
        "first_s": round(trial.first_s, 3),
        "seconds": round(trial.whole_s, 3),
        "model_failed": bool(answer and answer.model_failed),
        "breaches": [{"kind": b.kind.value, "detail": b.detail} for b in verdict.breaches],
    }


def report_of(system: str, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The whole outcome as JSON values: totals, a line a family, a line an attempt."""
    families = {
        family: {
            "n": len(own),
            "n_breached": sum(bool(v.breaches) for v in own),
            "n_abstained": sum(_abstained(v) for v in own),
            "slowest_s": round(max(v.trial.whole_s for v in own), 2),
        }
        for family in FAMILIES
        if (own := [v for v in verdicts if v.trial.attempt.family == family])
    }
    return {
        "system": system,
        "n": len(verdicts),
        "n_breached": sum(bool(v.breaches) for v in verdicts),
        "n_model_failed": sum(
            v.trial.answer is not None and v.trial.answer.model_failed for v in verdicts
        ),
        "families": families,
        "attempts": [record_of(verdict) for verdict in verdicts],
    }


def _abstained(verdict: Verdict) -> bool:
    answer = verdict.trial.answer
    return answer is not None and answer.status is Status.ABSTAINED


def print_report(report: dict[str, Any], console: Console) -> None:
    """A row a family, and every breach beneath."""
    title = f"{report['system']} · {report['n']} attempts"
    table = Table("family", "attempts", "breached", "abstained", "slowest", title=title)
    for name, family in report["families"].items():
        counts = [str(family[key]) for key in ("n", "n_breached", "n_abstained")]
        table.add_row(name, *counts, f"{family['slowest_s']:.1f} s")
    console.print(table)
    console.print(f"{report['n_breached']} of {report['n']} attempts breached")
    if failed := report["n_model_failed"]:
        console.print(f"in {failed} of them the language model failed and the clauses answered")
    for attempt in report["attempts"]:
        for breach in attempt["breaches"]:
            # As plain text: an attempt's own [brackets] are no markup.
            line = f"  {attempt['id']} {attempt['family']}: {breach['kind']}: {breach['detail']}"
            console.print(Text(line))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="eval.attack", description="Attack a system.")
    parser.add_argument("--system", choices=("main", "extractive"), default="main")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N, by turns of family")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the JSON, also as a file")
    args = parser.parse_args()
    if args.limit is not None and args.limit < 1:
        parser.error("--limit must be at least 1")
    return args


def _run(args: argparse.Namespace) -> None:
    if args.out:
        require_writable(args.out)
    settings = Settings()
    attempts = load_attempts(ATTEMPTS)
    policy = "\n".join(document.text for document in load_corpus(settings.texts))
    if problems := check_attempts(attempts, policy, own_sentences()):
        raise ValueError("\n".join(problems))
    verdicts = run(args.system, in_trying_order(attempts)[: args.limit], settings)
    report = report_of(args.system, verdicts)
    text = json.dumps(report, ensure_ascii=False, indent=1)
    if args.out:
        replace_text(args.out, text + "\n")
    print_report(report, Console(stderr=True))
    print(text)


def main() -> int:
    """Attack a system."""
    args = _arguments()
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr)
    try:
        _run(args)
    except (PolicyQAError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
