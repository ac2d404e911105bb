"""The ingest receipt: what was read of each file and what was not: `python -m corpus.check FILE…`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from corpus.document import Document
from corpus.errors import PolicyQAError
from corpus.parse import load_document


def receipt(document: Document) -> dict[str, Any]:
    """Counts of what the document holds; `gaps` are the numbers missing between its measures."""
    measures = [measure for _, measure in document.measures()]
    numbers = {measure.number for measure in measures}
    return {
        "id": document.id,
        "title": document.title,
        "sha256": document.sha256,
        "characters": len(document.text),
        "parts": sum(part.number is not None for part in document.parts),
        "measures": len(measures),
        "clauses": sum(len(measure.clauses) for measure in measures),
        "gaps": sorted(set(range(1, max(numbers, default=0) + 1)) - numbers),
        "unparsed": [span.slice(document.text) for span in document.unparsed],
        "left_out": list(document.left_out),
    }


def main() -> int:
    """Print a receipt a file, one line each; exit 1 when something was not understood."""
    parser = argparse.ArgumentParser(prog="corpus.check", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    status = 0
    for file in parser.parse_args().files:
        try:
            record = receipt(load_document(file))
        except PolicyQAError as error:
            print(error, file=sys.stderr)
            status = 1
            continue
        print(json.dumps({"file": str(file), **record}, ensure_ascii=False))
        if record["unparsed"] or record["gaps"] or not record["measures"]:
            print(f"{file}: not everything was understood; see unparsed and gaps", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
