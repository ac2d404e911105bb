"""The one door to every language model: LangChain's BaseChatModel, loaded in the background."""

from __future__ import annotations

import logging
import threading
from enum import StrEnum
from typing import TYPE_CHECKING

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from corpus.errors import PolicyQAError
from index import weights
from rag.llamacpp import LocalServer, serve
from rag.settings import Backend, Settings

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

_log = logging.getLogger("policyqa")
MAX_ANSWER_TOKENS = 160
_SEED = 20250316


class ModelState(StrEnum):
    """Where the model is."""

    OFF = "off"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class ModelHost:
    """Holds the language model of the settings; until it is ready answers are extractive.

    A model that cannot be had is FAILED, with the cause in the log: readers still get the clauses.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._model: BaseChatModel | None = None
        self._server: LocalServer | None = None
        self._thread: threading.Thread | None = None
        self.failure = ""
        self.state = ModelState.OFF

    @property
    def name(self) -> str:
        """The model's name as answers record it."""
        return "" if self._settings.backend is Backend.NONE else self._settings.model

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the model may write in."""
        return self._settings.model_languages

    @property
    def chat_model(self) -> BaseChatModel | None:
        """The model once it is ready, else None."""
        return self._model if self.state is ModelState.READY else None

    def start(self) -> None:
        """Begin to load in the background; returns at once."""
        if self._settings.backend is Backend.NONE or self._thread is not None:
            return
        self.state = ModelState.LOADING
        self._thread = threading.Thread(target=self._load, name="model-loader", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Block until the model is ready, failed or off."""
        if self._thread is not None:
            self._thread.join()

    def _load(self) -> None:
        try:
            self._model = self._make()
        except (PolicyQAError, ImportError, OSError, RuntimeError, ValueError) as error:
            self.failure = str(error)
            _log.exception("the language model could not be loaded; answers quote the clauses")
            self.state = ModelState.FAILED
        else:
            self.state = ModelState.READY

    def _make(self) -> BaseChatModel:
        match self._settings.backend:
            case Backend.LLAMACPP:
                path = weights.resolve(self._settings.model)
                self._server = serve(path, n_threads=self._settings.n_threads)
                return open_chat(self._settings, self._server.base_url, self._server.api_key)
            case Backend.OPENAI:
                url, key = self._settings.openai_base_url, self._settings.openai_api_key
                return open_chat(self._settings, url, key)
            case Backend.TRANSFORMERS:
                return _transformers(self._settings)
        raise ValueError(f"backend {self._settings.backend} has no model")


def open_chat(settings: Settings, base_url: str, api_key: SecretStr) -> ChatOpenAI:
    """The model of the settings behind an OpenAI-compatible server."""
    from langchain_openai import ChatOpenAI  # seconds to import

    return ChatOpenAI(
        model=settings.model,
        base_url=base_url or None,
        api_key=api_key,
        temperature=0.0,
        seed=_SEED,
        max_completion_tokens=MAX_ANSWER_TOKENS,
        timeout=settings.model_timeout_s,
        max_retries=0,
        streaming=True,
    )


def _transformers(settings: Settings) -> BaseChatModel:
    """A model on a GPU; needs the extra `gpu`.

    Raises:
        ImportError: the extra is not installed.
    """
    try:
        from langchain_huggingface import ChatHuggingFace, HuggingFacePipeline
    except ImportError as error:
        raise ImportError(
            "the backend `transformers` needs: pip install 'policyqa[gpu]'"
        ) from error

    pipeline = HuggingFacePipeline.from_model_id(
        model_id=str(weights.resolve(settings.model)),
        task="text-generation",
        device_map="auto",
        pipeline_kwargs={"max_new_tokens": MAX_ANSWER_TOKENS, "do_sample": False},
    )
    model: BaseChatModel = ChatHuggingFace(llm=pipeline)
    return model
