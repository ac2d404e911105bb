"""The learned judge's signs, and what it does with a sentence that no rule forbids."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeCross, FakeEmbedder, FakeReader

from corpus.questions import clause_hash
from index.passage import Hit, Passage
from rag.answer import Label, Method
from rag.check.segments import cover, segments_of
from rag.check.signs import CHINESE_SIGNS, ENGLISH_SIGNS, chinese_signs, english_signs, read
from rag.check.support import LanguageWeights, Support, SupportWeights
from rag.check.verdict import check
from rag.compose import MAX_ASKED, Composer
from rag.draft import Drafted
from rag.products import SignWeights
from rag.second import SecondReading

FindClause = Callable[[str], Passage]
WAGE = "最低工资标准"
RENDERING = "The minimum wage is to be raised in a sound and reasonable way."


def weights(n_signs: int, *, threshold: float, share: float) -> LanguageWeights:
    """A judge by the share of words alone, which is the first sign."""
    return of_signs((share, *(0.0,) * (n_signs - 1)), intercept=-share / 2, threshold=threshold)


def of_signs(weighed: tuple[float, ...], *, intercept: float, threshold: float) -> LanguageWeights:
    """A judge by these weights of the signs, their products counting nothing."""
    n = len(weighed)
    signs = SignWeights(
        mean=(0.0,) * n,
        scale=(1.0,) * n,
        weights=(*weighed, *(0.0,) * (n * (n + 1) // 2)),
        intercept=intercept,
    )
    return LanguageWeights(signs=signs, threshold=threshold)


@pytest.fixture
def support(clause: FindClause) -> Support:
    """Passes a sentence of whose words more than half stand in the clause or its rendering."""
    fitted = SupportWeights(
        embedder="fake-pairs",
        chinese=weights(len(CHINESE_SIGNS), threshold=0.5, share=20.0),
        english=weights(len(ENGLISH_SIGNS), threshold=0.5, share=20.0),
        fitted_on="nothing",
    )
    return Support(fitted, FakeEmbedder(), {clause_hash(clause(WAGE).text): RENDERING})


def signs_of(sentence: str, passage: Passage) -> dict[str, float]:
    coverage = cover(sentence, passage.text)
    said, held = read(sentence, FakeEmbedder()), read(passage.text, FakeEmbedder())
    signs = chinese_signs(said, held, coverage, "")
    assert signs.shape == (len(CHINESE_SIGNS),) and np.isfinite(signs).all()
    return dict(zip(CHINESE_SIGNS, signs, strict=True))


def test_a_clause_has_the_best_signs_of_itself(clause: FindClause) -> None:
    signs = signs_of(clause(WAGE).text, clause(WAGE))
    assert (signs["share"], signs["missing"], signs["dropped"]) == (1, 0, 0)
    assert min(signs[name] for name in ("said_worst", "strange_nearest")) == pytest.approx(1)
    assert signs["segment"] == pytest.approx(1) and signs["length"] == 1


def test_a_strange_word_shows_in_the_signs(clause: FindClause) -> None:
    passage = clause(WAGE)
    own, other = (
        signs_of(passage.text.replace("最低工资", word), passage)
        for word in ("最低工资", "水产养殖")
    )
    assert other["strange_nearest"] < own["strange_nearest"]
    assert other["missing"] > own["missing"] and other["share"] < own["share"]


def test_spans_fit_the_tokens_and_the_text() -> None:
    reading = read("ＡＢＣ 健全（急）診機制，提高標準。", FakeEmbedder())
    assert len(reading.spans) == len(reading.tokens)
    assert max(end for _, end in reading.spans) <= len(reading.text)


def test_english_is_held_against_the_rendering(clause: FindClause) -> None:
    passage = clause(WAGE)
    clause_read = read(passage.text, FakeEmbedder())
    said = [
        english_signs(read(text, FakeEmbedder()), read(RENDERING, FakeEmbedder()), clause_read)
        for text in (RENDERING, "Fishermen catch tuna at sea.")
    ]
    shares = [dict(zip(ENGLISH_SIGNS, signs, strict=True))["share"] for signs in said]
    assert shares == [1.0, 0.0]


@pytest.mark.parametrize(
    ("sentence", "language", "label", "method"),
    [
        ("最低工资标准要科学合理提高。", "zh", Label.SUPPORTED, Method.SUPPORT),
        ("渔民出海捕捞金枪鱼要科学合理。", "zh", Label.PARTIAL, Method.SUPPORT),
        ("最低工资标准必须科学合理提高。", "zh", Label.UNSUPPORTED, Method.MODAL_FORCE),
        ("最低工资标准科学合理提高到3000元。", "zh", Label.CONTRADICTED, Method.FIGURES),
        ("最低工资标准会科学合理降低。", "zh", Label.CONTRADICTED, Method.DIRECTION),
        ("The minimum wage is raised in a reasonable way.", "en", Label.SUPPORTED, Method.SUPPORT),
        ("Reasonable fishermen catch much tuna at sea.", "en", Label.PARTIAL, Method.SUPPORT),
        (
            "The minimum wage is lowered in a reasonable way.",
            "en",
            Label.CONTRADICTED,
            Method.DIRECTION,
        ),
    ],
)
def test_rules_come_first_and_the_judge_has_the_rest(
    support: Support,
    clause: FindClause,
    sentence: str,
    language: str,
    label: Label,
    method: Method,
) -> None:
    verdict = check(
        sentence, clause(WAGE), question="怎么说", language=language, rank=None, support=support
    )
    assert (verdict.label, verdict.method) == (label, method)
    assert 0 <= verdict.score <= 1 and verdict.reason


SECOND = SecondReading(
    judge=0.0, odds=1.0, intercept=0.0, threshold=0.6, asked_from=0.1, asked_to=0.9
)
BORDERLINE = "科学合理的最低工资渔民出海捕捞金枪鱼。"  # half of its content stands in the clause


def with_second(reader: FakeReader) -> Support:
    """A judge by the share of words that asks this reader about what is borderline."""
    judge = weights(len(CHINESE_SIGNS), threshold=0.5, share=20.0)
    fitted = SupportWeights(
        embedder="fake-pairs",
        second_reader="fake-model",
        chinese=judge.model_copy(update={"second": SECOND}),
        english=judge,
        fitted_on="nothing",
    )
    return Support(fitted, FakeEmbedder(), {}, reader)


def read_twice(reader: FakeReader, clause: FindClause, sentence: str) -> tuple[Method, Label]:
    """The method and label of a check with this second reader."""
    support = with_second(reader)
    verdict = check(sentence, clause(WAGE), question="", language="zh", rank=None, support=support)
    return verdict.method, verdict.label


@pytest.mark.parametrize(
    ("odds", "label"), [(2.0, Label.SUPPORTED), (-2.0, Label.PARTIAL), (0.2, Label.PARTIAL)]
)
def test_the_language_model_decides_what_is_borderline(
    clause: FindClause, odds: float, label: Label
) -> None:
    reader = FakeReader(odds=odds)
    assert read_twice(reader, clause, BORDERLINE) == (Method.SECOND_READING, label)
    assert reader.asked == [BORDERLINE]


@pytest.mark.parametrize(
    ("sentence", "method", "label"),
    [
        ("科学合理提高最低工资标准。", Method.SUPPORT, Label.SUPPORTED),
        ("渔民出海捕捞金枪鱼要科学合理。", Method.SUPPORT, Label.PARTIAL),
        ("科学合理的最低工资必须渔民出海捕捞。", Method.MODAL_FORCE, Label.UNSUPPORTED),
    ],
)
def test_it_is_not_asked_about_what_is_sure_or_forbidden(
    clause: FindClause, sentence: str, method: Method, label: Label
) -> None:
    reader = FakeReader(odds=9.0)
    assert read_twice(reader, clause, sentence) == (method, label)
    assert reader.asked == []


@pytest.mark.parametrize("reader", [FakeReader(odds=None), FakeReader(odds=9.0, name="another")])
def test_without_its_word_or_by_another_model_the_judge_decides(
    clause: FindClause, reader: FakeReader
) -> None:
    assert read_twice(reader, clause, BORDERLINE)[0] is Method.SUPPORT


def test_of_one_answer_only_so_many_sentences_are_read_twice(clause: FindClause) -> None:
    reader = FakeReader(odds=-9.0)
    passage = clause(WAGE)
    composer = Composer(
        "…",
        [Hit(passage=passage, rank=1, score=1.0, dense_rank=1, lexical_rank=None)],
        language="zh",
        wants_all=False,
        search=lambda _: (),
        support=with_second(reader),
    )
    borderline = [Drafted(text=BORDERLINE, passage=None)] * (MAX_ASKED + 2)
    list(composer.compose(borderline))
    assert len(reader.asked) == MAX_ASKED
    methods = [rejected.verdict.method for rejected in composer.rejected]
    assert methods == [Method.SECOND_READING] * MAX_ASKED


@pytest.mark.parametrize(
    ("question", "method"),
    [("民宿那一带夜里停车方便吗", Method.WORDING), ("夜里停车方便吗", Method.SUPPORT)],
)
def test_a_word_of_the_question_is_not_woven_into_a_clause(
    support: Support, clause: FindClause, question: str, method: Method
) -> None:
    passage = clause("加大对夜间消费集聚区域")
    sentence = passage.text.replace("对夜间", "对民宿和夜间")
    verdict = check(sentence, passage, question=question, language="zh", rank=None, support=support)
    assert verdict.method is method
    if method is Method.WORDING:
        assert verdict.label is Label.UNSUPPORTED and verdict.finding.said == ("民宿",)


def test_without_a_rendering_a_translation_must_lead_back(
    support: Support, clause: FindClause
) -> None:
    passage = clause("研究建立育儿补贴制度")
    assert not support.can_judge(passage, "en") and support.can_judge(passage, "zh")
    verdict = check(
        "Study the establishment of a childcare subsidy system.",
        passage,
        question="",
        language="en",
        rank=1,
        support=support,
    )
    assert verdict.method is Method.EMBEDDING


def test_the_spoken_segment_is_found(support: Support, clause: FindClause) -> None:
    passage = clause(WAGE)
    parts = segments_of(passage.text)
    for i, part in enumerate(parts):
        assert i in support.spoken_segments(part, passage)


def test_the_asked_segment_is_found(support: Support, clause: FindClause) -> None:
    passage = clause("培育新型农业经营主体")
    parts = segments_of(passage.text)
    assert "农机" in parts[support.asked_segment("拖拉机报废了换台新的有没有补贴", passage)]
    assert "民宿" in parts[support.asked_segment("自家院子能不能开民宿", passage)]


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        (["落实农机报废更新补贴政策。"], ["落实农机报废更新补贴政策。"]),
        (["强化产业联农带农。"], None),
        (["强化产业联农带农。", "落实农机报废更新补贴政策。"], None),
    ],
)
def test_a_sentence_beside_the_point_gives_way_to_its_clause(
    support: Support, clause: FindClause, draft: list[str], told: list[str] | None
) -> None:
    passage = clause("培育新型农业经营主体")
    composer = Composer(
        "拖拉机报废了换台新的有没有补贴",
        [Hit(passage=passage, rank=1, score=1.0, dense_rank=1, lexical_rank=None)],
        language="zh",
        wants_all=False,
        search=lambda _: (),
        support=support,
    )
    drafted = [Drafted(text=text, passage=None) for text in draft]
    assert [s.text for s in composer.compose(drafted)] == (told or [passage.text])


@pytest.mark.parametrize(("thinks", "passes"), [(3.0, True), (-3.0, False), (None, False)])
def test_what_reads_both_together_is_one_more_sign(
    clause: FindClause, thinks: float | None, passes: bool
) -> None:
    """Of an English sentence beside the rendering kept for its clause, of a Chinese one beside the clause."""
    weighed = (*(0.0,) * len(ENGLISH_SIGNS), 2.0)
    english = of_signs(weighed, intercept=-1.0, threshold=0.5)
    chinese = of_signs((*(0.0,) * len(CHINESE_SIGNS), 2.0), intercept=-1.0, threshold=0.5)
    fitted = SupportWeights(embedder="", chinese=chinese, english=english, fitted_on="nothing")
    passage, cross = clause(WAGE), FakeCross(thinks)
    kept = {clause_hash(passage.text): RENDERING}
    support = Support(fitted, FakeEmbedder(), kept, together=cross)
    assert support.judge("Wages RISE.", passage, "en").passes is passes
    assert cross.pairs == [("wages rise.", RENDERING)]
    assert support.judge("提高最低工資標準。", passage, "zh").passes is passes
    assert cross.pairs[1:] == [("提高最低工资标准。", passage.text)]


class CountingEmbedder(FakeEmbedder):
    """Knows what it was asked to read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def embed_query_tokens(self, text: str) -> np.ndarray:
        """As its fake does."""
        self.read.append(text)
        return super().embed_query_tokens(text)


def test_clauses_are_read_ahead_of_sentences(clause: FindClause) -> None:
    passage, embedder = clause(WAGE), CountingEmbedder()
    support = Support(None, embedder, {clause_hash(passage.text): RENDERING})
    support.read_ahead([passage])
    assert len(embedder.read) == 2
    support.signs("Wages rise.", passage, "en")
    assert embedder.read[2:] == ["wages rise."]


def test_another_embedder_has_no_judge(tmp_path: Path) -> None:
    assert Support.load(FakeEmbedder(), {}) is None
    assert Support.load(FakeEmbedder(), {}, path=tmp_path / "none.json") is None
