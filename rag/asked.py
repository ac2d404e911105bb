"""What kind of thing a question asks for, and whether a clause holds such a thing."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from rag.answer import Reason
from rag.language import to_simplified

_DATA = Path(__file__).parent / "gate.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedKind:
    """A kind of thing, named by the reason for abstaining when the policy does not hold it."""

    reason: Reason
    asks: re.Pattern[str]
    holds: re.Pattern[str]


@functools.cache
def load_gate_data() -> dict[str, object]:
    """The content of gate.toml."""
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


@functools.cache
def asked_kinds(table: str = "asked") -> tuple[AskedKind, ...]:
    """Every kind that a list of tables in gate.toml describes, in its order."""
    entries = load_gate_data()[table]
    if not isinstance(entries, list):
        raise ValueError(f"gate.toml: `{table}` must be a list of tables")
    return tuple(
        AskedKind(
            reason=Reason(entry["kind"]),
            asks=re.compile("|".join(entry["asks"]), re.IGNORECASE),
            holds=re.compile("|".join(entry["holds"])),
        )
        for entry in entries
    )


def kinds_asked(question: str, table: str = "asked") -> tuple[AskedKind, ...]:
    """The kinds of things that a question asks for; empty for a question after the matter itself.

    The table `asked_of_rule` has those that are asked of a rule named by its number.
    """
    folded = unicodedata.normalize("NFKC", question).lower()
    # Both scripts: the Chinese patterns are in simplified characters, the Japanese in their own.
    forms = (folded, to_simplified(folded))
    return tuple(kind for kind in asked_kinds(table) if any(map(kind.asks.search, forms)))
