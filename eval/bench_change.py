"""How soon one changed clause is live, while others search."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from corpus.load import DEFAULT_TEXTS
from index.build import build
from index.cache import default_cache
from index.embed import Embedder
from index.search import Index, open_default

_RUNS = 5


def time_change(embedder: Embedder, work: Path) -> dict[str, Any]:
    """Seconds from a changed text to an index that holds it: the median of five changes.

    Beside it the searches that went on meanwhile, and their longest milliseconds.
    """
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        texts, out = Path(folder) / "texts", Path(folder) / "index"
        shutil.copytree(DEFAULT_TEXTS, texts)
        build(texts, out, embedder, cache=default_cache(embedder), place="")
        index = Index.open(out, embedder, place="")
        (file,) = texts.glob("*.txt")
        done = threading.Event()
        searched: list[float] = []

        def search() -> None:
            while not done.is_set():
                started = time.perf_counter()
                index.search(f"育儿补贴第{len(searched)}问", 10)
                searched.append(time.perf_counter() - started)

        seconds = []
        client = threading.Thread(target=search)
        client.start()
        try:
            for run in range(_RUNS):
                words = f"研究建立育儿补贴制度{'的办法' * (run + 1)}"
                text = file.read_text(encoding="utf-8")
                changed = text.replace(
                    text[text.index("研究建立育儿") : text.index("。指导有条件")], words
                )
                started = time.perf_counter()
                file.write_text(changed, encoding="utf-8")
                index = open_default(embedder, texts, out, place="")
                seconds.append(time.perf_counter() - started)
                assert any(passage.text == f"{words}。" for passage in index.passages)
        finally:
            done.set()
            client.join()
    return {
        "live_s": round(statistics.median(seconds), 2),
        "searches_meanwhile": len(searched),
        "longest_ms": round(1e3 * max(searched), 1),
    }
