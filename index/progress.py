"""How far a long fetch has come, on stderr: a bar in a terminal, a few lines in a log."""

import shutil
import sys
import time
from types import TracebackType
from typing import Self

from tqdm import tqdm

LOG_EVERY_S = 5.0
MEGABYTE = 1_000_000


class Progress:
    """Counts bytes up to a known total; what is reported never goes back or past the total."""

    def __init__(self, label: str, total: int) -> None:
        self._label, self._total, self._done = label, total, 0
        self._log_at = time.monotonic() + LOG_EVERY_S
        self._is_terminal = sys.stderr.isatty()
        # In a terminal that says it is 0 by 0, as in a container, tqdm by itself shows nothing.
        size = shutil.get_terminal_size()
        self._bar = tqdm(
            desc=label,
            total=total,
            unit="B",
            unit_scale=True,
            file=sys.stderr,
            ncols=size.columns,
            nrows=size.lines,
            disable=not self._is_terminal,
        )

    def reach(self, n_bytes: int) -> None:
        """Report that `n_bytes` of the total are there."""
        before, self._done = self._done, max(self._done, min(n_bytes, self._total))
        self._bar.update(self._done - before)
        if not self._is_terminal and time.monotonic() >= self._log_at:
            self._log_at = time.monotonic() + LOG_EVERY_S
            megabytes = f"{self._done // MEGABYTE} of {self._total // MEGABYTE} MB"
            print(f"{self._label}: {megabytes}", file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()
