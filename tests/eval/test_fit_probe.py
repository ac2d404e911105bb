"""The probe is learned, and does after writing and reading what the network does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from eval.fit_probe import Asked, learn, load_asked, new_net
from rag.attentive_probe import AttentiveProbe
from rag.reader import READER


def make(chance: np.random.Generator) -> tuple[Asked, np.ndarray]:
    """Tokens of which one tells a sign and another, known by its mark, whether the sign counts backwards:
    their mean tells nothing."""
    states = chance.normal(scale=0.1, size=(int(chance.integers(4, 9)), 8))
    sign, turned = chance.choice([-1, 1], size=2)
    states[0, :2] = 3 * sign, 3
    states[1, 2:4] = 3 * turned, 3
    is_answered = bool(sign * turned > 0)
    return Asked(question="", is_answered=is_answered, measures=(1,) if is_answered else ()), states


def test_it_learns_what_the_mean_does_not_tell(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    made = [make(chance) for _ in range(600)]
    asked, states = [a for a, _ in made[:480]], [s.astype(np.float32) for _, s in made]
    net = learn(new_net(states[:480]), asked, states[:480], n_epochs=12)
    path = tmp_path / "probe.npz"
    net.write(path, "made by hand")
    probe = AttentiveProbe.load(READER, path)
    assert probe is not None
    right = [(probe.logit(states[i]) > 0) == made[i][0].is_answered for i in range(480, 600)]
    assert np.mean(right) > 0.9
    with torch.inference_mode():
        given = torch.from_numpy(states[500])[None]
        by_net = float(net(given, torch.ones(1, len(states[500])))[0][0])
    assert abs(probe.logit(states[500]) - by_net) < 0.05


def test_each_question_is_learned_from_once() -> None:
    asked = [one.question for one in load_asked()]
    assert len(asked) == len(set(asked)) > 10_000
