"""Four abilities of a retrieval-augmented system, after RGB, re-created on this corpus.

Chen et al., "Benchmarking Large Language Models in Retrieval-Augmented Generation" (AAAI 2024),
put chosen documents before a model: noise robustness, negative rejection, information integration
and counterfactual robustness. Here the product's own path answers, with its retrieval edited
instead (`Edited`), and these differences:

- The units are clauses of one policy, not news pages; five are retrieved, as in RGB.
- RGB's noise is on the question's subject without the answer. Here it is drawn at random, seeded,
  from the clauses of measures that are neither gold nor acceptable, and keeps the score that the
  search gave it, since the product reads the best-scored first.
- Negative rejection: every clause of a gold or acceptable measure is taken out of every search; the
  only right reply is to abstain.
- Counterfactual: RGB asks whether a false document is noticed. Here a clause that repeats the best
  clause with a figure altered, or with an invented amount put in, stands before it under the same
  address; the reply must not say that figure.
- Right and wrong are told by exact metrics, not by a judge model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from eval.interval import SEED
from eval.question import Question
from eval.reply import Outcome
from index.passage import Hit, Passage
from rag.check.figures import figures_in
from rag.retrieve import TOP_K, PolicyRetriever

N_PASSAGES = 5
INVENTED = "8650"
Edit = Callable[[Sequence[Hit]], list[Hit]]


class EditedRetriever(PolicyRetriever):
    """The product's retriever with every search's hits edited before anything reads them."""

    edit: Edit

    def rank(self, *queries: str) -> tuple[Hit, ...]:
        """The edited hits of the whole ranking, best first, ranked anew."""
        edited = self.edit(super().rank(*queries))
        ordered = sorted(edited, key=lambda hit: -hit.score)
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1))


def _belongs(hit: Hit, question: Question) -> bool:
    measures = (*question.measures, *question.acceptable_measures)
    return hit.passage.locator.measure in measures


def without_evidence(question: Question) -> Edit:
    """Nothing of a gold or acceptable measure; the ten best of the rest."""
    return lambda hits: [hit for hit in hits if not _belongs(hit, question)][:TOP_K]


def with_noise(question: Question, ratio: float) -> Edit:
    """Five clauses, a share of them noise: the same ones in every search for a question."""
    n_noise = round(N_PASSAGES * ratio)

    def edit(hits: Sequence[Hit]) -> list[Hit]:
        gold = [hit for hit in hits if hit.passage.locator.measure in question.measures]
        others = sorted(
            (hit for hit in hits if not _belongs(hit, question)), key=lambda hit: hit.passage.id
        )
        noise = random.Random(f"{SEED} {question.id}").sample(others, n_noise)
        return gold[: N_PASSAGES - n_noise] + noise

    return edit


@dataclass(frozen=True, slots=True)
class Altered:
    """A clause that says something the policy does not; `figure` is what must not be repeated."""

    text: str
    figure: str


_FIGURE = re.compile(r"\d+")


def alter(clause: str) -> Altered:
    """The clause with its first figure raised, or with an invented amount where it has none."""
    found = _FIGURE.search(clause)
    if found:
        figure = str(int(found[0]) + 7)
        return Altered(_FIGURE.sub(figure, clause, count=1), figure)
    return Altered(clause.rstrip("。") + f"，标准为每人每年{INVENTED}元。", INVENTED)


def with_altered_best(hits: Sequence[Hit]) -> list[Hit]:
    """The ten best, and before them the best clause once more, altered, under its own address."""
    best = hits[0]
    passage = replace(best.passage, id="altered", text=alter(best.passage.text).text)
    return [replace(best, passage=passage, score=best.score + 0.001), *hits[:TOP_K]]


def says_altered(outcome: Outcome, best: Passage) -> bool:
    """The reply holds the altered figure, which the question did not bring in itself."""
    figure = alter(best.text).figure
    return not outcome.reply.abstained and figure in figures_in(outcome.reply.text)
