"""The platform of a run: processor and versions, in one line and as a short digest."""

from __future__ import annotations

import functools
import hashlib
import json
import platform
import socket
import sys
from importlib import metadata

_PACKAGES = ("numpy", "scipy", "pandas", "numba", "mesa", "networkx")


@functools.cache
def fingerprint() -> tuple[str, str]:
    """Return (digest, description): eight hexadecimal digits, and the JSON text that they stand for.

    Runs are bit for bit reproducible between machines with equal digests. Between others the draws are equal
    and outcomes agree up to floating-point libraries.
    """
    from simulation._version import __version__

    versions = {"wushi": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    described = {
        "system": sys.platform,
        "machine": platform.machine(),
        "cpu": _features(),
        "versions": versions,
    }
    text = json.dumps(described, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest(), text


def host() -> str:
    """Return what a run's ``host`` column holds: the machine's name and its fingerprint's digest."""
    return f"{socket.gethostname()[:40]}#{fingerprint()[0]}"


def _features() -> list[str]:
    """Return the vector instructions that numpy uses here: they decide the last bits of a sum."""
    from numpy.lib import introspect

    functions = introspect.opt_func_info(func_name="^add$")
    current = {kind["current"] for kinds in functions.values() for kind in kinds.values()}
    return sorted(current)
