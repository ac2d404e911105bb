"""The textbook pipeline, to measure our distance from: what most tutorials build.

The raw page goes through LangChain's RecursiveCharacterTextSplitter into its FAISS store; the three
nearest pieces and a plain prompt go to the same model, which is asked to cite them as [n]. Pieces of
250 characters with 50 shared are the defaults that a widely used Chinese question-answering project
shipped; the usual 1000 and four pieces would cost this machine over a minute a question. Of three
wordings of the prompt the one that refused least was kept: the others refused all but one of nine
development questions.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from langchain_community.vectorstores import FAISS
from langchain_community.vectorstores.utils import DistanceStrategy
from langchain_core.embeddings import Embeddings
from langchain_core.messages import HumanMessage
from langchain_text_splitters import RecursiveCharacterTextSplitter

from corpus.document import Document
from eval.question import Question
from eval.reply import Cited, Reply, Said
from eval.support import SupportJudge, squeeze
from eval.systems import ModelFailedError
from index.embed import Embedder
from rag.answer import Role, Turn
from rag.model import ModelHost

PIECE_CHARACTERS = 250
SHARED_CHARACTERS = 50
PIECES_SHOWN = 3
_PIECES_RANKED = 10
# A piece holds a part of a measure when they share a run as long as this, blanks left out.
_RUN = 12
_PROMPT = Template((Path(__file__).parent / "naive.txt").read_text(encoding="utf-8"))
_MARK = re.compile(r"[\[【（(]\s*(?:资料)?\s*(\d+(?:\s*[,，、]\s*\d+)*)\s*[\]】）)]")
_MARK_AFTER_STOP = re.compile(rf"([。！？.!?；])[ ]*((?:{_MARK.pattern}[ ]*)+)")
_CUT = re.compile(r"(?<=[。！？!?；])(?![”’」）)])|(?<=\.)(?=\s)|\n+")
_REFUSAL = re.compile(
    r"资料中?(?:并?没有|未)(?:明确)?(?:提到|提及|说明)|(?:無|没有|沒有)相关(?:信息|資料|资料)|"
    r"not (?:mentioned|provided|stated|specified|found) in|do(?:es)? not (?:mention|provide|contain|specify)",
    re.IGNORECASE,
)


class LangChainEmbeddings(Embeddings):
    """Our embedder as LangChain's stores want it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text."""
        vectors: list[list[float]] = self._embedder.embed_passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """One vector."""
        vector: list[float] = self._embedder.embed_query(text).tolist()
        return vector


def _runs(text: str) -> set[str]:
    bare = squeeze(text)
    return {bare[i : i + _RUN] for i in range(len(bare) - _RUN + 1)}


class MeasureFinder:
    """Tells which measures a piece of the raw page holds a part of."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._runs = {
            measure.number: _runs(measure.span.slice(document.text))
            for document in documents
            for _, measure in document.measures()
        }

    def find(self, piece: str) -> tuple[int, ...]:
        """Their numbers, in order."""
        runs = _runs(piece)
        return tuple(number for number, own in self._runs.items() if own & runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of text that a search found, the measures it holds a part of, and its score."""

    text: str
    measures: tuple[int, ...]
    score: float


PieceSearch = Callable[[str], Sequence[Piece]]


def search_page(page: str, documents: Sequence[Document], embedder: Embedder) -> PieceSearch:
    """The textbook search over a page: split blindly, embedded, in LangChain's FAISS store."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=PIECE_CHARACTERS, chunk_overlap=SHARED_CHARACTERS
    )
    store = FAISS.from_texts(
        splitter.split_text(page),
        LangChainEmbeddings(embedder),
        distance_strategy=DistanceStrategy.MAX_INNER_PRODUCT,
    )
    finder = MeasureFinder(documents)

    def search(question: str) -> list[Piece]:
        found = store.similarity_search_with_score(question, _PIECES_RANKED)
        return [
            Piece(text=d.page_content, measures=finder.find(d.page_content), score=float(score))
            for d, score in found
        ]

    return search


class Naive:
    """The textbook pipeline as a system that can be scored.

    A cited piece counts as citing every measure it holds a part of: the asker is shown no more.
    """

    name = "naive"

    def __init__(
        self,
        *,
        search: PieceSearch,
        model: ModelHost,
        judge: SupportJudge,
        n_shown: int = PIECES_SHOWN,
    ) -> None:
        self._search = search
        # The host, not its chat model: a local server ends with the host that holds it.
        self._host = model
        self._judge = judge
        self._n_shown = n_shown

    def reply(self, question: Question) -> Reply:
        """Search with the last turn, ask the model, read its sentences and marks."""
        started = time.perf_counter()
        found = self._search(question.question)
        first_hits_s = time.perf_counter() - started
        shown = found[: self._n_shown]
        written, first_statement_s = "", None
        for text in self._write(question, shown):
            written += text
            if first_statement_s is None and _CUT.search(written.strip()):
                first_statement_s = time.perf_counter() - started
        whole_s = time.perf_counter() - started
        said = [self._judge.judge(s) for s in self._sentences(written, shown)]
        ranked = (measure for piece in found for measure in piece.measures)
        return Reply(
            question_id=question.id,
            abstained=bool(_REFUSAL.search(written)) or not said,
            origin="model",
            rewritten=question.question,
            text="\n".join(s.text for s in said),
            statements=tuple(said),
            ranked=tuple(dict.fromkeys(ranked)),
            searched=True,
            gate_score=found[0].score if found else None,
            first_hits_s=first_hits_s,
            first_statement_s=whole_s if first_statement_s is None else first_statement_s,
            whole_s=whole_s,
        )

    def _write(self, question: Question, shown: Sequence[Piece]) -> Iterator[str]:
        turns = [Turn(role=Role(t.role), content=t.content) for t in question.history]
        said = "".join(f"{'用户' if t.role is Role.USER else '助手'}：{t.content}\n" for t in turns)
        prompt = _PROMPT.substitute(
            context="\n".join(f"[{n}] {piece.text}" for n, piece in enumerate(shown, start=1)),
            history=f"对话：\n{said}\n" if said else "",
            question=question.question,
        )
        model = self._host.chat_model
        if model is None:
            raise ValueError("the textbook pipeline was opened without a language model")
        try:
            yield from (chunk.text for chunk in model.stream([HumanMessage(prompt)]))
        except Exception as error:  # a model may fail in any way
            raise ModelFailedError(
                f"the language model failed at {question.id}: {error}"
            ) from error

    @staticmethod
    def _sentences(written: str, shown: Sequence[Piece]) -> Iterator[Said]:
        for sentence in _CUT.split(_marks_inside(written)):
            numbers = [int(n) for m in _MARK.finditer(sentence) for n in re.findall(r"\d+", m[1])]
            text = _MARK.sub("", sentence).strip()
            if text:
                cited = tuple(
                    Cited(
                        locator=f"piece {n}",
                        measures=shown[n - 1].measures,
                        quote=shown[n - 1].text,
                    )
                    for n in dict.fromkeys(numbers)
                    if 1 <= n <= len(shown)
                )
                yield Said(text=text, cited=cited)


def _marks_inside(written: str) -> str:
    """A mark behind a full stop is moved before it, so that it stays with its sentence."""
    return _MARK_AFTER_STOP.sub(lambda m: m[2].strip() + m[1], written)
