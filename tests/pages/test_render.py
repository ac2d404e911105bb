"""What the page's templates make of questions, answers and documents."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from fakes import FakeAssistant, cite, fake_answer

from corpus.document import Locator
from corpus.load import load_corpus
from corpus.questions import clause_hash
from index.passage import cut_passages
from rag.answer import (
    Answer,
    Finished,
    Found,
    Label,
    Method,
    Origin,
    Reason,
    Rejected,
    Stated,
    Statement,
    Verdict,
)
from rag.check.verdict import check
from rag.compose import RENDERED
from rag.findings import Finding, FindingKind
from rag.language import to_traditional
from rag.pages.places import Standing, cards_of, name_place, open_excerpt
from rag.pages.render import MAX_LIVE_CARDS, Renderer
from rag.pages.session import Exchange, Phase
from rag.pages.texts import LANGUAGES, load_texts
from rag.recite import Reciter

DOCUMENTS = load_corpus()
RENDERER = Renderer(DOCUMENTS)
HOSTILE = [
    "${alert(1)}",
    "`${alert(1)}`",
    "<img src=x onerror=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "{{7*7}}",
    "{% raw %}",
    "![a](http://elsewhere.example/a.png)",
    '" onmouseover="alert(1)',
]


class _Page(HTMLParser):
    """Collects the tags, attributes and text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def _finished(question: str) -> Exchange:
    exchange = Exchange(question=question)
    for event in FakeAssistant().stream(question):
        exchange = exchange.after(event)
    return exchange


def _conversation(exchange: Exchange, language: str = "zh") -> str:
    return RENDERER.conversation(load_texts(language), (exchange,))


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_visitor_writes_is_shown_and_never_markup(hostile: str, language: str) -> None:
    exchange = _finished(f"回声 {hostile}")
    plain = _finished("回声")
    texts = load_texts(language)
    for html, harmless in (
        (_conversation(exchange, language), _conversation(plain, language)),
        (RENDERER.staff(texts, exchange.answer), RENDERER.staff(texts, plain.answer)),
    ):
        page = _Page(html)
        assert hostile in page.text
        assert set(page.tags) <= set(_Page(harmless).tags)
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert not {"script", "img", "iframe"} & set(page.tags)


def test_the_mark_is_the_clause_and_the_pieces_are_the_measure() -> None:
    for document in DOCUMENTS:
        for _, measure in document.measures():
            for clause in measure.clauses:
                address = str(document.locate(measure, clause))
                words = clause.span.slice(document.text)
                excerpt = open_excerpt(DOCUMENTS, address, clause_hash(words))
                assert excerpt.marked == words and str(excerpt.locator) == address
                assert excerpt.standing is Standing.HELD
                assert len(excerpt.before) == clause.span.start - measure.span.start
                whole = excerpt.before + excerpt.marked + excerpt.after
                assert whole == measure.span.slice(document.text)


def test_without_quoted_words_the_addressed_clause_or_measure_is_marked() -> None:
    document = DOCUMENTS[0]
    _, measure = next(document.measures())
    clause = measure.clauses[1]
    for address, span in (
        (document.locate(measure, clause), clause.span),
        (document.locate(measure), measure.span),
    ):
        assert open_excerpt(DOCUMENTS, str(address)).marked == span.slice(document.text)


def test_the_chip_of_a_part_opens_the_part_with_its_heading_marked() -> None:
    (document,) = DOCUMENTS
    told = Reciter(document, "zh").part(document.parts[1], counted=False)
    (citation,) = told.citations
    address = str(citation.locator)
    excerpt = open_excerpt(DOCUMENTS, address, clause_hash(citation.quote))
    assert excerpt.marked == citation.quote and excerpt.measure is None
    whole = excerpt.before + excerpt.marked + excerpt.after
    assert whole == document.parts[1].span.slice(document.text)
    html = RENDERER.panel(load_texts("zh"), excerpt)
    assert citation.quote in html and "第二部分" in html
    (counted,) = Reciter(document, "zh").part(document.parts[1]).citations
    assert counted.quote == whole
    assert open_excerpt(DOCUMENTS, address, clause_hash(counted.quote)) == excerpt
    changed = open_excerpt(DOCUMENTS, address, clause_hash("二、旧标题"))
    assert changed.standing is Standing.CHANGED and changed.marked == ""
    with pytest.raises(KeyError):
        open_excerpt(DOCUMENTS, f"{document.id}#part:99")


@pytest.mark.parametrize("address", ["", "nonsense", "nowhere#measure:1"])
def test_an_address_that_no_document_has_is_an_error(address: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        open_excerpt(DOCUMENTS, address, clause_hash("育儿补贴"))


def test_a_missing_measure_is_said_in_words() -> None:
    for language in LANGUAGES:
        texts = load_texts(language)
        assert texts("panel_missing") in RENDERER.panel(texts, None, missing=True)


def test_every_language_renders_every_part() -> None:
    exchange = _finished("旧手机换新有补贴吗？")
    for language in LANGUAGES:
        texts = load_texts(language)
        assert DOCUMENTS[0].title in RENDERER.header(texts)
        assert texts.examples[0] in _Page(RENDERER.conversation(texts, ())).text
        assert texts("staff_empty") in RENDERER.staff(texts, None)
        assert exchange.answer is not None
        assert "每部手机最高补贴500元。" in RENDERER.staff(texts, exchange.answer)
        assert "2025" in RENDERER.notice(texts, "ready")
        assert texts("model_loading") in RENDERER.notice(texts, "loading")
        assert texts("outline_heading") in RENDERER.panel(texts, None)


def test_clauses_stand_open_before_the_answer_and_folded_after_it() -> None:
    events = list(FakeAssistant().stream("旧手机换新有补贴吗？"))
    exchange = Exchange(question="旧手机换新有补贴吗？", phase=Phase.SEARCHING)
    assert isinstance(events[0], Found)
    found = exchange.after(events[0])
    html = _conversation(found)
    assert html.count('class="pqa-card"') == min(MAX_LIVE_CARDS, len(cards_of(found.hits)))
    assert "<details" not in html
    done = found
    for event in events[1:]:
        assert isinstance(event, Stated | Finished)
        done = done.after(event)
    assert "<details" in _conversation(done)


def test_quoted_clauses_stand_as_official_wording_until_sentences_come() -> None:
    t = load_texts("zh")
    exchange = Exchange(question="先引，旧手机换新有补贴吗？", phase=Phase.SEARCHING)
    pages = []
    for event in FakeAssistant().stream(exchange.question):
        exchange = exchange.after(event)
        pages.append(_conversation(exchange))
    found, quoted, stated, *_, done = pages
    assert t("writing") in found and t("shortening") not in found
    assert t("origin_extractive") in quoted and t("shortening") in quoted
    assert "<details" in quoted and 'class="pqa-sentence"' in quoted
    assert t("origin_extractive") not in stated and t("shortening") in stated
    assert t("origin_model_partial") in done and t("shortening") not in done


def test_a_sentence_carries_a_chip_for_each_citation_with_the_hash_of_its_words() -> None:
    exchange = _finished("旧手机换新有补贴吗？")
    page = _Page(_conversation(exchange))
    quoted = [value for name, value in page.attributes if name == "data-quote"]
    for statement in exchange.statements:
        for citation in statement.citations:
            assert clause_hash(citation.quote) in quoted
            assert name_place(citation.locator, "zh") in page.text


def test_beside_another_document_a_chip_names_its_own() -> None:
    (document,) = load_corpus()
    other = replace(document, id="other", title="别的方案")
    measure = Locator.parse(f"{document.id}#measure:15/clause:1")
    assert name_place(measure, "zh", (document,)) == "第（十五）项"
    assert name_place(measure, "zh", (document, other)) == f"《{document.title}》第（十五）项"
    assert name_place(measure, "en", (document, other)) == f"《{document.title}》, Measure 15"
    page = Renderer((document, other)).conversation(load_texts("zh"), (_finished("手机补贴"),))
    assert f"《{document.title}》第（十五）项" in page


def test_the_rewritten_question_is_shown_only_when_it_differs() -> None:
    texts = load_texts("zh")
    assert texts("rewritten") in _conversation(_finished("旧手机换新有补贴吗？"))
    assert texts("rewritten") not in _conversation(_finished("旧手机有补贴吗？"))


def test_official_wording_is_labelled_and_noted_for_readers_of_other_languages() -> None:
    assert load_texts("zh")("origin_extractive") in _conversation(_finished("手机补贴原文"))
    english = _conversation(_finished("Is there a subsidy?"), "en")
    assert "The official text is in Chinese." in english


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.NONE])
def test_an_abstention_shows_its_sentence_and_what_is_nearby(reason: Reason) -> None:
    hits = FakeAssistant().search("旧手机换新")
    answer = fake_answer("旧手机换新", (), hits, reason=reason)
    exchange = Exchange(question="旧手机换新").after(Finished(answer=answer))
    html = _conversation(exchange)
    assert "pqa-notice-sentence" in html
    assert all(c.quote in html for c in answer.nearby)
    key = "nearest_heading" if reason is Reason.OFF_TOPIC else "nearby_heading"
    assert load_texts("zh")(key) in html


def test_a_measure_that_does_not_exist_brings_those_that_do() -> None:
    assert "第（一）项至第（三十）项" in _conversation(_finished("第一百项说什么"))


def test_an_over_long_question_is_shown_by_its_beginning() -> None:
    page = _Page(_conversation(_finished("长" * 501)))
    assert "长" * 501 not in page.text and "长" * 100 in page.text


def test_a_source_address_that_is_no_web_address_is_no_link() -> None:
    document = replace(DOCUMENTS[0], source_url="javascript:alert(1)")
    passage = FakeAssistant().search("手机")[0].passage
    citation = cite(passage)
    excerpt = open_excerpt((document,), str(citation.locator))
    assert "javascript:" not in Renderer((document,)).panel(load_texts("zh"), excerpt)


def test_a_rendering_is_never_called_official_wording() -> None:
    hits = FakeAssistant().search("育儿补贴")
    clause = hits[0].passage
    rendered = Statement(text="The plan calls for it.", citations=(cite(clause),), verdict=RENDERED)
    answer = fake_answer("原文 childcare", (rendered,), hits)
    assert answer.origin is Origin.EXTRACTIVE
    exchange = Exchange(question="childcare").after(Finished(answer=answer))
    for language in LANGUAGES:
        t = load_texts(language)
        html = _conversation(exchange, language)
        assert t("origin_rendered") in html and t("origin_extractive") not in html


WAGE = next(p for p in cut_passages(DOCUMENTS, len) if "最低工资标准" in p.text)
READ_TWICE = Verdict(
    label=Label.PARTIAL,
    score=0.41,
    method=Method.SECOND_READING,
    finding=Finding(kind=FindingKind.LIKELY_READ_TWICE, number="41%", least="60%"),
)


def _checked(sentence: str) -> Verdict:
    return check(sentence, WAGE, question="怎么说", language="zh", rank=None)


def _withheld(verdict: Verdict) -> Answer:
    rejected = Rejected(text="最低工资会变。", quote=WAGE.text, verdict=verdict)
    return replace(fake_answer("最低工资会涨吗", (), ()), rejected=(rejected,))


@pytest.mark.parametrize(
    ("verdict", "chinese", "english"),
    [
        (
            _checked("最低工资标准科学合理提高到3000元。"),
            ("方法 数字", "条款中没有：3000"),
            ("method figures", "not in the clause: 3000"),
        ),
        (
            _checked("最低工资标准必须科学合理提高。"),
            ("方法 语气强弱", "“必须”的语气强于条款"),
            ("method modal force", "“必须” is stronger than the clause"),
        ),
        (
            _checked("不提高最低工资标准。"),
            ("方法 否定", "句子否定了“提高”，条款没有否定"),
            ("method negation", "the sentence denies “提高”, the clause does not"),
        ),
        (
            _checked("最低工资标准会科学合理降低。"),
            ("方法 方向", "条款写的是“提高”，句子说的是“降低”"),
            ("method direction", "the clause says “提高”, the sentence “降低”"),
        ),
        (
            READ_TWICE,
            ("方法 二次判读", "条款这样说的可能性为41%，须达到60%（另一个模型也读过）"),
            ("method second reading", "60% are needed (a second model read it too)"),
        ),
    ],
)
def test_staff_are_told_the_check_and_its_reason_in_the_interface_s_language(
    verdict: Verdict, chinese: tuple[str, str], english: tuple[str, str]
) -> None:
    answer = _withheld(verdict)
    in_chinese, in_english = (
        _Page(RENDERER.staff(load_texts(language), answer)).text for language in ("zh", "en")
    )
    assert all(words in in_chinese and words not in in_english for words in chinese)
    assert all(words in in_english and words not in in_chinese for words in english)


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.NONE])
def test_staff_are_told_why_there_is_no_answer_in_words(reason: Reason) -> None:
    answer = fake_answer("旧手机换新", (), (), reason=reason)
    for language in LANGUAGES:
        t = load_texts(language)
        text = _Page(RENDERER.staff(t, answer)).text
        assert t(f"reason_{reason}") in text and f">{reason}<" not in RENDERER.staff(t, answer)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_a_reason_quotes_are_never_markup(hostile: str, language: str) -> None:
    t = load_texts(language)
    finding = Finding(kind=FindingKind.OPPOSITE, said=(hostile,), held=(hostile,))
    verdict = replace(READ_TWICE, finding=finding)
    page, plain = (_Page(RENDERER.staff(t, _withheld(v))) for v in (verdict, READ_TWICE))
    assert page.text.count(hostile) == 2
    assert (page.tags, page.attributes) == (plain.tags, plain.attributes)


def test_beside_a_refusal_a_reader_gets_the_clauses_in_his_language_where_they_are_kept() -> None:
    hits = FakeAssistant().search("育儿补贴")
    answer = replace(fake_answer("How much?", (), hits, reason=Reason.NO_AMOUNT), language="en")
    first, *others = answer.nearby
    kept = {"en": {clause_hash(first.quote): "It is to be studied."}}
    exchange = Exchange(question="How much?").after(Finished(answer=answer))
    html = Renderer(DOCUMENTS, kept).conversation(load_texts("en"), (exchange,))
    note = load_texts("en")("card_rendered")
    assert "It is to be studied." in html and first.quote not in html
    assert html.count(note) == 1 and all(c.quote in html for c in others)
    assert first.quote in RENDERER.conversation(load_texts("en"), (exchange,))


def test_cards_are_in_the_reader_s_script() -> None:
    hits = FakeAssistant().search("育儿补贴")
    answer = replace(fake_answer("多少", (), hits, reason=Reason.NO_AMOUNT), language="zh-Hant")
    exchange = Exchange(question="多少").after(Finished(answer=answer))
    html = _conversation(exchange)
    assert all(to_traditional(c.quote) in html for c in answer.nearby)
