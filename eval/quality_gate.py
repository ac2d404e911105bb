"""The gate in CI: a fixed, fast subset that fails on a real drop of quality and not on noise.

`python -m eval.quality_gate` holds each system against `baseline.json`, which names for every
question of its subset whether it passed when the baseline was accepted. Questions that flipped are
counted both ways; a one-sided exact McNemar test asks how likely so many failures among the flips
are by chance, and below 0.05 the gate is shut: five newly failed and none newly passed shut it, four
do not. Decoding is greedy and the order fixed, so that a rerun on one machine flips nothing; another
machine's rounding may flip one or two. `--accept` writes today's outcomes as the new baseline: a
deliberate act, to be explained in its commit.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from tqdm import tqdm

from corpus.errors import PolicyQAError
from eval.interval import flip_p_value
from eval.question import QUESTIONS, Question, in_asking_order, load_questions, split_of
from eval.reply import Outcome
from eval.systems import System, SystemName, open_system
from rag.settings import Settings

BASELINE = Path(__file__).parent / "baseline.json"
# How many development questions each system is asked: about ten and eighty seconds on two cores.
SUBSETS: dict[SystemName, int] = {"extractive": 200, "main": 16}
SHUT_BELOW = 0.05
_Baseline = TypeAdapter(dict[str, dict[str, bool]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One system against its baseline; `n` questions stand in both."""

    system: str
    n: int
    newly_failed: tuple[str, ...]
    newly_passed: tuple[str, ...]

    @property
    def p_value(self) -> float:
        """See eval.interval.flip_p_value."""
        return flip_p_value(len(self.newly_failed), len(self.newly_passed))

    @property
    def is_open(self) -> bool:
        """No drop that chance would not explain."""
        return self.p_value >= SHUT_BELOW

    def __str__(self) -> str:
        state = "open" if self.is_open else "SHUT"
        return (
            f"{self.system}: gate {state} (p = {self.p_value:.3f}); of {self.n} questions newly "
            f"failed {list(self.newly_failed)}, newly passed {list(self.newly_passed)}"
        )


def load_baseline(path: Path = BASELINE) -> dict[str, dict[str, bool]]:
    """Per system, each question's id and whether it passed.

    Raises:
        ValueError: the file is no baseline.
        OSError: it cannot be read.
    """
    try:
        return _Baseline.validate_json(path.read_bytes())
    except ValidationError as error:
        raise ValueError(
            f"{path} is no baseline; run: python -m eval.quality_gate --accept"
        ) from error


def find(system: str, before: Mapping[str, bool], after: Mapping[str, bool]) -> Finding:
    """What flipped, over the questions that stand in both.

    Raises:
        ValueError: the baseline is empty, or fewer than half of its questions were asked, so that
            the gate would say little.
    """
    both = [name for name in before if name in after]
    if not before or len(both) * 2 < len(before):
        raise ValueError(
            f"only {len(both)} of the baseline's {len(before)} questions are in the subset now; "
            "run: python -m eval.quality_gate --accept"
        )
    return Finding(
        system=system,
        n=len(both),
        newly_failed=tuple(name for name in both if before[name] and not after[name]),
        newly_passed=tuple(name for name in both if after[name] and not before[name]),
    )


def subset(questions: Sequence[Question], n: int) -> list[Question]:
    """The first `n` development questions in the fixed order."""
    dev = (q for q in in_asking_order(questions) if split_of(q.id) == "dev")
    return list(dev)[:n]


def outcomes(system: System, questions: Sequence[Question]) -> dict[str, bool]:
    """Whether each question passes now, by id."""
    return {
        question.id: Outcome(question=question, reply=system.reply(question)).passed
        for question in tqdm(questions, desc=system.name, unit="question", disable=None)
    }


def measure(name: SystemName, settings: Settings) -> dict[str, bool]:
    """Ask a system its subset."""
    chosen = subset(load_questions(QUESTIONS), SUBSETS[name])
    return outcomes(open_system(name, settings), chosen)


def main() -> int:
    """Hold every system against the baseline, or accept a new one; 1 when a gate is shut."""
    parser = argparse.ArgumentParser(prog="eval.quality_gate", description="The gate in CI.")
    parser.add_argument("--accept", action="store_true", help="today's outcomes as the baseline")
    args = parser.parse_args()
    try:
        after = {name: measure(name, Settings()) for name in SUBSETS}
        if args.accept:
            BASELINE.write_text(json.dumps(after, indent=1) + "\n", encoding="utf-8")
            findings = []
        else:
            before = load_baseline()
            findings = [find(name, before.get(name, {}), after[name]) for name in SUBSETS]
    except (PolicyQAError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 1
    for finding in findings:
        print(finding, file=sys.stderr)
    passed = {name: [sum(flags.values()), len(flags)] for name, flags in after.items()}
    print(json.dumps({"passed": passed, "open": all(f.is_open for f in findings)}))
    return int(not all(f.is_open for f in findings))


if __name__ == "__main__":
    sys.exit(main())
