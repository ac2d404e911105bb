"""Proof that a file of evaluation questions is well formed and true to the policy.

`python -m eval.check_questions [FILE] [--text TEXT]` prints a JSON summary to stdout, one line per
problem to stderr, and exits 1 when there is any.
"""

import argparse
import itertools
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from corpus.errors import PolicyQAError
from corpus.questions import load_clause_questions
from eval.question import QUESTIONS, Question, load_questions
from eval.reply import folded

TEXT = Path(__file__).resolve().parents[1] / "corpus" / "texts" / "boosting-consumption-2025.txt"
MEASURE = re.compile(r"^（[一二三四五六七八九十]+）(.+)$", re.MULTILINE)


def three_runs(text: str) -> set[str]:
    """All runs of three letters or digits, in simplified characters, punctuation left out."""
    letters = bare(text)
    return {letters[i : i + 3] for i in range(len(letters) - 2)}


def check_gold(question: Question, measures: dict[int, str]) -> list[str]:
    """Problems of gold measures, evidence and required facts of an answerable question."""
    allowed = (*question.measures, *question.acceptable_measures)
    if not set(allowed) <= measures.keys() or len(set(allowed)) < len(allowed):
        return [f"measures {allowed} repeat or are not all in the policy"]
    problems = []
    if not question.measures and question.kind != "structure":  # a count cites no measure
        problems.append("answerable without a gold measure")
    if not question.must_include:
        problems.append("must_include is empty")
    for piece in question.evidence:
        if not any(piece in measures[number] for number in allowed):
            problems.append(f"evidence stands in none of its measures: {piece}")
    for number in question.measures:
        if not any(piece in measures[number] for piece in question.evidence):
            problems.append(f"no evidence for gold measure {number}")
        if question.kind == "slang":
            shared = three_runs(question.question) & three_runs(measures[number])
            problems += [f"slang shares {run} with measure {number}" for run in sorted(shared)]
    evidence = folded("\n".join(question.evidence))
    for group in question.must_include if evidence else ():
        if not any(folded(fact) in evidence for fact in group):
            problems.append(f"the evidence meets no alternative of {group}")
    return problems


def check_question(question: Question, measures: dict[int, str], policy: str) -> list[str]:
    """Problems of one question; none when it is sound."""
    problems = check_gold(question, measures) if question.answerable else []
    allowed = question.measures + question.acceptable_measures
    has_gold = bool(allowed + question.evidence + question.must_include)
    kind, roles = question.kind, [turn.role for turn in question.history]
    rules = {
        "unanswerable, yet has gold": has_gold and not question.answerable,
        "this kind has no answer": question.answerable and kind in ("unanswerable", "offtopic"),
        "a followup needs a history": kind == "followup" and not roles,
        "this kind takes no history": bool(roles) and kind not in ("followup", "injection"),
        "asks is for unanswerable questions": bool(question.asks) and kind != "unanswerable",
        "history is not user, assistant, …": roles != ["user", "assistant"] * (len(roles) // 2),
    }
    problems += [problem for problem, broken in rules.items() if broken]
    policy = folded(policy) if question.must_not_include else ""
    found = [word for word in question.must_not_include if folded(word) in policy]
    return problems + [f"must_not_include stands in the policy: {word}" for word in found]


def bare(text: str) -> str:
    """Letters and digits in simplified characters: what is left when two askers type alike."""
    return "".join(re.findall(r"\w", folded(text)))


def check_independence(questions: list[Question], indexed: Iterable[str]) -> list[str]:
    """Questions that the index holds word for word: they would test nothing but the copy."""
    known = {bare(text) for text in indexed}
    return [
        f"{q.id}: stands in the index as it is: {q.question}"
        for q in questions
        if bare(q.question) in known
    ]


def check_coverage(questions: list[Question], measures: Iterable[int]) -> list[str]:
    """Measures that nobody asks after in plain words, in slang, or in another language."""
    forms: dict[str, list[Question]] = {
        "plain": [q for q in questions if q.kind == "plain"],
        "slang": [q for q in questions if q.kind == "slang"],
        "foreign-language": [q for q in questions if q.lang not in ("zh", "zh-Hant")],
    }
    asked = {form: {m for q in chosen for m in q.measures} for form, chosen in forms.items()}
    return [
        f"measure {m} has no {form} question"
        for form, found in asked.items()
        for m in measures
        if m not in found
    ]


def check_all(questions: list[Question], policy: str) -> list[str]:
    """Problems of the whole file: each question's own, repeats, and measures asked too rarely."""
    measures = dict(enumerate(MEASURE.findall(policy), start=1))
    problems = [f"{q.id}: {p}" for q in questions for p in check_question(q, measures, policy)]
    asked = Counter((q.question, q.history) for q in questions)
    gold = Counter(number for q in questions for number in q.measures)
    problems += [f"asked {n} times: {key[0]}" for key, n in asked.items() if n > 1]
    problems += [f"measure {m} is gold {gold[m]} times, wanted 2" for m in measures if gold[m] < 2]
    return problems + check_coverage(questions, measures)


def main() -> int:
    """Command line; 0 when the file is sound, 1 when it has problems."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=QUESTIONS)
    parser.add_argument("--text", type=Path, default=TEXT, help="the clean policy")
    options = parser.parse_args()
    try:
        questions = load_questions(options.file)
        problems = check_all(questions, options.text.read_text(encoding="utf-8"))
        indexed = load_clause_questions(options.text).values()
        problems += check_independence(questions, itertools.chain.from_iterable(indexed))
    except (OSError, ValueError, PolicyQAError) as error:
        questions, problems = [], [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    fields = ("kind", "lang", "answerable")
    summary = {field: Counter(getattr(q, field) for q in questions) for field in fields}
    print(json.dumps({"questions": len(questions), "problems": len(problems), **summary}))
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
