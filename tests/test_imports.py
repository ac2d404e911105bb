"""The rooms keep to themselves: data flows one way, and so do imports."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("corpus", "index", "rag", "eval")
MAY_IMPORT = {
    "corpus": {"corpus"},
    "index": {"corpus", "index"},
    "rag": {"corpus", "index", "rag"},
    "eval": {"corpus", "index", "rag", "eval"},
    "app": {"corpus", "index", "rag", "eval"},
}
MODULES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py")) + [ROOT / "app.py"]
MAX_LINES = 300


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports_of(path: Path) -> Iterator[str]:
    """The first word of everything imported, at the top or inside a function."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield package[0] if node.level else (node.module or "").split(".")[0]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield ast.unparse(node.args[0]).strip("'\"").split(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports_point_left_only(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    rooms = {*ROOMS, "app", "tests", "fakes"} & set(imports_of(path))
    assert rooms <= MAY_IMPORT[room]


def test_gradio_is_imported_by_the_pages_and_the_app_alone() -> None:
    users = {named(p) for p in MODULES if "gradio" in set(imports_of(p))}
    assert {u for u in users if not u.startswith("rag/pages/")} <= {"app.py"}


def test_nothing_imports_pickle_or_what_unpickles() -> None:
    banned = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
    assert {named(p): b for p in MODULES if (b := banned & set(imports_of(p)))} == {}


def test_every_public_name_has_a_docstring() -> None:
    bare = []
    for path in MODULES:
        tree = tree_of(path)
        if tree.body and not ast.get_docstring(tree):
            bare.append(named(path))
        bare += [f"{named(path)}: {name}" for name in _undocumented(tree)]
    assert bare == []


def _undocumented(parent: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in parent.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield f"{node.name} (line {node.lineno})"
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(node)


def test_no_module_is_long() -> None:
    lengths = {named(p): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert {name: n for name, n in lengths.items() if n > MAX_LINES} == {}


def test_test_files_have_unique_names_and_no_package() -> None:
    names = Counter(p.name for p in (ROOT / "tests").rglob("test_*.py"))
    assert {name for name, n in names.items() if n > 1} == set()
    assert not list((ROOT / "tests").rglob("__init__.py"))
