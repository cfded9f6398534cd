"""Every number of behaviour is a parameter: no kernel and no rule of an agent holds a numeric literal of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "simulation"
ROOMS = ("stages", "agents", "citizens", "world")
#: Numbers that belong to arithmetic, not to behaviour: nothing, one, two, a half, and "none of them".
PLAIN = {0, 1, 2, 0.5}
REASON = "# literal:"


def compiled(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions that `kernel` decorates."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [ast.unparse(one).partition("(")[0] for one in node.decorator_list]
            if "kernel" in names:
                yield node


def rules(path: Path, tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield kernels, and in agents every function: there Python decides too."""
    yield from compiled(tree)
    if path.is_relative_to(PACKAGE / "agents"):
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def constants(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what stands on the right of assignments of the module itself, where a rule could hide its numbers."""
    yield from (node.value for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign) and node.value)


def literals(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    lines, tree = text.splitlines(), ast.parse(text)
    found = set()
    for place in (*rules(path, tree), *constants(tree)):
        for node in ast.walk(place):
            number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
            if number and node.value not in PLAIN and REASON not in lines[node.lineno - 1]:
                found.add(f"{path.name}:{node.lineno}: {lines[node.lineno - 1].strip()}")
    return sorted(found)


FILES = sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_rule_holds_a_number_of_its_own(path: Path) -> None:
    assert literals(path) == [], f"make it a line of the schema, or say why not: {REASON} ..."


def test_a_number_in_a_kernel_is_found_and_a_reason_excuses_it(tmp_path: Path) -> None:
    source = "@kernel\ndef f(x):\n    return {} * x\n\n\ndef g(x):\n    return 0.7 * x\n"
    for number, wanted in (("0.7", 1), ("2.0", 0), ("-1", 0), ("0.5", 0), ("3", 1)):
        (tmp_path / "a.py").write_text(source.format(number), encoding="utf-8")
        assert len(literals(tmp_path / "a.py")) == wanted
    (tmp_path / "a.py").write_text(source.format("0.7").replace("* x\n\n", f"* x  {REASON} why\n\n"), encoding="utf-8")
    assert literals(tmp_path / "a.py") == []


def test_the_rooms_of_behaviour_hold_kernels() -> None:
    kernels = [node for path in FILES for node in compiled(ast.parse(path.read_text(encoding="utf-8")))]
    assert len(kernels) > 40
