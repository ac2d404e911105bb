"""The command `python -m index.weights [list|fetch NAME|verify]`: JSON on stdout alone."""

import argparse
import json
import logging
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.registry import Model, WeightsError, load_registry
from index.weights import Store, open_store, resolve

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0, 1 (something is wrong), 2 (usage) or 130 (Ctrl-C)."""
    options = _parse(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    store = open_store(cache=options.cache)
    try:
        if options.command == "fetch":
            report = _fetch(store, options.names)
        else:
            report = _verify(store) if options.command == "verify" else _list(store)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from here", file=sys.stderr)
        return INTERRUPTED
    print(json.dumps(report, ensure_ascii=False, indent=2))
    return 0 if report["ok"] else 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m index.weights", description="Lists, fetches and verifies models' weights."
    )
    parser.add_argument("--cache", type=Path, help="cache folder (default: POLICYQA_CACHE)")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("list", help="the known models, and which are here (the default)")
    fetch = commands.add_parser("fetch", help="fetch models, and mend damaged ones")
    fetch.add_argument("names", nargs="*", metavar="NAME", help="default: the default models")
    commands.add_parser("verify", help="hash everything in the cache anew")
    return parser.parse_args(arguments)


def _list(store: Store) -> dict[str, Any]:
    models = [_describe(model, store) for model in load_registry().values()]
    return {"ok": True, "cache": str(store.root), "models": models}


def _describe(model: Model, store: Store) -> dict[str, Any]:
    return {
        "name": model.name,
        "kind": model.kind,
        "licence": model.licence,
        "size": model.size,
        "default": model.default,
        "present": store.find_fault(model) is None,
        "path": str(store.path(model)),
    }


def _fetch(store: Store, names: Sequence[str]) -> dict[str, Any]:
    """Fetch each model named; the first that fails ends it."""
    known = load_registry()
    fetched: list[dict[str, Any]] = []
    for name in names or [model.name for model in known.values() if model.default]:
        start = time.monotonic()
        try:
            model = known.get(name)
            path = store.fetch(model) if model else resolve(name, cache=store.root)
        except WeightsError as fault:
            print(fault, file=sys.stderr)
            return {"ok": False, "fetched": fetched, "error": str(fault)}
        seconds = round(time.monotonic() - start, 1)
        fetched.append({"name": name, "path": str(path), "seconds": seconds})
    return {"ok": True, "fetched": fetched}


def _verify(store: Store) -> dict[str, Any]:
    models = []
    for model in load_registry().values():
        faults = store.find_faults(model)
        for fault in faults:
            print(f"{fault}; run: python -m index.weights fetch {model.name}", file=sys.stderr)
        present = store.path(model).exists()
        models.append({"name": model.name, "present": present, "ok": not faults, "faults": faults})
    return {"ok": all(model["ok"] for model in models), "cache": str(store.root), "models": models}
