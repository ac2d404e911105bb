"""The gate shuts on a real drop, stays open on noise, and cannot be passed by saying nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from eval import quality_gate
from eval.quality_gate import SUBSETS, find, load_baseline, measure, subset
from eval.question import QUESTIONS, load_questions, split_of
from eval.systems import SystemName
from rag.settings import Settings


def flags(n: int, *, failed: range = range(0)) -> dict[str, bool]:
    return {f"q{i}": i not in failed for i in range(n)}


@pytest.mark.parametrize(
    ("newly_failed", "newly_passed", "is_open"),
    [(0, 0, True), (4, 0, True), (5, 0, False), (6, 3, True), (9, 2, False), (0, 20, True)],
)
def test_it_shuts_on_a_drop_that_chance_does_not_explain(
    newly_failed: int, newly_passed: int, is_open: bool
) -> None:
    before = flags(100, failed=range(50, 50 + newly_passed))
    after = flags(100, failed=range(newly_failed))
    finding = find("s", before, after)
    assert (len(finding.newly_failed), len(finding.newly_passed)) == (newly_failed, newly_passed)
    assert finding.is_open is is_open


def test_a_baseline_that_says_little_is_refused() -> None:
    with pytest.raises(ValueError, match="--accept"):
        find("s", {}, flags(10))
    with pytest.raises(ValueError, match="only 4 of"):
        find("s", flags(10), flags(4))


def test_a_damaged_baseline_says_what_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text("[1]", encoding="utf-8")
    with pytest.raises(ValueError, match="--accept"):
        load_baseline(path)


def test_the_subset_is_of_the_development_half_and_always_the_same() -> None:
    questions = load_questions(QUESTIONS)
    chosen = subset(questions, 30)
    assert len(chosen) == 30 and {split_of(q.id) for q in chosen} == {"dev"}
    assert chosen == subset(questions[::-1], 30)


def test_ctrl_c_ends_in_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> dict[str, bool]:
        raise KeyboardInterrupt

    monkeypatch.setattr(quality_gate, "measure", interrupted)
    monkeypatch.setattr(sys, "argv", ["eval.quality_gate"])
    assert quality_gate.main() == 1
    assert capsys.readouterr().err == "stopped\n"


@pytest.mark.model
@pytest.mark.parametrize("name", SUBSETS)
def test_the_product_has_not_dropped(name: SystemName, tmp_path: Path) -> None:
    finding = find(name, load_baseline()[name], measure(name, Settings(index=tmp_path)))
    assert finding.is_open, str(finding)
