"""Who reads a borderline sentence a second time: a natural-language-inference model where one is named,
else the language model."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from index import weights
from index.passage import Passage
from index.registry import WeightsError
from rag.check.support import SecondReader
from rag.judge import ModelJudge
from rag.model import ModelHost
from rag.prompt import Prompts
from rag.settings import Settings

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# As such models call it: "entailment", "ENTAILMENT", "entail", "entailed".
_ENTAILS = "entail"


class EntailmentReader:
    """Tells how much likelier it is that a clause entails a sentence than that it does not.

    The clause is the premise in its official words, the sentence the hypothesis in whatever language,
    so that for English the model must be a multilingual one.
    """

    def __init__(self, name: str, model: CrossEncoder) -> None:
        """
        Raises:
            WeightsError: none of the model's labels, or all of them, are entailment.
        """
        self._name = name
        self._model = model
        config = model.model.config if model.model else None
        labels = [
            str(label) for _, label in sorted((getattr(config, "id2label", None) or {}).items())
        ]
        self._entails = np.array([_label_entails(label) for label in labels])
        if not 0 < self._entails.sum() < len(self._entails):
            raise WeightsError(
                f"{name} is no model of natural-language inference: its labels are "
                f"{', '.join(labels)}, and one of several must be entailment"
            )

    @property
    def name(self) -> str:
        """The model's name: what was fitted on one model's odds holds for no other's."""
        return self._name

    def support(self, sentence: str, passage: Passage, language: str) -> float | None:
        """The log odds that the clause says all that the sentence says."""
        import torch

        pair = [(passage.text, sentence)]
        logits = self._model.predict(
            pair, activation_fn=torch.nn.Identity(), show_progress_bar=False
        )[0]
        for_it, against = logits[self._entails], logits[~self._entails]
        return float(np.logaddexp.reduce(for_it) - np.logaddexp.reduce(against))


def _label_entails(label: str) -> bool:
    """Not for "not_entailment" or "non-entailment"."""
    return label.lower().startswith(_ENTAILS)


@lru_cache(1)
def load_entailment(name: str) -> EntailmentReader:
    """A model by a hub's `owner/repository` or a local folder; loaded once, however often asked for.

    Raises:
        WeightsError: it cannot be had or loaded, or does no natural-language inference.
    """
    from sentence_transformers import CrossEncoder

    try:
        folder = weights.resolve(name)
    except WeightsError as fault:
        raise WeightsError(f"POLICYQA_NLI: {fault}") from fault
    try:
        model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError) as fault:
        raise WeightsError(f"{name} cannot be loaded as a model: {fault}") from fault
    return EntailmentReader(name, model)


def second_reader(settings: Settings, model: ModelHost, prompts: Prompts) -> SecondReader:
    """The model that the settings name for it, else the host's, once that is ready.

    Raises:
        WeightsError: as for `load_entailment`.
    """
    return load_entailment(settings.nli) if settings.nli else ModelJudge(model, prompts)
