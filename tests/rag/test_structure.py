"""Questions about the document's build are answered from it, exactly."""

from __future__ import annotations

import pytest

from corpus.document import Document
from corpus.numerals import format_numeral
from rag.answer import Label, Statement
from rag.structure import StructureReply, answer_structure


def reply(document: Document, question: str, language: str = "zh") -> StructureReply | None:
    return answer_structure(question, (document,), language)


def statements(document: Document, question: str, language: str = "zh") -> tuple[Statement, ...]:
    found = reply(document, question, language)
    assert found is not None, question
    return found.statements


def cited(document: Document, question: str, language: str = "zh") -> set[int]:
    said = statements(document, question, language)
    measures = {c.locator.measure for s in said for c in s.citations}
    return {number for number in measures if number is not None}  # a part's heading names none


@pytest.mark.parametrize("number", range(1, 31))
def test_every_measure_is_told_by_its_number_in_full(document: Document, number: int) -> None:
    (measure,) = (m for _, m in document.measures() if m.number == number)
    whole = measure.span.slice(document.text)
    numeral = format_numeral(number)
    for question in (
        f"第{numeral}条讲了什么？",
        f"第{number}项的内容是什么",
        f"第（{numeral}）项原文",
        f"What does measure {number} say?",
    ):
        said = statements(document, question)
        assert whole in "".join(s.text for s in said), question
        assert cited(document, question) == {number}


@pytest.mark.parametrize(
    ("question", "language", "measures"),
    [
        ("第二部分包括哪些内容？", "zh", {5, 6, 7, 8}),
        ("第七部分有哪些措施", "zh", {24, 25}),
        ("第八大部分有哪些措施", "zh", {26, 27, 28, 29, 30}),
        ("第二部分包括哪些內容？", "zh-Hant", {5, 6, 7, 8}),
        ("What is in part six of the action plan?", "en", {21, 22, 23}),
        ("What does the first part cover?", "en", {1, 2, 3, 4}),
        ("最后一条说的是什么呀", "zh", {30}),
        ("第八條講了什麼？", "zh-Hant", {8}),
        ("《提振消费专项行动方案》第十五条说什么", "zh", {15}),
        ("What does article (15) of the policy say?", "en", {15}),
        ("开头那条是讲什么的", "zh", {1}),
        ("最末尾那条写的啥", "zh", {30}),
        ("第三条和第五条各讲什么", "zh", {3, 5}),
        ("第四部分底下有几条措施", "zh", {15, 16, 17}),
        ("第9項は何ですか", "ja", {9}),
        ("De quoi parle la mesure 9 ?", "fr", {9}),
        ("О чём мера 9?", "ru", {9}),
        ("9번째 조치는 무엇입니까?", "ko", {9}),
    ],
)
def test_parts_and_measures_in_other_words(
    document: Document, question: str, language: str, measures: set[int]
) -> None:
    assert cited(document, question, language) == measures


def test_a_part_is_told_with_its_heading_and_the_number_of_its_measures(
    document: Document,
) -> None:
    first = statements(document, "第四部分的标题叫什么")[0]
    assert first.text == "四、大宗消费更新升级行动（共3条措施）"
    assert first.citations[0].quote == "四、大宗消费更新升级行动"
    assert "(3 measures)" in statements(document, "What is part 4?", "en")[0].text


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("这个方案一共有多少条措施？", "zh"),
        ("Сколько мер в плане?", "ru"),
        ("Combien de mesures y a-t-il ?", "fr"),
        ("In how many big sections is it divided?", "en"),
        ("总共分几大部分", "zh"),
        ("這個方案一共有多少條措施？", "zh-Hant"),
        ("How many measures are in the plan altogether?", "en"),
        ("How many parts does the plan have?", "en"),
    ],
)
def test_counts_are_those_of_the_document(document: Document, question: str, language: str) -> None:
    (count,) = statements(document, question, language)
    assert "8" in count.text
    assert "30" in count.text
    assert [c.quote for c in count.citations] == [p.label + p.heading for p in document.parts]


@pytest.mark.parametrize(
    "question",
    [
        "第七部分有几条，分别叫什么",
        "How many parts does the document have?",
        "How many measures are there?",
        "How many measures are there in the plan?",
    ],
)
def test_a_filler_word_that_begins_like_another_is_filler(
    document: Document, question: str
) -> None:
    assert reply(document, question) is not None


@pytest.mark.parametrize(
    "question",
    [
        "第四十条讲什么",
        "第三十一条讲什么",
        "第0条是什么",
        "第9999项的内容",
        "方案第九部分的标题是什么？",
        "What does Article 45 of this plan say?",
        "What is in part nine?",
    ],
)
def test_what_does_not_exist_gives_no_statement(document: Document, question: str) -> None:
    assert statements(document, question) == ()


@pytest.mark.parametrize(
    "question",
    [
        "育儿补贴怎么领？",
        "第一次买房有什么支持政策",
        "三类数码产品有补贴吗",
        "第三方二手车平台有什么支持",
        "家里有两部手机能补几部",
        "一老一小有哪些服务",
        "有几个孩子才能领补贴",
        "第十五条里的手机补贴怎么申请",
        "如何支持多孩家庭",
        "二手车有几种便利措施",
        "what does the plan say about phones",
        "Can I claim two subsidies?",
        "",
        "。",
    ],
)
def test_a_question_about_a_matter_is_left_to_the_clauses(
    document: Document, question: str
) -> None:
    assert reply(document, question) is None


def test_every_statement_is_the_documents_own_words(document: Document) -> None:
    for number in range(1, 31):
        for statement in statements(document, f"第{number}条讲什么"):
            (citation,) = statement.citations
            assert statement.text == citation.quote == citation.span.slice(document.text)
            assert statement.verdict.label is Label.SUPPORTED


def test_without_a_document_there_is_no_reply() -> None:
    assert answer_structure("第八条讲了什么？", (), "zh") is None


def test_a_measure_asked_for_as_text_is_given(documents: tuple[Document, ...]) -> None:
    reply = answer_structure("把第二十一条原文发我一下", documents, "zh")
    assert reply is not None and reply.statements[0].citations[0].locator.measure == 21
