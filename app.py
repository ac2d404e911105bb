"""Puts the parts together and opens the chat page: `python app.py`."""

from __future__ import annotations

import argparse
import logging
import sys

from pydantic import ValidationError

from corpus.errors import PolicyQAError
from index import weights
from index.build import ensure_built
from rag.background import BackgroundAssistant
from rag.settings import Backend, Settings


def prepare(settings: Settings) -> None:
    """Fetch missing weights and build a missing or stale index, with progress on stderr.

    Raises:
        PolicyQAError: something cannot be had; the message tells what to do.
    """
    weights.resolve(settings.embedder)
    if settings.backend is Backend.LLAMACPP:
        weights.resolve(settings.model)
    ensure_built(settings.texts, settings.index, settings.embedder, place=settings.vectors)


def main() -> int:
    """Serve the page until Ctrl-C."""
    argparse.ArgumentParser(
        prog="app.py",
        description="Open the chat page. It takes no options: environment variables or a .env file set "
        "the address (POLICYQA_HOST, POLICYQA_PORT), the model and the texts; README.md lists them.",
    ).parse_args()
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        settings = Settings()
        prepare(settings)
        assistant = BackgroundAssistant(settings)
        from rag.pages.chat import launch_page  # while the models load: gradio takes seconds

        launch_page(assistant, host=settings.host, port=settings.port, open_browser=False)
    except (PolicyQAError, ValidationError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
