"""How fast the product is up, and what it weighs: `python -m eval.bench_start [--runs N]`.

Needs the weights in the cache. Prints medians over the runs as JSON: seconds to build the default
index (its own process, imports and loading included), from `python app.py` to the page, and to the
language model being ready; and the peak memory of the page's process after one question.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def time_index_build() -> float:
    """Seconds for `python -m index.build` into a new folder."""
    with tempfile.TemporaryDirectory() as out:
        started = time.perf_counter()
        command = [sys.executable, "-m", "index.build", "--out", out]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        return time.perf_counter() - started


def _await_page(port: int, started: float) -> float:
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
            return time.perf_counter() - started
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)


def _await_model(process: psutil.Process, started: float) -> float:
    """The model is ready when its server listens beside the page's."""
    while True:
        listening = [c for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
        if len(listening) > 1:
            return time.perf_counter() - started
        time.sleep(0.1)


def time_start() -> tuple[float, float, float]:
    """Seconds to the page and to the model, and the resident memory then in GiB."""
    port = _free_port()
    environment = os.environ | {"POLICYQA_PORT": str(port)}
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment) as app:
        try:
            process = psutil.Process(app.pid)
            page = _await_page(port, started)
            model = _await_model(process, started)
            return page, model, process.memory_info().rss / 2**30
        finally:
            app.terminate()


def main() -> int:
    """Run the measurements and print their medians."""
    parser = argparse.ArgumentParser(prog="eval.bench_start", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    builds = [time_index_build() for _ in range(args.runs)]
    starts = [time_start() for _ in range(args.runs)]
    pages, models, memory = zip(*starts, strict=True)
    names = ("index_build_s", "page_s", "model_ready_s", "memory_gib")
    values = (builds, pages, models, memory)
    medians = {n: round(statistics.median(v), 2) for n, v in zip(names, values, strict=True)}
    print(json.dumps({"runs": args.runs, **medians}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
