"""The whole corpus of a folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

from corpus.document import Document
from corpus.errors import PolicyQAError
from corpus.manifest import load_manifest
from corpus.parse import load_document

DEFAULT_TEXTS = Path(__file__).parent / "texts"


def load_corpus(texts: Path = DEFAULT_TEXTS) -> tuple[Document, ...]:
    """The documents that a corpus folder's manifest lists, or the one in a single file.

    Raises:
        PolicyQAError: a file is missing or cannot be read, or two documents share an id.
    """
    documents = tuple(load_document(file) for file in corpus_files(texts))
    ids = [document.id for document in documents]
    for document_id in ids:
        if ids.count(document_id) > 1:
            raise PolicyQAError(f"{texts}: two documents have the id {document_id!r}; rename one.")
    return documents


def corpus_files(texts: Path = DEFAULT_TEXTS) -> tuple[Path, ...]:
    """The files of the documents that `load_corpus` gives, in its order."""
    if texts.is_file():
        return (texts,)
    return tuple(texts / facts.file for facts in load_manifest(texts))


def corpus_hash(documents: tuple[Document, ...]) -> str:
    """A hash that changes when any document's id or text does."""
    digest = hashlib.sha256()
    for document in documents:
        digest.update(f"{document.id}\0{document.sha256}\n".encode())
    return digest.hexdigest()
