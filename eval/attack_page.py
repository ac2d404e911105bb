"""What the page makes of an attempt, and whether anything but the page's own markup is in it.

Two proofs, neither of which trusts the templates' autoescape: every element and attribute is one
that a template itself writes, read from the templates with all their values left out; and every
text that came from outside arrives as that very text once the HTML is parsed. Markup that got
through would be an element in the place of its text.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from jinja2 import Environment, nodes

from corpus.document import Document, Locator, Step
from corpus.questions import clause_hash
from eval.attack_trial import Trial
from rag.answer import Answer
from rag.findings import tell
from rag.pages.places import open_excerpt
from rag.pages.render import MAX_SHOWN_QUESTION, TEMPLATES, Renderer
from rag.pages.session import Exchange
from rag.pages.texts import LANGUAGES, Texts, load_texts

# Even a template has no business with these: what loads, runs, embeds, sends or restyles.
_BANNED_TAGS = frozenset(
    "script style link meta base iframe frame object embed applet img image picture source video "
    "audio form input textarea select math template slot".split()
)
_BANNED_ATTRIBUTES = frozenset("style src srcset srcdoc action formaction background ping".split())
_LINKS = ("href", "xlink:href")
_SHORT_QUESTION = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One piece of the page; `texts` are what must stand in it as text."""

    name: str
    html: str
    texts: tuple[str, ...]


class Page(HTMLParser):
    """A piece of HTML as a browser would read it: its elements, their attributes, its text.

    `strays` are comments, declarations and the like, of which the page has none.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.strays: list[str] = []
        self._text: list[str] = []
        self.feed(html)
        self.close()

    @property
    def texts(self) -> tuple[str, ...]:
        """The text between each two tags."""
        return tuple(self._text)

    @property
    def text(self) -> str:
        """All text, put together without a break."""
        return "".join(self._text)

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every element's name with "", and with each of its attributes."""
        bare = {(tag, "") for tag, _ in self.elements}
        return frozenset(bare | {(tag, name) for tag, attrs in self.elements for name, _ in attrs})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.elements.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self._text.append(data)

    def handle_comment(self, data: str) -> None:
        """Keep it as a stray."""
        self.strays.append(data)

    def handle_decl(self, decl: str) -> None:
        """Keep it as a stray."""
        self.strays.append(decl)

    handle_pi = unknown_decl = handle_comment


@functools.cache
def template_pairs() -> frozenset[tuple[str, str]]:
    """All elements and attributes that the page's templates write themselves, in any branch."""
    environment = Environment()
    found: set[tuple[str, str]] = set()
    for path in sorted(TEMPLATES.glob("*.html")):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        written = "".join(data.data for data in tree.find_all(nodes.TemplateData))
        found |= Page(written).pairs
    return frozenset(found)


def views(renderer: Renderer, trial: Trial) -> Iterator[View]:
    """Everything that the page showed of an attempt: each step, both views, each open measure."""
    first = load_texts(LANGUAGES[0])
    for exchange in trial.exchanges:
        yield _conversation(renderer, first, exchange)
    yield View(
        name="header",
        html=renderer.header(first),
        texts=tuple(d.title for d in renderer.documents),
    )
    if trial.answer is None:
        return
    for language in LANGUAGES:
        t = load_texts(language)
        yield _conversation(renderer, t, finished(trial))
        yield _staff(renderer, t, trial.answer)
    yield from _panels(renderer, first, trial.answer)


def finished(trial: Trial) -> Exchange:
    """The page's state when the answer stood, or the last one where none came."""
    done = [exchange for exchange in trial.exchanges if exchange.answer is not None]
    return done[-1] if done else trial.exchanges[-1]


def _conversation(renderer: Renderer, t: Texts, exchange: Exchange) -> View:
    rewritten = exchange.rewritten
    is_own = rewritten and rewritten != exchange.question.strip()
    return View(
        name=f"conversation ({exchange.phase}, {t.language})",
        html=renderer.conversation(t, (exchange,)),
        texts=(
            _as_shown(exchange.question),
            *((rewritten,) if is_own else ()),
            *(statement.text for statement in exchange.statements),
        ),
    )


def _staff(renderer: Renderer, t: Texts, answer: Answer) -> View:
    said = [statement.text for statement in answer.statements]
    quotes = [c.quote for statement in answer.statements for c in statement.citations]
    withheld = [
        text
        for r in answer.rejected
        for text in (r.text, r.quote, tell(r.verdict.finding, t.language))
    ]
    found = [hit.passage.text for hit in answer.hits]
    return View(
        name=f"staff ({t.language})",
        html=renderer.staff(t, answer),
        texts=(_as_shown(answer.question), *said, *quotes, *withheld, *found),
    )


def _panels(renderer: Renderer, t: Texts, answer: Answer) -> Iterator[View]:
    cited = [c for statement in answer.statements for c in statement.citations]
    for citation in (*cited, *answer.nearby):
        address, quote_sha = str(citation.locator), clause_hash(citation.quote)
        try:
            excerpt = open_excerpt(renderer.documents, address, quote_sha)
        except (KeyError, ValueError):
            continue  # an address that no document has is judged elsewhere
        yield View(
            name=f"panel {address}",
            html=renderer.panel(t, excerpt),
            texts=(excerpt.before, excerpt.marked, excerpt.after, excerpt.printed),
        )


def _as_shown(question: str) -> str:
    is_short = len(question) <= _SHORT_QUESTION
    return question if is_short else question[:MAX_SHOWN_QUESTION]


def rules_of(documents: Sequence[Document]) -> frozenset[str]:
    """The addresses of everything that can be cited: measures, their clauses, parts."""
    found = set()
    for document in documents:
        for _, measure in document.measures():
            found.add(str(document.locate(measure)))
            found |= {str(document.locate(measure, clause)) for clause in measure.clauses}
        found |= {
            str(Locator(document.id, (Step(part.kind, part.number or 0, part.suffix),)))
            for part in document.parts
        }
    return frozenset(found)


def markup_faults(view: View, rules: frozenset[str]) -> Iterator[str]:
    """What is in a view that the page did not mean to put there, in words."""
    page = Page(view.html)
    for tag, name in sorted(page.pairs - template_pairs()):
        yield f"{view.name}: <{tag} {name}> is written by no template".replace(" >", ">")
    for stray in page.strays:
        yield f"{view.name}: a comment or declaration: {stray[:40]}"
    for tag, attributes in page.elements:
        yield from (f"{view.name}: {fault}" for fault in _element_faults(tag, attributes, rules))
    for text in dict.fromkeys(view.texts):
        if text not in page.text:
            yield f"{view.name}: this did not arrive as text: {text[:60]!r}"


def _element_faults(
    tag: str, attributes: Sequence[tuple[str, str | None]], rules: frozenset[str]
) -> Iterator[str]:
    if tag in _BANNED_TAGS:
        yield f"<{tag}>"
    names = [name for name, _ in attributes]
    if len(set(names)) < len(names):
        yield f"<{tag}> has an attribute twice: {names}"
    for name, value in attributes:
        if name.startswith("on") or name in _BANNED_ATTRIBUTES:
            yield f"<{tag} {name}>"
        elif name in _LINKS and not (value or "").startswith(("https://", "http://")):
            yield f"<{tag} {name}={value!r}>"
        elif name == "data-locator" and value not in rules:
            yield f"a chip or card leads to {value!r}, which is no rule of the corpus"
