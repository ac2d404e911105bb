"""Every setting, from the environment (POLICYQA_…) or a .env file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.load import DEFAULT_TEXTS
from index.build import DEFAULT_OUT
from index.embed import DEFAULT_EMBEDDER


class Backend(StrEnum):
    """Who runs the language model; NONE gives extractive answers."""

    LLAMACPP = "llamacpp"
    OPENAI = "openai"
    TRANSFORMERS = "transformers"
    NONE = "none"


class Settings(BaseSettings):
    """What an operator may change. Times are in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="POLICYQA_", env_file=".env", extra="ignore", frozen=True
    )

    texts: Path = DEFAULT_TEXTS
    index: Path = DEFAULT_OUT
    embedder: str = DEFAULT_EMBEDDER
    # A model of natural-language inference that reads borderline sentences instead of the language model.
    nli: str = ""
    # Where the vectors lie: "" for FAISS, or a Milvus by address or local file.
    vectors: str = ""

    backend: Backend = Backend.LLAMACPP
    model: str = "qwen2.5-coder-1.5b-instruct-q4_k_m"
    # Languages that the model writes well enough to be shown once checked; in any other the official
    # clause is shown with a note. The default model's Korean, Russian and German do not hold.
    model_languages: tuple[str, ...] = ("zh", "zh-Hant", "en")
    # Whether the language model's lower layers read each question for the gate, whatever the backend.
    reader: bool = True
    openai_base_url: str = ""
    openai_api_key: SecretStr = SecretStr("")
    model_timeout_s: float = Field(default=60.0, gt=0)
    n_threads: int = Field(default=0, ge=0, description="0: as many as there are cores")

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
