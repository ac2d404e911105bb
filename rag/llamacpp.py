"""llama.cpp's own server inside this process, on a free loopback port behind a random key."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

_CONTEXT_TOKENS = 4096
_PROMPT_CACHE_MIB = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalServer:
    """A running server; it ends with the object."""

    handle: Any
    base_url: str
    api_key: SecretStr


def serve(
    model: Path, *, n_threads: int, change: Callable[[Any], None] = lambda params: None
) -> LocalServer:
    """Load a GGUF file and serve it; blocks for the seconds that loading takes.

    `n_threads` of 0 takes as many as there are cores. The web page, the slot and metrics end
    points and cross-origin requests are off. `change` may set other parameters of llama.cpp: for
    measuring what they do.

    Raises:
        RuntimeError: llama.cpp cannot load the file.
    """
    import xllamacpp  # loads a large shared library

    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_ctx = _CONTEXT_TOKENS
    params.n_parallel = 1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    api_key = secrets.token_urlsafe(32)
    params.api_keys = [api_key]
    params.ui = False
    params.endpoint_slots = False
    params.cors_origins = ""
    params.cors_credentials = False
    params.cache_ram_mib = _PROMPT_CACHE_MIB
    params.cpuparams.n_threads = n_threads or os.cpu_count() or 2
    params.cpuparams_batch.n_threads = params.cpuparams.n_threads
    params.verbosity = 0
    change(params)
    server = xllamacpp.Server(params)
    return LocalServer(
        handle=server, base_url=f"{server.listening_address}/v1", api_key=SecretStr(api_key)
    )
