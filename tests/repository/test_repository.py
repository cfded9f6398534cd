"""The repository keeps its promises: layers, versions, extras, sizes, and nothing of one machine in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from simulation._version import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "simulation"

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


# --- nothing of one machine ---


def machine_traces(text: str) -> list[str]:
    """Return the traces of one machine in a text: its folders, somebody's home, a package registry's address."""
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


def test_a_skipped_test_fails_exactly_where_all_is_required(tmp_path):
    (tmp_path / "conftest.py").write_text(text_of(ROOT / "tests" / "conftest.py"), encoding="utf-8")
    for number, source in enumerate(SKIPPING.values()):
        more = "" if "importorskip" in source else "\ndef test_other():\n    pass\n"
        (tmp_path / f"test_{number}.py").write_text(source + more, encoding="utf-8")
    (tmp_path / "test_fine.py").write_text("def test_fine():\n    pass\n", encoding="utf-8")

    def ended(required: str) -> tuple[int, set[str]]:
        environment = {**os.environ, "WUSHI_REQUIRE_ALL": required, "PYTEST_ADDOPTS": "-p no:cacheprovider"}
        command = [sys.executable, "-m", "pytest", "-q", "-rfE", "--continue-on-collection-errors"]
        command += ["--rootdir", str(tmp_path), str(tmp_path)]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        return done.returncode, set(failed)

    assert ended("") == (pytest.ExitCode.OK, set())
    wrong = {"test_0.py::test_it", "test_1.py::test_it", "test_2.py"}
    assert ended("1") == (pytest.ExitCode.TESTS_FAILED, wrong)
