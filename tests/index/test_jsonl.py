"""Questions are read line by line, and a line that is none is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import PolicyQAError
from index.jsonl import read_questions, write_lines

GOOD = '{"id": "a", "question": "育儿补贴？"}'


def write(folder: Path, *lines: str) -> Path:
    path = folder / "q.jsonl"
    path.write_bytes("\n".join(lines).encode())
    return path


def test_unknown_fields_and_empty_lines_are_ignored(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD, "", "  ", '{"id": 2, "question": "乙", "gold": [1], "x": null}')
    assert [(q.id, q.question) for q in read_questions(path)] == [("a", "育儿补贴？"), (2, "乙")]


def test_a_history_comes_along_and_may_be_null(tmp_path: Path) -> None:
    turn = {"role": "user", "content": "前一问", "at": 3}
    rows = [{"id": "a", "question": "那呢", "history": h} for h in ([turn], [], None)]
    first, second, third = read_questions(write(tmp_path, *map(json.dumps, rows)))
    assert first.history is not None
    assert (first.history[0].role, first.history[0].content) == ("user", "前一问")
    assert (second.history, third.history) == ((), None)


@pytest.mark.parametrize(
    "bad",
    [
        "no json",
        "[]",
        "null",
        '{"id": "a"}',
        '{"question": "甲"}',
        '{"id": null, "question": "甲"}',
        '{"id": "a", "question": 3}',
        '{"id": "a", "question": "甲", "history": ["前"]}',
        '{"id": "a", "question": "甲", "history": [{"role": "User", "content": "前"}]}',
        GOOD + GOOD,
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path: Path, bad: str) -> None:
    with pytest.raises(PolicyQAError, match=r"q\.jsonl, line 3\b"):
        read_questions(write(tmp_path, GOOD, "", bad, GOOD))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyQAError, match=r"none\.jsonl could not be read"):
        read_questions(tmp_path / "none.jsonl")
    (tmp_path / "q.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyQAError, match="could not be read"):
        read_questions(tmp_path / "q.jsonl")


def test_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + f"{GOOD}\r\n{GOOD}\r\n".encode())
    assert len(read_questions(path)) == 2


@pytest.mark.parametrize("c", "\u0085\u2028\u2029")
def test_a_line_separator_within_a_question_is_part_of_it(tmp_path: Path, c: str) -> None:
    row = json.dumps({"id": "a", "question": f"甲{c}乙"}, ensure_ascii=False)
    assert read_questions(write(tmp_path, row))[0].question == f"甲{c}乙"


def test_each_record_is_on_disk_before_the_next_is_made(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"

    def records() -> Iterator[dict[str, Any]]:
        for n in range(3):
            assert path.read_text(encoding="utf-8").count("\n") == n
            yield {"id": n, "text": "甲\n乙"}

    write_lines(path, records())
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [0, 1, 2]


def test_an_interrupted_batch_keeps_its_lines(tmp_path: Path) -> None:
    def records() -> Iterator[dict[str, Any]]:
        yield {"id": 1}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_lines(tmp_path / "out.jsonl", records())
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == '{"id": 1}\n'


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyQAError, match="could not be written"):
        write_lines(tmp_path / "no" / "out.jsonl", [])
