"""What the page makes of earlier answers once the texts have changed under it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
from fakes import FakeAssistant

from corpus.document import Document
from corpus.load import DEFAULT_TEXTS, load_corpus
from corpus.questions import clause_hash
from index.passage import Passage
from rag.pages.chat import Desk
from rag.pages.parts import Parts
from rag.pages.places import Standing, open_excerpt
from rag.pages.render import Renderer
from rag.pages.session import Cited, Session
from rag.pages.texts import LANGUAGES, load_texts

QUESTION = "育儿补贴制度"
WORDS = "研究建立育儿补贴制度"

Change = Callable[..., tuple[Document, ...]]


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """The policies with words in place of others, given as pairs: old, new."""

    def changed(*pairs: tuple[str, str]) -> tuple[Document, ...]:
        shutil.copytree(DEFAULT_TEXTS, tmp_path / "texts", dirs_exist_ok=True)
        (file,) = (tmp_path / "texts").glob("*.txt")
        text = file.read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
        return load_corpus(tmp_path / "texts")

    return changed


@pytest.fixture(scope="module")
def cited() -> Passage:
    """The clause of an earlier answer."""
    passage = FakeAssistant().search(QUESTION)[0].passage
    assert WORDS in passage.text
    return passage


def test_a_clause_that_only_shifted_is_still_marked(change: Change, cited: Passage) -> None:
    documents = change(("一、", "一、更长的"))
    assert cited.span.slice(documents[0].text) != cited.text
    excerpt = open_excerpt(documents, str(cited.locator), clause_hash(cited.text))
    assert excerpt.marked == cited.text and excerpt.standing is Standing.HELD


def test_a_changed_clause_is_not_marked_and_the_panel_says_so(
    change: Change, cited: Passage
) -> None:
    documents = change(("育儿补贴", "育儿津贴"))
    assert len(cited.span.slice(documents[0].text)) == len(cited.text)
    excerpt = open_excerpt(documents, str(cited.locator), clause_hash(cited.text))
    assert excerpt.marked == "" and excerpt.standing is Standing.CHANGED
    assert "育儿津贴" in excerpt.before
    assert excerpt.measure is not None and excerpt.measure.number == cited.locator.measure
    for language in LANGUAGES:
        t = load_texts(language)
        html = Renderer(documents).panel(t, excerpt)
        assert t("panel_changed") in html and "<mark>" not in html and excerpt.before in html


def test_a_clause_whose_measure_has_another_number_is_marked_there(
    change: Change, cited: Passage
) -> None:
    other = FakeAssistant().search("入境消费")[0].passage
    assert other.locator.measure_locator != cited.locator.measure_locator
    moved = change((cited.text, ""), (other.text, other.text + cited.text))
    excerpt = open_excerpt(moved, str(cited.locator), clause_hash(cited.text))
    assert excerpt.marked == cited.text and excerpt.standing is Standing.MOVED
    assert excerpt.locator.measure == other.locator.measure
    t = load_texts("zh")
    assert t("panel_moved") in Renderer(moved).panel(t, excerpt)


@pytest.mark.parametrize("question", ["育儿补贴有吗", "育儿补贴多少钱", "第一百项说什么"])
def test_a_conversation_about_a_document_that_was_removed_still_renders(question: str) -> None:
    assistant = FakeAssistant()
    with gr.Blocks():
        parts = Parts.build(Renderer(assistant.documents), assistant.model_state)
    desk, session = Desk(assistant=assistant, parts=parts), Session()
    list(desk.ask(question, session))
    passage = assistant.search(question)[0].passage
    session.cited = Cited(locator=str(passage.locator), quote_sha=clause_hash(passage.text))
    other = replace(assistant.documents[0], id="other", title="别的政策")
    for assistant.documents in ((other,), ()):
        for session.language in LANGUAGES:
            shown = desk._speak(session)
            assert question in shown[parts.conversation] and question in shown[parts.staff]
            assert load_texts(session.language)("panel_missing") in shown[parts.panel]
