"""Foreign records come in as they are, or are refused by line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import PolicyQAError
from index.build import source_hash
from index.passage import Passage
from index.records import is_records, load_records, records_hash

RECORDS: list[dict[str, Any]] = [
    {"id": "a1", "name": "劳动法第四十八条", "text": "国家实行最低工资保障制度。"},
    {"id": "a2", "name": "刑法第一百二十条之一", "text": "资助恐怖活动组织的，处罚。", "extra": 1},
    {"id": "n/3", "name": "办事指南", "text": "凭身份证领取。"},
]


def write(path: Path, lines: list[str]) -> Path:
    text = "\n".join(lines) + "\n"
    data = gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode()
    path.write_bytes(data)
    return path


def load(path: Path) -> tuple[Passage, ...]:
    return load_records(path, len)


@pytest.fixture(params=["r.jsonl", "r.jsonl.gz"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    lines = [json.dumps(record, ensure_ascii=False) for record in RECORDS]
    return write(tmp_path / request.param, [lines[0], "", *lines[1:]])


def test_a_record_is_a_passage_with_its_own_id_and_text(records: Path) -> None:
    passages = load(records)
    assert [p.id for p in passages] == ["a1", "a2", "n/3"]
    assert [p.text for p in passages] == [r["text"] for r in RECORDS]
    assert [p.heading_path for p in passages] == [(r["name"],) for r in RECORDS]
    assert all((p.span.start, p.span.end) == (0, len(p.text)) for p in passages)


def test_articles_are_addressed_by_number_and_others_by_id(records: Path) -> None:
    labour, criminal, guide = (p.locator for p in load(records))
    assert str(labour) == "劳动法#article:48"
    assert str(criminal) == "刑法#article:120-1"
    assert (labour.measure, criminal.measure, guide.measure) == (48, 120, None)
    assert str(guide) == "n3#record:0"


def test_a_bad_line_is_named_by_its_number(tmp_path: Path) -> None:
    good = json.dumps(RECORDS[0], ensure_ascii=False)
    for name in ("bad.jsonl", "bad.jsonl.gz"):
        for bad in ('{"id": "a2"}', "no json", '{"id": 7, "text": null}', "[]"):
            path = write(tmp_path / name, [good, "", bad, good])
            with pytest.raises(PolicyQAError, match=rf"{name}, line 3\b"):
                load(path)


def test_a_file_without_a_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyQAError, match="holds no record"):
        load(write(tmp_path / "empty.jsonl", [""]))


def test_a_file_that_is_missing_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyQAError, match="could not be read"):
        load(tmp_path / "none.jsonl")
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes('{"id": "é"}\n'.encode("latin-1"))
    with pytest.raises(PolicyQAError, match="could not be read"):
        load(latin)


def test_a_file_that_is_no_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.jsonl.gz"
    path.write_text('{"id": "a", "text": "b"}\n', encoding="utf-8")
    with pytest.raises(PolicyQAError, match="could not be read"):
        load(path)


def test_a_truncated_gzip_is_refused(tmp_path: Path) -> None:
    lines = [json.dumps({**RECORDS[0], "id": f"a{i}"}) for i in range(500)]
    path = write(tmp_path / "cut.jsonl.gz", lines)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(PolicyQAError, match="could not be read"):
        load(path)


def test_a_gzip_altered_inside_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "altered.jsonl.gz", [json.dumps(r) for r in RECORDS])
    data = bytearray(path.read_bytes())
    data[20:40] = bytes(20)
    path.write_bytes(bytes(data))
    with pytest.raises(PolicyQAError):
        load(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "bom.jsonl"
    path.write_text(json.dumps(RECORDS[0]) + "\n", encoding="utf-8-sig")
    assert len(load(path)) == 1


def test_tokens_are_counted_of_what_is_embedded(records: Path) -> None:
    assert all(p.n_tokens == len(p.embedded_text) for p in load(records))


def test_tokens_of_a_nameless_record_are_those_of_its_text(tmp_path: Path) -> None:
    (passage,) = load(write(tmp_path / "n.jsonl", ['{"id": "a", "text": "凭证领取。"}']))
    assert passage.n_tokens == len(passage.embedded_text)


def test_the_hash_of_a_missing_file_is_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(PolicyQAError):
        source_hash(tmp_path / "none.jsonl")


def test_the_hash_changes_with_the_bytes(records: Path) -> None:
    before = records_hash(records)
    records.write_bytes(records.read_bytes() + b"\n")
    assert records_hash(records) != before


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.jsonl", True), ("a.jsonl.gz", True), ("a.json", False), ("texts", False)],
)
def test_only_jsonl_is_taken_for_records(name: str, expected: bool) -> None:
    assert is_records(Path(name)) is expected
