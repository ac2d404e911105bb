"""How likely it is that the policy says what is asked, learned from questions.

A logistic model over the question's own vector, which knows what kind of thing is asked for in words
that no rule foresaw, and a few signs of how it meets the best clauses. `eval.fit_scope` learns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.passage import Hit
from rag.check.figures import figures_in

WEIGHTS = Path(__file__).with_name("scope.json")
SIGNS = (
    "best",
    "margin",
    "over_anchor",
    "missing",
    "n_kinds",
    "foreign_figures",
    "length",
    "leans",
)


def read_signs(
    query: str,
    rewritten: str,
    hits: Sequence[Hit],
    *,
    nearest_anchor: float,
    n_kinds: int,
    missing: bool,
) -> np.ndarray:
    """The signs of SIGNS, in their order: (8,) float64. There must be a hit."""
    best = hits[0]
    measure = best.passage.locator.measure_locator
    own = [hit for hit in hits if hit.passage.locator.measure_locator == measure]
    others = (h.score for h in hits if h.passage.locator.measure_locator != measure)
    held = figures_in("".join(hit.passage.text for hit in own))
    foreign = figures_in(query) - held
    return np.array(
        [
            best.score,
            best.score - next(others, 0.0),
            best.score - nearest_anchor,
            missing,
            n_kinds > 0,
            len(foreign),
            len(query),
            query != rewritten,
        ],
        dtype=np.float64,
    )
