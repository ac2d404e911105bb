"""The first policy's text and structure, against the page that it was taken from."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.clean import clean
from corpus.document import Document
from corpus.errors import PolicyQAError
from corpus.load import DEFAULT_TEXTS, load_corpus
from corpus.parse import document_record, load_document

PAGE = Path(__file__).parents[2] / "../shared/source/newspaper-page.txt"
needs_page = pytest.mark.skipif(not PAGE.is_file(), reason="the newspaper page is not here")


@pytest.fixture(scope="module")
def policy() -> Document:
    (document,) = load_corpus()
    return document


def test_eight_parts_and_thirty_measures_numbered_without_gap(policy: Document) -> None:
    assert [part.number for part in policy.parts] == list(range(1, 9))
    assert [m.number for _, m in policy.measures()] == list(range(1, 31))
    assert [m.label for _, m in policy.measures()][14] == "（十五）"


def test_every_character_is_in_exactly_one_region(policy: Document) -> None:
    regions = [policy.preamble, *(p.span for p in policy.parts), policy.closing, *policy.unparsed]
    count = [0] * len(policy.text)
    for span in regions:
        assert span is not None
        for i in range(span.start, span.end):
            count[i] += 1
    assert {policy.text[i] for i, n in enumerate(count) if n != 1} <= {"\n"}
    assert policy.unparsed == ()


def test_every_clause_slices_back_and_together_they_are_the_measure(policy: Document) -> None:
    for _, measure in policy.measures():
        clauses = [c.span.slice(policy.text) for c in measure.clauses]
        assert "".join(clauses) == measure.span.slice(policy.text)
        assert all(c[-1] in "。”" for c in clauses)


def test_no_stray_space_and_no_other_article_remains(policy: Document) -> None:
    assert " " not in policy.text
    assert "2025年提高部分学生资助补助标准" in policy.text
    assert "健全多元化投入机制，做好职业技能等级评价工作" in policy.text
    for noise in ("C919", "黔东南", "新华社", "上接", "共建"):
        assert noise not in policy.text


def test_preamble_and_closing(policy: Document) -> None:
    assert policy.preamble and policy.closing
    assert policy.preamble.slice(policy.text).startswith("为大力提振消费")
    assert policy.closing.slice(policy.text).endswith("更快更好落地见效。")


@needs_page
def test_the_committed_text_is_what_the_page_gives(policy: Document) -> None:
    from_page = load_document(PAGE)
    assert from_page.title == "提振消费专项行动方案"
    assert from_page.text == policy.text
    assert any("C919" in piece for piece in from_page.left_out)
    assert any("全文如下" in piece for piece in from_page.left_out)


@needs_page
def test_nothing_of_the_page_is_lost() -> None:
    source = PAGE.read_text(encoding="utf-8")
    cleaned = clean(source)
    kept = "".join(cleaned.text.split()) + "".join("".join(cleaned.left_out).split())
    assert sorted(kept) == sorted("".join(source.split()))


def test_cleaning_a_clean_text_changes_nothing(policy: Document) -> None:
    assert clean(policy.text).text == policy.text
    assert clean(policy.text).left_out == ()


def test_headings_glued_to_their_neighbours_are_parted() -> None:
    page = "《某方案》全文如下。\n为了发展。一、甲行动（一）做甲。要做甲事。（二）做乙。要做乙事。二、丙行动（三）做丙。见第（一）项。"
    cleaned = clean(page)
    assert cleaned.text.split("\n") == [
        "为了发展。",
        "一、甲行动",
        "（一）做甲。要做甲事。",
        "（二）做乙。要做乙事。",
        "二、丙行动",
        "（三）做丙。见第（一）项。",
    ]


def test_a_text_without_measures_is_all_unparsed(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("今天天气很好。\n明天也好。", encoding="utf-8")
    document = load_document(file)
    assert document.parts == ()
    assert [s.slice(document.text) for s in document.unparsed] == ["今天天气很好。", "明天也好。"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xfa"])
def test_an_unusable_file_gets_one_clear_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(content)
    with pytest.raises(PolicyQAError):
        load_document(file)


def test_facts_that_the_source_does_not_give_stay_empty(policy: Document) -> None:
    assert policy.issuer == "中共中央办公厅、国务院办公厅"
    assert str(policy.published_on) == "2025-03-16"
    assert policy.document_number == "" and policy.source_url == ""
    assert policy.issued_on is None and policy.in_force_from is None


def test_the_command_prints_the_record_alone() -> None:
    file = DEFAULT_TEXTS / "boosting-consumption-2025.txt"
    command = [sys.executable, "-m", "corpus.parse", str(file), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    record = json.loads(done.stdout)
    assert record == json.loads(json.dumps(document_record(load_document(file))))
    assert done.stdout.count("\n") == 1
    clause = record["parts"][1]["measures"][2]["clauses"][0]
    assert record["text"][clause["start"] : clause["end"]] == clause["text"]


def test_the_command_names_a_missing_file_and_exits_1(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "corpus.parse", str(tmp_path / "none.txt")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == "" and "none.txt" in done.stderr


def test_the_receipt_of_the_policy_has_nothing_open() -> None:
    file = DEFAULT_TEXTS / "boosting-consumption-2025.txt"
    command = [sys.executable, "-m", "corpus.check", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    record = json.loads(done.stdout)
    assert done.returncode == 0
    assert (record["parts"], record["measures"], record["clauses"]) == (8, 30, 103)
    assert record["gaps"] == record["unparsed"] == record["left_out"] == []


def test_the_receipt_of_an_unknown_text_exits_1(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("今天天气很好。", encoding="utf-8")
    command = [sys.executable, "-m", "corpus.check", str(file)]
    assert subprocess.run(command, capture_output=True).returncode == 1
