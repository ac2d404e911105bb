"""The folder that a model's files are made into, and whether it is still what was made."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from index.dequantise import CONVERTER_VERSION, convert
from index.registry import Model
from index.seals import Seal, find_fault, set_seal

READY = "ready"
STAMP = "made_from.json"


def find_ready_fault(model: Model, folder: Path, *, full: bool = False) -> str | None:
    """What is wrong with a model's ready folder, as the rest of a sentence, or None.

    Args:
        model: A model with a converter.
        folder: The model's folder, in which the ready one lies.
        full: Hash every file even where a seal would do.
    """
    ready = folder / READY
    if not ready.is_dir():
        return "is missing"
    try:
        stamp = json.loads((ready / STAMP).read_text(encoding="utf-8"))
        files = {str(name): (int(size), str(sha)) for name, (size, sha) in stamp["files"].items()}
        origin = {"converter": stamp["converter"], "sources": stamp["sources"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        return f"has no readable {STAMP} ({fault})"
    if origin != _origin(model):
        return "was made from other files or by another version of the converter"
    for name, (size, sha256) in files.items():
        damage = find_fault(ready / name, size=size, sha256=sha256, full=full)
        if damage is not None:
            return f"is damaged: {name} {damage}"
    return None


def make_ready(model: Model, folder: Path) -> None:
    """Make the ready folder from the model's files, which must be intact.

    It is made beside its place and moved there when it is whole, so that nothing half-made is ever
    found under its name.
    """
    part = folder / f"{READY}.part"
    shutil.rmtree(part, ignore_errors=True)
    source, tokenizer = (folder / file.name for file in model.files)
    convert(source, tokenizer, part)
    files = {}
    for path in sorted(path for path in part.rglob("*") if path.is_file()):
        seal = Seal.of(path)
        set_seal(path, seal)
        files[path.relative_to(part).as_posix()] = (seal.size, seal.sha256)
    stamp = _origin(model) | {"files": files}
    (part / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(folder / READY, ignore_errors=True)
    os.replace(part, folder / READY)


def _origin(model: Model) -> dict[str, Any]:
    return {
        "converter": CONVERTER_VERSION,
        "sources": {file.name: file.sha256 for file in model.files},
    }
