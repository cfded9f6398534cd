"""The page composes its parts, and no part knows the page: dependencies of `simulation.app` run one way."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import simulation.app

ROOM = "simulation.app"
PAGE = f"{ROOM}.page"
COMPOSERS = {PAGE, f"{ROOM}.server"}


def modules() -> dict[str, ast.Module]:
    """Return the name of every module of the page, and its syntax tree."""
    folder = Path(simulation.app.__file__).parent
    found = {}
    for path in sorted(folder.rglob("*.py")):
        name = ".".join([ROOM, *path.relative_to(folder).with_suffix("").parts]).removesuffix(".__init__")
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imported(name: str, tree: ast.Module) -> Iterator[str]:
    """Yield every module that may be imported, for a type and inside a function too, as a dotted name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name}: an import by a relative name"
            source = node.module or ""
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)


MODULES = modules()


@pytest.mark.parametrize("name", sorted(set(MODULES) - COMPOSERS))
def test_no_part_imports_the_page_for_a_type_either(name: str) -> None:
    assert PAGE not in set(imported(name, MODULES[name]))


@pytest.mark.parametrize(
    "line",
    [
        "import simulation.app.page",
        "from simulation.app import page",
        "from simulation.app.page import Page",
        "if TYPE_CHECKING:\n    from simulation.app.page import Page",
        "def later():\n    from simulation.app.page import Page",
    ],
)
def test_an_import_of_the_page_is_found_however_it_is_written(line: str) -> None:
    assert PAGE in set(imported(f"{ROOM}.cards", ast.parse(line)))


def test_imports_run_one_way_with_those_for_types_counted() -> None:
    known = {name: set(imported(name, tree)) & set(MODULES) - {name, ROOM} for name, tree in MODULES.items()}
    order = list(graphlib.TopologicalSorter(known).static_order())
    assert order.index(f"{ROOM}.tab") < order.index(f"{ROOM}.cards") < order.index(PAGE)


def handed_on(tree: ast.Module) -> list[int]:
    """Return the lines on which an object hands itself on, as a whole and not one of its attributes."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "self" and not isinstance(parents[node], ast.Attribute)
    ]


def test_no_part_receives_the_page() -> None:
    assert handed_on(MODULES[PAGE]) == []
    assert handed_on(ast.parse("class Page:\n    def fill(self):\n        self.cards = Cards(self, self.do)")) == [3]
