"""How the language model itself reads a question: the states of its lower layers.

The encoder of the search has 21 million weights, and knows what a question is about better than what it
asks for. The default language model's first ten layers, fed the bare question, tell the two kinds of
question that the gate must tell apart with half the mistakes: already by the mean of their states
(`eval.fit_scope`); how the states hang together tells some of the rest (`rag.attentive_probe`).
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from corpus.errors import PolicyQAError
from index import weights
from rag.lower_layers import cut_layers
from rag.settings import Settings

_log = logging.getLogger("policyqa")
WEIGHTS = Path(__file__).with_name("reader.json")
READER = "qwen2.5-coder-1.5b-instruct-q4_k_m"
N_LAYERS = 10
_CONTEXT_TOKENS = 1024
# A character is at most four tokens, one a byte; a longer question is read as far as the context holds.
_MAX_CHARACTERS = 250
# A question is read several times on its way; its states are kept, 6 kB a token.
_KEPT = 16
# A question takes a third of a second; behind others it waits.
_LONGEST_READ_S = 60.0
# From its start. On two cores it loads in 4 to 5 s, 10 s where its layers are cut out first; what takes
# longer is fetching its weights, for minutes.
LONGEST_WAIT_S = 20.0


class QuestionReader:
    """Reads questions once its layers are loaded; `start` loads them in the background."""

    def __init__(self, settings: Settings) -> None:
        self._n_threads = settings.n_threads or os.cpu_count() or 2
        self._is_on = settings.reader
        self._thread: threading.Thread | None = None
        self._is_loaded = threading.Event()
        self._started = 0.0
        self._server: Any = None
        self._client: httpx.Client | None = None
        self._read = lru_cache(maxsize=_KEPT)(self._embed)

    def start(self) -> None:
        """Begin to load, unless it is off in the settings; returns at once."""
        if self._is_on and self._thread is None:
            self._started = time.monotonic()
            self._thread = threading.Thread(target=self._run, name="reader-loader", daemon=True)
            self._thread.start()

    @property
    def is_loading(self) -> bool:
        """Whether it was started, and is neither ready nor failed."""
        return self._thread is not None and not self._is_loaded.is_set()

    @property
    def is_ready(self) -> bool:
        """Whether it can read."""
        return self._server is not None

    def wait(self, longest_s: float | None = None) -> None:
        """Block until it is ready, failed or off; no longer than `longest_s` from its start, where given."""
        if self.is_loading:
            spent_s = time.monotonic() - self._started
            self._is_loaded.wait(None if longest_s is None else max(0.0, longest_s - spent_s))

    def states(self, question: str) -> np.ndarray | None:
        """The state of each of its tokens, (n_tokens, 1536) float32; None where the reader is off or failed.
        One that has just been started is waited for: without it the same question may be judged otherwise."""
        self.wait(LONGEST_WAIT_S)
        if not self.is_ready:
            return None
        try:
            return self._read(question[:_MAX_CHARACTERS])
        except (httpx.HTTPError, LookupError, ValueError):
            _log.exception("the question reader could not read; the gate judges without it")
            return None

    def vector(self, question: str) -> np.ndarray | None:
        """The mean of the states, (1536,) float32 of length 1; None where there are none."""
        states = self.states(question)
        return None if states is None else mean_of(states)

    def _embed(self, question: str) -> np.ndarray:
        if self._client is None:
            raise LookupError("the question reader was not started")
        # The states of single tokens are given by this address alone.
        reply = self._client.post("/embedding", json={"content": question}).raise_for_status()
        return np.array(reply.json()[0]["embedding"], dtype=np.float32)

    def _run(self) -> None:
        try:
            self._load()
        finally:
            self._is_loaded.set()

    def _load(self) -> None:
        try:
            model = weights.resolve(READER)
            path = cut_layers(model, N_LAYERS, weights.open_store().root)
            api_key = secrets.token_urlsafe(32)
            server = _serve(path, self._n_threads, api_key)
            self._client = httpx.Client(
                base_url=server.listening_address,
                headers={"Authorization": f"Bearer {api_key}"},
                timeout=_LONGEST_READ_S,
                trust_env=False,  # the loopback goes through no proxy
            )
            self._server = server
        except (PolicyQAError, ImportError, OSError, RuntimeError, ValueError, KeyError):
            _log.exception("the question reader could not be loaded; the gate judges without it")


def mean_of(states: np.ndarray) -> np.ndarray:
    """The mean of states (n_tokens, dimension), brought to length 1."""
    mean = states.astype(np.float32).mean(axis=0)
    found: np.ndarray = mean / np.linalg.norm(mean)
    return found


def _serve(path: Path, n_threads: int, api_key: str) -> Any:
    import xllamacpp  # loads a large shared library

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = params.n_batch = params.n_ubatch = _CONTEXT_TOKENS
    params.n_parallel = 1
    params.embedding = True
    params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_NONE
    params.embd_normalize = -1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [api_key]
    params.ui = False
    params.endpoint_slots = False
    params.cors_origins = ""
    params.cors_credentials = False
    params.cache_ram_mib = 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = n_threads
    params.verbosity = 0
    return xllamacpp.Server(params)
