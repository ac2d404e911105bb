"""Late interaction against the formula in slow loops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder

from corpus.load import load_corpus
from corpus.questions import clause_hash
from index.late import ASKED_WEIGHT, LOOKED_AT, LateIndex, similarity
from index.passage import Passage, cut_passages

EMBEDDER = FakeEmbedder()
PASSAGES = cut_passages(load_corpus(), len)[:12]
ASKED = {
    clause_hash(PASSAGES[2].text): (
        "工作难找怎么办",
        "有人管饭碗吗",
        "涨不涨工资",
        "哪里招人",
        "失业了",
    ),
    clause_hash(PASSAGES[7].text): ("闲钱放哪儿",),
    "of a clause that is gone": ("没有这一句",),
}
QUERIES = ("工作难找有人管吗", "最低工资", "x")


def slow_maxsim(query: np.ndarray, text: np.ndarray) -> float:
    return float(np.mean([max(float(q @ t) for t in text) for q in query]))


def slow_text(query: str, passage: Passage) -> float:
    tokens = EMBEDDER.embed_query_tokens
    views = [slow_maxsim(tokens(query), tokens(t)) for t in (passage.text, passage.embedded_text)]
    return sum(views) / 2


def slow_asked(query: str, passage: Passage) -> float | None:
    tokens = EMBEDDER.embed_query_tokens
    asked = ASKED.get(clause_hash(passage.text), ())
    nearest = sorted((slow_maxsim(tokens(query), tokens(a)) for a in asked), reverse=True)[:3]
    return sum(nearest) / len(nearest) if nearest else None


def slow_scores(query: str) -> list[float]:
    """Passages without questions are granted a low share of what these add to the two that have some."""
    pairs = [(slow_text(query, p), slow_asked(query, p)) for p in PASSAGES]
    low, high = sorted(asked - text for text, asked in pairs if asked is not None)
    raised = low + (high - low) / 4
    return [
        (1 - ASKED_WEIGHT) * text + ASKED_WEIGHT * (text + raised if asked is None else asked)
        for text, asked in pairs
    ]


@pytest.fixture(scope="module")
def late() -> LateIndex:
    return LateIndex.build(PASSAGES, ASKED, EMBEDDER)


@pytest.mark.parametrize("query", QUERIES)
def test_scores_are_those_of_the_formula(query: str, late: LateIndex) -> None:
    scores = late.scores(EMBEDDER.embed_query_tokens(query))
    assert scores == pytest.approx(slow_scores(query), abs=1e-5)


def test_of_many_questions_those_nearest_by_their_mean_are_looked_at() -> None:
    passage = PASSAGES[2]
    asked = [
        f"{word}{end}" for word in ("工作难找", "谁管饭碗", "哪里招人") for end in "吗呢吧啊呀呐么"
    ]
    late = LateIndex.build([passage], {clause_hash(passage.text): asked}, EMBEDDER)
    query = EMBEDDER.embed_query_tokens("工作难找谁管")
    means = [EMBEDDER.embed_query_tokens(a).mean(axis=0) for a in asked]
    nearness = [float(query.mean(axis=0) @ mean / np.linalg.norm(mean)) for mean in means]
    looked_at = sorted(range(len(asked)), key=lambda i: -nearness[i])[:LOOKED_AT]
    nearest = sorted(slow_maxsim(query, EMBEDDER.embed_query_tokens(asked[i])) for i in looked_at)
    texts = (passage.text, passage.embedded_text)
    text = np.mean([slow_maxsim(query, EMBEDDER.embed_query_tokens(t)) for t in texts])
    expected = (1 - ASKED_WEIGHT) * text + ASKED_WEIGHT * np.mean(nearest[-3:])
    assert late.scores(query) == pytest.approx([expected], abs=1e-5)


def test_a_clauses_own_question_lifts_it_over_the_others(late: LateIndex) -> None:
    bare = LateIndex.build(PASSAGES, {}, EMBEDDER)
    query = EMBEDDER.embed_query_tokens("闲钱放哪儿")
    assert int(late.scores(query).argmax()) == 7
    assert late.scores(query)[7] > bare.scores(query)[7]


def test_where_none_has_questions_the_texts_alone_are_scored() -> None:
    bare = LateIndex.build(PASSAGES, {}, EMBEDDER)
    scores = bare.scores(EMBEDDER.embed_query_tokens(QUERIES[0]))
    assert scores == pytest.approx([slow_text(QUERIES[0], p) for p in PASSAGES], abs=1e-5)


def test_what_is_saved_is_what_is_loaded(tmp_path: Path, late: LateIndex) -> None:
    late.save(tmp_path)
    loaded = LateIndex.load(tmp_path)
    assert loaded is not None
    query = EMBEDDER.embed_query_tokens(QUERIES[0])
    assert np.array_equal(loaded.scores(query), late.scores(query))


def test_an_index_without_it_has_none(tmp_path: Path) -> None:
    assert LateIndex.load(tmp_path) is None


def test_similarity_of_a_text_with_itself_is_one() -> None:
    tokens = EMBEDDER.embed_query_tokens("最低工资标准")
    assert similarity(tokens, tokens) == pytest.approx(1.0)


def test_a_question_left_out_counts_no_more(late: LateIndex) -> None:
    query = EMBEDDER.embed_query_tokens("闲钱放哪儿")
    others = late.with_questions([0, 1, 2, 3, 4])
    assert others.scores(query)[7] < late.scores(query)[7] - 0.05
    assert np.allclose(late.with_questions(range(6)).scores(query), late.scores(query))
