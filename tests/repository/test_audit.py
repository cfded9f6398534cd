"""`make audit` claims only real audits, and fails at a weakness, a stray package, an address or no licence."""

from __future__ import annotations

import importlib.util
import json
import sys
from importlib.metadata import distributions
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module  # its data class looks its own module up
    spec.loader.exec_module(module)
    return module


audit = _script()

# As pip-audit answers: one sound package, one with a weakness, one that the service does not know, the project itself.
ANSWER = {
    "dependencies": [
        {"name": "sound", "version": "1.0", "vulns": []},
        {
            "name": "frail",
            "version": "2.0",
            "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1", "GHSA-1"], "fix_versions": ["2.1"], "description": "…"}],
        },
        {"name": "private", "skip_reason": "Dependency not found on PyPI and could not be audited: private (1.0)"},
        {"name": "wushi", "skip_reason": "distribution marked as editable"},
    ],
    "fixes": [],
}
SILENT = {"dependencies": [{"name": name, "skip_reason": "not found"} for name in ("sound", "frail")], "fixes": []}


def installed(folder: Path, **packages: str) -> list:
    """Write the metadata of packages as an installer leaves it, and return the distributions found there."""
    for name, lines in packages.items():
        place = folder / f"{name}-1.0.dist-info"
        place.mkdir()
        (place / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{lines}", encoding="utf-8")
    return list(distributions(path=[str(folder)]))


def test_a_skipped_package_is_not_an_audited_one() -> None:
    found = audit.findings(ANSWER, {})
    assert (found.audited, found.unknown) == (2, ["private"])
    assert audit.findings(SILENT, {}).audited == 0


def test_a_weakness_is_named_with_the_version_that_mends_it() -> None:
    assert audit.findings(ANSWER, {}).weak == ["frail 2.0: PYSEC-1, mended in 2.1"]


@pytest.mark.parametrize("identifier", ["PYSEC-1", "CVE-1", "GHSA-1"])
def test_a_weakness_is_exempted_by_any_of_its_names_and_its_reason_is_said(identifier: str) -> None:
    found = audit.findings(ANSWER, {identifier: "the part is not used"})
    assert found.weak == []
    assert found.exempted == ["frail 2.0: PYSEC-1, exempted: the part is not used"]


def test_an_exemption_needs_a_reason() -> None:
    def project(reason: object) -> dict:
        return {"tool": {"wushi": {"audit": {"exempt": {"PYSEC-1": reason}}}}}

    assert audit.exemptions(project("not used")) == {"PYSEC-1": "not used"}
    assert audit.exemptions({}) == {}
    for empty in ("", " ", True):
        with pytest.raises(SystemExit, match="PYSEC-1 has no reason"):
            audit.exemptions(project(empty))


@pytest.mark.parametrize(
    ("answers", "required", "acceptable", "last"),
    [
        ([ANSWER], False, False, "audited: 2 packages against PyPI's advisories; weaknesses known: 1"),
        ([SILENT, ANSWER], False, False, "audited: 2 packages against OSV's advisories; weaknesses known: 1"),
        ([SILENT, None], False, True, "NOT AUDITED"),
        ([None, None], False, True, "NOT AUDITED"),
        ([None, None], True, False, "NOT AUDITED"),
    ],
)
def test_only_a_service_that_knew_something_makes_it_audited(
    answers: list, required: bool, acceptable: bool, last: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    coming = iter(answers)
    monkeypatch.setattr(audit, "ask", lambda service: next(coming))
    assert audit.advisories({}, required) is acceptable
    assert capsys.readouterr().out.splitlines()[-1].startswith(last)


def test_without_the_weak_package_the_audit_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = {"dependencies": [package for package in ANSWER["dependencies"] if package["name"] != "frail"]}
    monkeypatch.setattr(audit, "ask", lambda service: sound)
    assert audit.advisories({}, True) is True


def test_a_service_that_cannot_be_asked_is_not_an_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # A pip_audit of our own, found before the installed one, that breaks down as the real one does without a network.
    (tmp_path / "pip_audit.py").write_text("raise ConnectionError('no such host')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert audit.ask("osv") is None
    assert capsys.readouterr().out == "OSV: ConnectionError: no such host\n"


def test_what_comes_from_an_address_is_found_and_no_password_shown(tmp_path: Path) -> None:
    found = installed(tmp_path, indexed="", fetched="", wushi="")
    for name, address in (("fetched", "https://me:secret@host.example/fetched.zip"), ("wushi", "file:///here")):
        (tmp_path / f"{name}-1.0.dist-info" / "direct_url.json").write_text(json.dumps({"url": address}), "utf-8")
    assert audit.from_elsewhere(found) == ["fetched comes from host.example/fetched.zip, not from a package index"]


def test_a_package_must_state_a_licence_somewhere(tmp_path: Path) -> None:
    found = installed(
        tmp_path,
        expressed="License-Expression: MIT\n",
        classified="Classifier: License :: OSI Approved :: MIT License\n",
        written="License: BSD\n",
        enclosed="License-File: LICENSE\n",
        silent="Classifier: Topic :: Scientific/Engineering\n",
    )
    assert audit.unlicensed(found) == ["silent states no licence"]


def test_everything_installed_is_led_to_by_what_is_declared(tmp_path: Path) -> None:
    found = installed(
        tmp_path,
        wushi='Provides-Extra: app\nRequires-Dist: Direct[more]>=1\nRequires-Dist: page; extra == "app"\n',
        direct='Provides-Extra: more\nRequires-Dist: deeper; extra == "more"\nRequires-Dist: not_here>=3\n',
        deeper='Requires-Dist: elsewhere; sys_platform == "none"\n',
        page="",
        elsewhere="",
        stranger="",
        pip="",
    )
    assert audit.undeclared(found) == [
        f"{name} is installed, but nothing in pyproject.toml leads to it" for name in ("elsewhere", "stranger")
    ]


def test_the_project_asks_for_no_address_itself() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "://" not in project
    assert " @ " not in project
