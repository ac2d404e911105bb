"""How the textbook pipeline's replies are read."""

from __future__ import annotations

import pytest
from fakes import FakeEmbedder, FakeHost, FakeModel
from made import make_question

from corpus.load import load_corpus
from eval.naive import MeasureFinder, Naive, Piece, search_page
from eval.reply import Reply, Said
from eval.systems import ModelFailedError


class Unjudged:
    """Stands where SupportJudge does and leaves sentences as they are."""

    def judge(self, said: Said) -> Said:
        """The same."""
        return said


PIECES = [Piece(text=f"片段{n}", measures=(n,), score=1 / n) for n in (7, 5, 9, 11)]


def reply_to(written: str) -> Reply:
    host = FakeHost(chat_model=FakeModel(reply=written))
    naive = Naive(search=lambda _: PIECES, model=host, judge=Unjudged())  # type: ignore[arg-type]
    return naive.reply(make_question())


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("会提高。[1]", (7,)),
        ("会提高[1][2]。还有补助【3】。", (7, 5, 9)),
        ("会提高[1，3]。", (7, 9)),
        ("会提高（2）", (5,)),
        ("会提高[4]。", ()),
        ("会提高[0]。", ()),
        ("2025年提高。", ()),
    ],
)
def test_marks_are_read_and_only_shown_pieces_can_be_cited(
    written: str, cited: tuple[int, ...]
) -> None:
    assert reply_to(written).cited == cited


def test_a_mark_behind_the_full_stop_stays_with_its_sentence() -> None:
    statements = reply_to("甲说一。[1]乙说二。[2]").statements
    assert [(s.text, s.cited[0].measures) for s in statements] == [
        ("甲说一。", (7,)),
        ("乙说二。", (5,)),
    ]


@pytest.mark.parametrize(
    "written", ["资料中没有提到。", "It is not mentioned in the context.", "[1]"]
)
def test_a_refusal_or_nothing_at_all_is_an_abstention(written: str) -> None:
    assert reply_to(written).abstained


def test_a_model_that_fails_is_told_in_a_sentence() -> None:
    host = FakeHost(chat_model=FakeModel(reply="好。", fails_after=0))
    naive = Naive(search=lambda _: PIECES, model=host, judge=Unjudged())  # type: ignore[arg-type]
    with pytest.raises(ModelFailedError, match="q900"):
        naive.reply(make_question())


def test_all_found_pieces_are_ranked_and_three_shown() -> None:
    assert reply_to("好。").ranked == (7, 5, 9, 11)


def test_a_piece_knows_its_measures_across_line_breaks() -> None:
    (document,) = load_corpus()
    finder = MeasureFinder([document])
    text = document.text
    at = text.index("（七）")
    broken = "\n".join(text[at - 30 : at + 60][i : i + 17] for i in range(0, 90, 17))
    assert finder.find(broken) == (6, 7)
    assert finder.find("与本政策无关的另一篇报道里的一段话。") == ()


def test_the_store_finds_the_piece_that_holds_the_words() -> None:
    documents = load_corpus()
    search = search_page(documents[0].text, documents, FakeEmbedder())
    found = search("健全最低工资标准调整机制，科学合理提高最低工资标准")
    assert 1 in found[0].measures
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
