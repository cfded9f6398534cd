"""The repository keeps its promises: layers, versions, extras, sizes, and nothing of one machine in it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulation._version import __version__

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "simulation"

# Upstream first. A module may import from its own row and from rows above it. The package's front, as in
# `from simulation import run`, offers a whole run, so only what stands after a run may use it.
LAYERS = (
    ("_version", "accounts", "compiled", "exchange", "forms", "leftovers", "randomness", "text"),
    ("scenario",),
    ("building", "fonts", "hierarchy", "memory", "output", "parameters", "provenance", "sampling"),
    ("state",),
    ("sites",),
    ("agents", "citizens"),
    ("stages",),
    ("ledger",),
    ("steps", "record", "effectiveness"),
    ("model",),
    ("results",),
    ("experiments", "patterns", "verification", "__init__"),
    ("calibration",),
    ("figures",),
    ("animation", "calibration_report", "report", "starter"),
    ("drawing",),
    ("run_report",),
    ("app",),
    ("cli_options",),
    ("cli_animate", "cli_app", "cli_calibrate", "cli_experiments", "cli_hypotheses", "cli_verify"),
    ("cli", "__main__"),
)
RANK = {name: rank for rank, row in enumerate(LAYERS) for name in row}

GENERATED = {
    ".git", ".venv", ".venv-unfinished", "out", "build", "dist", "site", "__pycache__",
    ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".ipynb_checkpoints",
}  # fmt: skip


def repository_files() -> list[Path]:
    """All files that are, or would be, committed; without git, all that no tool has generated."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
        found = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if not GENERATED & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in found if path.is_file())


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def python_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


# --- layers ---


def module_of(path: Path, package: Path) -> str:
    """Return the package's child to which a file belongs: `stages` for `simulation/stages/trend.py`."""
    return path.relative_to(package).with_suffix("").parts[0]


def imports_at_run_time(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield every import, inside functions too, except those that only type checkers read."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for branch in node.orelse:
                yield from imports_at_run_time(ast.Module([branch], []))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        else:
            yield from imports_at_run_time(node)


def targets(node: ast.Import | ast.ImportFrom, path: Path, package: Path) -> Iterator[str]:
    """Yield the package's children that an import statement reaches."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        base = node.module or ""
        if node.level:
            here = (package.name, *path.relative_to(package).parts[:-1])
            base = ".".join([*here[: len(here) - node.level + 1], *filter(None, [node.module])])
        names = [f"{base}.{alias.name}" for alias in node.names] if base == package.name else [base]
    for name in names:
        parts = name.split(".")
        if parts[0] == package.name:
            child = parts[1] if len(parts) > 1 else "__init__"
            is_module = (package / child).is_dir() or (package / f"{child}.py").is_file()
            yield child if is_module else "__init__"


def layer_violations(package: Path) -> list[str]:
    found = []
    for path in python_files(package):
        importer = module_of(path, package)
        for node in imports_at_run_time(ast.parse(path.read_text(encoding="utf-8"))):
            found += [
                f"{path.relative_to(package.parent)}:{node.lineno} imports {imported}"
                for imported in targets(node, path, package)
                if RANK.get(imported, 0) > RANK.get(importer, 0)
            ]
    return found


def test_every_module_has_a_place_in_the_layers():
    modules = {module_of(path, PACKAGE) for path in python_files(PACKAGE)}
    assert modules - RANK.keys() == set(), "give each of these a row in LAYERS"


def test_nothing_upstream_imports_anything_downstream():
    assert layer_violations(PACKAGE) == []


@pytest.mark.parametrize(
    ("place", "statement"),
    [
        ("stages/trend.py", "from simulation.results import RunResult"),
        ("stages/trend.py", "import simulation.figures.flow"),
        ("stages/trend.py", "from simulation import model"),
        ("stages/trend.py", "from simulation import run"),
        ("stages/trend.py", "from ..results import RunResult"),
        ("stages/trend.py", "from .. import results"),
        ("scenario/load.py", "def late():\n    from simulation.hierarchy import Hierarchy"),
        ("ledger.py", "from .effectiveness import breadth"),
    ],
)
def test_a_downstream_import_is_found_however_it_is_written(tmp_path, place, statement):
    package = tmp_path / "simulation"
    for name in ("stages/trend.py", "scenario/load.py", *(f"{child}.py" for child in RANK)):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).touch()
    assert layer_violations(package) == []
    (package / place).write_text(statement, encoding="utf-8")
    assert len(layer_violations(package)) == 1


def test_an_import_for_types_alone_is_no_dependence(tmp_path):
    package = tmp_path / "simulation"
    package.mkdir()
    (package / "model.py").touch()
    guarded = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from simulation.model import M\n"
    (package / "ledger.py").write_text(guarded, encoding="utf-8")
    assert layer_violations(package) == []


# --- nothing of one machine ---


def machine_traces(text: str) -> list[str]:
    """Return what ties a text to one machine: its folders, somebody's home, a package registry's address."""
    own = [str(path) for path in (ROOT, Path.home()) if len(path.parts) > 2]
    homes = r"(?:/home|/Users|[A-Z]:\\+Users)[/\\]+[\w.-]+|/roo[t]/[\w.-]+"
    # Written in pieces, so that this file does not find itself.
    registries = [
        "py" + r"pi\.org",
        "pythonhosted" + r"\.org",
        "index" + "-url",
        "find" + "-links",
        "https?://[^ \"']*/sim" + "ple",
    ]
    places = "|".join([*(re.escape(path) + r"(?![\w-])" for path in own), homes])
    pattern = "|".join([rf"(?<![\w.$}}~-])(?:{places})", *registries])
    return [found.group() for found in re.finditer(pattern, text)]


def test_no_file_carries_a_path_of_one_machine_or_a_registry_address():
    traces = {str(path.relative_to(ROOT)): machine_traces(text_of(path)) for path in repository_files()}
    assert {name: found for name, found in traces.items() if found} == {}


@pytest.mark.parametrize(
    "text",
    [
        f"see {ROOT}/simulation",
        "/".join(["", "home", "someone", "x"]),
        "/".join(["file://", "Users", "someone"]),
        "\\".join(["C:", "Users", "someone"]),
        "https://" + "py" + "pi.org/project/x",
        "pip install --index" + "-url x",
    ],
)
def test_a_trace_of_a_machine_is_found(text):
    assert machine_traces(text)


# --- versions, extras, sizes ---


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_citation_names_the_version_of_the_package():
    cited = re.findall(r"^version: *\"?([^\"\n]+)\"?$", text_of(ROOT / "CITATION.cff"), re.MULTILINE)
    assert cited == [__version__]


def test_the_changelog_has_an_entry_for_the_version():
    assert f"\n## {__version__} " in text_of(ROOT / "CHANGELOG.md")


def test_every_promised_extra_can_be_installed():
    promised = {"app", "cluster", "mpi", "parquet", "test", "dev"}
    assert promised <= project()["project"]["optional-dependencies"].keys()


def test_the_makefile_installs_extras_that_exist():
    extras = project()["project"]["optional-dependencies"].keys()
    named = re.findall(r"^TEST_EXTRAS := (.+)$", text_of(ROOT / "Makefile"), re.MULTILINE)
    assert len(named) == 1
    assert set(named[0].split(",")) <= extras


def test_no_module_is_longer_than_400_lines():
    lengths = {str(path.relative_to(ROOT)): len(text_of(path).splitlines()) for path in python_files(PACKAGE)}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


# --- the tests' own rule ---

SKIPPING = {
    "in a test": "import pytest\ndef test_it():\n    pytest.{}('no')\n".format("skip"),
    "by a mark": "import pytest\n@pytest.mark.{}\ndef test_it():\n    assert False\n".format("xfail"),
    "of a whole file": "import pytest\npytest.importorskip('no_such_module')\ndef test_it():\n    pass\n",
}


@pytest.mark.parametrize("source", SKIPPING.values(), ids=SKIPPING.keys())
def test_a_skipped_test_fails_exactly_where_all_is_required(tmp_path, source):
    (tmp_path / "conftest.py").write_text(text_of(ROOT / "tests" / "conftest.py"), encoding="utf-8")
    (tmp_path / "test_it.py").write_text(source + "\ndef test_other():\n    pass\n", encoding="utf-8")
    (tmp_path / "test_fine.py").write_text("def test_fine():\n    pass\n", encoding="utf-8")

    def ends_with(required: str) -> int:
        environment = {**os.environ, "WUSHI_REQUIRE_ALL": required, "PYTEST_ADDOPTS": "-p no:cacheprovider"}
        command = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(tmp_path), str(tmp_path)]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True).returncode

    assert ends_with("") == pytest.ExitCode.OK
    assert ends_with("1") in {pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}
