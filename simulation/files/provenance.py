"""Provenance of a result: scenario, seed, versions, platform, revision."""

from __future__ import annotations

import functools
import importlib.metadata
import math
import platform
import subprocess
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation._version import __version__
from simulation.files.output import TOOL

if TYPE_CHECKING:
    from simulation.scenario import Scenario

LIBRARIES = ("mesa", "numpy", "numba", "networkx", "scipy", "pandas", "matplotlib", "pydantic")


@functools.cache
def versions() -> dict[str, str]:
    """Return the versions of Python, of this package and of the libraries that results rest on."""
    known = {"python": platform.python_version(), "wushi": __version__}
    for name in LIBRARIES:
        try:
            known[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            known[name] = "unknown"
    return known


@functools.cache
def revision() -> str | None:
    """Return the checkout's git revision, with ``+changes`` when it has uncommitted ones; None outside a checkout."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    try:
        commit = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return commit + ("+changes" if changed else "")


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True, timeout=10)
    return done.stdout.strip()


@functools.cache
def host() -> dict[str, str]:
    """Return the platform on which equal seeds give equal bytes."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_implementation(),
    }


def _finite(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    return "inf" if isinstance(value, float) and math.isinf(value) else value


def provenance(spec: Scenario, seed: int, weeks: int, seconds: float, *, finished: datetime) -> dict[str, Any]:
    """Return everything that is needed to repeat a run, and the time and the platform of this run."""
    return {
        "tool": TOOL,
        "scenario_name": spec.name,
        "scenario": spec.to_dict(),
        "changes": {key: _finite(value) for key, value in spec.overrides.items()},
        "digest": spec.digest,
        "seed": seed,
        "weeks": weeks,
        "versions": versions(),
        "revision": revision(),
        "platform": host(),
        "finished": finished.isoformat(timespec="seconds"),
        "seconds": None if seconds != seconds else round(seconds, 3),
    }
