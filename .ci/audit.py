"""Audit the installed packages: they must fit together, be declared and licensed, and have no known weakness.

Three checks need no network: `pip check`; no package from an address, a folder or a repository instead of a package
index; no package that pyproject.toml does not lead to, or that states no licence.

The fourth asks an advisory service through pip-audit: PyPI's, or OSV's where PyPI's knows none of the packages, as
behind a mirror. A known weakness fails, unless `[tool.wushi.audit.exempt]` in pyproject.toml names it with a reason.
If no service answers, the last line says NOT AUDITED, and only --required makes that a failure. pip-audit alone would
report that no weakness was found.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "wushi"
INSTALLER = {"pip"}  # what a fresh environment holds before anything is installed
SERVICES = {"pypi": "PyPI", "osv": "OSV"}
PATIENCE = 240  # seconds for one service; about two hundred questions, one after another


def name_of(distribution: Distribution) -> str:
    """Return the name under which an index knows a distribution."""
    return canonicalize_name(distribution.metadata["Name"])


def from_elsewhere(installed: Iterable[Distribution]) -> list[str]:
    """Return one line for each distribution, other than the project, that did not come from a package index."""
    lines = []
    for distribution in installed:
        origin = distribution.read_text("direct_url.json")
        if origin and name_of(distribution) != PROJECT:
            address = json.loads(origin)["url"].split("@")[-1]  # without a password
            lines.append(f"{name_of(distribution)} comes from {address}, not from a package index")
    return sorted(lines)


def unlicensed(installed: Iterable[Distribution]) -> list[str]:
    """Return one line for each distribution that states no licence anywhere."""
    lines = []
    for distribution in installed:
        about = distribution.metadata
        classified = any(word.startswith("License ::") for word in about.get_all("Classifier") or [])
        if not classified and not any(about.get(key) for key in ("License-Expression", "License", "License-File")):
            lines.append(f"{name_of(distribution)} states no licence")
    return sorted(lines)


def undeclared(installed: Iterable[Distribution]) -> list[str]:
    """Return one line for each distribution to which no requirement of the project and its extras leads."""
    known = {name_of(distribution): distribution for distribution in installed}
    extras = known[PROJECT].metadata.get_all("Provides-Extra") or []
    waiting = [(PROJECT, extra) for extra in ["", *extras]]
    reached: set[tuple[str, str]] = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in reached or name not in known:
            continue
        reached.add((name, extra))
        for line in known[name].requires or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(needed.name), wanted) for wanted in ["", *needed.extras]]
    strangers = set(known) - {name for name, _ in reached} - INSTALLER
    return [f"{name} is installed, but nothing in pyproject.toml leads to it" for name in sorted(strangers)]


@dataclass
class Findings:
    """The answer of an advisory service: known packages, unknown packages, weaknesses, exempted weaknesses."""

    audited: int = 0
    unknown: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    exempted: list[str] = field(default_factory=list)


def findings(answer: Mapping[str, Any], exempt: Mapping[str, str]) -> Findings:
    """Read pip-audit's answer; a package that was skipped is not an audited one."""
    found = Findings()
    for package in answer["dependencies"]:
        if "vulns" not in package:
            if canonicalize_name(package["name"]) != PROJECT:
                found.unknown.append(package["name"])
            continue
        found.audited += 1
        for weakness in package["vulns"]:
            names = [weakness["id"], *weakness.get("aliases", [])]
            reason = next((exempt[name] for name in names if name in exempt), None)
            line = f"{package['name']} {package['version']}: {weakness['id']}"
            fixed = ", ".join(weakness.get("fix_versions", [])) or "no version yet"
            if reason is None:
                found.weak.append(f"{line}, mended in {fixed}")
            else:
                found.exempted.append(f"{line}, exempted: {reason}")
    return found


def ask(service: str) -> dict[str, Any] | None:
    """Return the answer of a service about all installed packages, through pip-audit; None if there is no answer."""
    words = ["--format", "json", "--progress-spinner", "off", "--vulnerability-service", service]
    try:
        command = [sys.executable, "-m", "pip_audit", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        return json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        print(f"{SERVICES[service]}: no answer in {PATIENCE} seconds")
    except ValueError:
        print(f"{SERVICES[service]}: {(done.stderr.strip().splitlines() or ['nothing said'])[-1]}")
    return None


def exemptions(project: Mapping[str, Any]) -> dict[str, str]:
    """Return the weaknesses that pyproject.toml exempts, each with its reason."""
    exempt = dict(project.get("tool", {}).get(PROJECT, {}).get("audit", {}).get("exempt", {}))
    for identifier, reason in exempt.items():
        if not isinstance(reason, str) or not reason.strip():
            raise SystemExit(f"pyproject.toml: [tool.wushi.audit.exempt] {identifier} has no reason")
    return exempt


def advisories(exempt: Mapping[str, str], required: bool) -> bool:
    """Ask the services in turn, print the answer, and return True if it is acceptable."""
    for service, called in SERVICES.items():
        answer = ask(service)
        found = findings(answer, exempt) if answer else Findings()
        if not found.audited:
            if answer:
                print(f"{called}: knows none of {len(found.unknown)} packages (a mirror in its place?)")
            continue
        for line in [*found.exempted, *(f"WEAK: {weak}" for weak in found.weak)]:
            print(line)
        if found.unknown:
            print(f"not audited, because {called} does not know them: {', '.join(sorted(found.unknown))}")
        print(f"audited: {found.audited} packages against {called}'s advisories; weaknesses known: {len(found.weak)}")
        return not found.weak
    print("NOT AUDITED: no advisory service could be asked, so nothing is known about weaknesses of what is installed")
    return not required


def main(words: list[str] | None = None) -> int:
    """Check everything, print the faults, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--required", action="store_true", help="fail where no advisory service answers")
    options = parser.parse_args(words)
    exempt = exemptions(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    installed = list(distributions())
    fits = subprocess.run([sys.executable, "-m", "pip", "check"]).returncode == 0
    wrong = from_elsewhere(installed) + unlicensed(installed) + undeclared(installed)
    print("\n".join(wrong) or f"{len(installed)} packages, all declared, licensed and from a package index")
    sound = advisories(exempt, options.required)
    return 0 if fits and not wrong and sound else 1


if __name__ == "__main__":
    sys.exit(main())
