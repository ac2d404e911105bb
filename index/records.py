"""Passages out of a file of foreign records: `.jsonl` or `.jsonl.gz` of {"id", "name", "text"}."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ValidationError

from corpus.document import Locator, Span, Step
from corpus.errors import PolicyQAError
from corpus.numerals import CHINESE_NUMERAL, parse_numeral
from index.passage import Passage

_ARTICLE = re.compile(rf"(.+?)第({CHINESE_NUMERAL})条(?:之({CHINESE_NUMERAL}))?$")


class Record(BaseModel):
    """One line of the file; other fields are ignored."""

    id: str
    name: str = ""
    text: str


def is_records(path: Path) -> bool:
    """Whether a path is taken for a file of records."""
    return path.name.endswith((".jsonl", ".jsonl.gz"))


def _locate(record: Record) -> Locator:
    """劳动法第四十八条 is article 48 of 劳动法; any other record is addressed by its id."""
    if match := _ARTICLE.fullmatch(record.name):
        suffix = parse_numeral(match[3]) if match[3] else 0
        law = re.sub(r"[#/\s]", "", match[1])
        return Locator(law, (Step("article", parse_numeral(match[2]), suffix),))
    return Locator(re.sub(r"[#/\s]", "", record.id), (Step("record", 0),))


def load_records(path: Path, count_tokens: Callable[[str], int]) -> tuple[Passage, ...]:
    """One passage a record, in the order of the file.

    Raises:
        PolicyQAError: the file cannot be read, or a line is no record (its number is told).
    """
    opener = gzip.open if path.name.endswith(".gz") else open
    passages = []
    number = 0  # of the line being read, for the error that may end the loop
    try:
        with opener(path, "rt", encoding="utf-8-sig") as lines:
            for line in lines:
                number += 1
                if not line.strip():
                    continue
                record = Record.model_validate_json(line)
                passages.append(
                    Passage(
                        id=record.id,
                        locator=_locate(record),
                        text=record.text,
                        heading_path=(record.name,) if record.name else (),
                        span=Span(0, len(record.text)),
                        n_tokens=count_tokens("。".join(filter(None, (record.name, record.text)))),
                    )
                )
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise PolicyQAError(f"{path} could not be read: {error}") from error
    except ValidationError as error:
        raise PolicyQAError(f'{path}, line {number}: wanted {{"id", "name", "text"}}.') from error
    if not passages:
        raise PolicyQAError(f"{path} holds no record.")
    return tuple(passages)


def records_hash(path: Path) -> str:
    """The hash of a file of records, for the index's manifest.

    Raises:
        PolicyQAError: the file cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise PolicyQAError(f"{path} could not be read: {error}") from error
