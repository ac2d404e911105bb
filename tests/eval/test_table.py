"""The scorecard in a terminal says each figure with what it was counted from."""

from __future__ import annotations

from eval.interval import Value
from eval.table import interval_text, value_text


def test_a_share_is_told_with_its_counts_and_a_mean_with_its_number() -> None:
    share = Value(hits=3.0, of=4.0, low=0.25, high=1.0)
    assert value_text(share) == "0.750 (3 of 4)"
    assert interval_text(share) == "0.250 – 1.000"
    mean = Value(hits=6576.96, of=104.0, low=60.04, high=66.0)
    assert value_text(mean, is_share=False) == "63.2 (n = 104)"
    assert interval_text(mean, is_share=False) == "60.0 – 66.0"
