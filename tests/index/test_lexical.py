"""The lexical index is BM25 as written down, over bigrams that know no script."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from corpus.load import load_corpus
from index.lexical import LexicalIndex, tokenize
from index.passage import cut_passages

TEXTS = [p.embedded_text for p in cut_passages(load_corpus(), len)]
QUERIES = (
    "育儿补贴怎么领",
    "提高最低工资标准",
    "手机、平板以旧换新补贴",
    "补贴补贴补贴",
    "REITs 基金",
    "消费",
    "IP品牌",
)


def slow_bm25(query: str, texts: list[str], k1: float = 1.5, b: float = 0.75) -> list[float]:
    """Lucene's form (Kamphuis et al. 2020, "Which BM25 Do You Mean?"), in ten slow lines."""
    documents = [tokenize(text) for text in texts]
    mean_length = sum(map(len, documents)) / len(documents)
    scores = [0.0] * len(documents)
    for token in tokenize(query):
        df = sum(token in document for document in documents)
        idf = math.log(1 + (len(documents) - df + 0.5) / (df + 0.5))
        for i, document in enumerate(documents):
            tf, length = document.count(token), len(document) / mean_length
            scores[i] += idf * tf / (tf + k1 * (1 - b + b * length)) if tf else 0.0
    return scores


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.build(TEXTS)


@pytest.mark.parametrize("query", QUERIES)
def test_scores_are_those_of_the_formula(index: LexicalIndex, query: str) -> None:
    assert index.scores(query) == pytest.approx(slow_bm25(query, TEXTS), rel=1e-4, abs=1e-5)


def test_scores_follow_the_order_of_the_texts(index: LexicalIndex) -> None:
    order = list(reversed(range(len(TEXTS))))
    turned = LexicalIndex.build([TEXTS[i] for i in order])
    assert turned.scores("育儿补贴") == pytest.approx(index.scores("育儿补贴")[order])


def test_no_known_token_scores_nothing(index: LexicalIndex) -> None:
    for query in ("", "  ！", "qwertz", "鼉鼊"):
        scores = index.scores(query)
        assert scores.shape == (len(TEXTS),)
        assert not scores.any()


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("育兒補貼怎麼領", "育儿补贴怎么领"),
        ("發放消費券", "发放消费券"),
        ("ＡＢＣ１２３", "abc123"),
        ("REITs", "reits"),
    ],
)
def test_scripts_widths_and_cases_are_one(traditional: str, simplified: str) -> None:
    assert tokenize(traditional) == tokenize(simplified)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("育儿补贴", ["育儿", "儿补", "补贴"]),
        ("育儿，补贴", ["育儿", "补贴"]),
        ("T恤", ["t", "恤"]),
        ("税", ["税"]),
        ("购在China 2025年", ["购在", "china", "2025", "年"]),
        ("……", []),
    ],
)
def test_a_chinese_run_becomes_its_pairs_and_other_words_stay_whole(
    text: str, tokens: list[str]
) -> None:
    assert tokenize(text) == tokens


def test_saved_and_loaded_scores_are_the_same(index: LexicalIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    loaded = LexicalIndex.load(tmp_path, len(TEXTS))
    for query in QUERIES:
        assert np.array_equal(loaded.scores(query), index.scores(query))


def test_one_text_can_be_indexed() -> None:
    assert LexicalIndex.build(["育儿补贴"]).scores("补贴")[0] > 0
