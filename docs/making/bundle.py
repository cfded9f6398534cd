"""Make the archive that a model library expects: code, protocol, data, checksums, how to run.

    python docs/making/bundle.py [--revision HEAD] [--out dist]

The code is git's content at the revision, so that the archive has a definite revision. Two bundles of one revision are
the same, byte for byte.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import re
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOW_TO_RUN = """\
wushi {version}: how political momentum turns into governance
=============================================================

What is here
    code/             the repository at revision {revision}
    ODD.md            the ODD + D protocol (also code/docs/odd.md, with the rest of the documentation)
    MODEL.md          the model as built: equations, conventions, parameters
    data/             the places that the shipped scenarios use, with their sources (README.md)
    CITATION.cff      how to cite
    LICENSE           Apache-2.0
    SHA256SUMS        checksums of everything; check with: sha256sum -c SHA256SUMS

How to run (Python 3.12 or newer)
    cd code
    make run                      environment, then the Zhaoqing case into out/zhaoqing
or by hand
    python3 -m venv .venv
    .venv/bin/python -m pip install .
    .venv/bin/wushi run zhaoqing
    .venv/bin/wushi verify        is the model that runs the model that is described?

Equal scenario and seed give equal files on one platform; see code/docs/verification.md for what is promised elsewhere.
"""


def git(*words: str) -> bytes:
    """Return what a git command prints."""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"git {' '.join(words)}: {done.stderr.decode().strip()}")
    return done.stdout


def members(revision: str) -> dict[str, tuple[bytes, int]]:
    """Return path in the bundle to (content, mode), in order."""
    files: dict[str, tuple[bytes, int]] = {}
    with tarfile.open(fileobj=io.BytesIO(git("archive", "--format=tar", revision))) as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            if content is not None:
                files[f"code/{entry.name}"] = (content.read(), 0o755 if entry.mode & 0o100 else 0o644)
    for here, there in (
        ("ODD.md", "code/docs/odd.md"),
        ("MODEL.md", "code/docs/model.md"),
        ("CITATION.cff", "code/CITATION.cff"),
        ("LICENSE", "code/LICENSE"),
    ):
        if there not in files:
            raise SystemExit(f"revision {revision} has no {there.removeprefix('code/')}")
        files[here] = files[there]
    for name in [name for name in files if name.startswith("code/scenarios/structures/")]:
        files["data/" + name.rpartition("/")[2]] = files[name]
    found = re.search(r'^__version__ = "([^"]+)"', files["code/simulation/_version.py"][0].decode(), re.MULTILINE)
    if found is None:
        raise SystemExit(f"revision {revision} does not state its version")
    version = found[1]
    short = git("rev-parse", "--short", revision).decode().strip()
    files["HOW-TO-RUN.txt"] = (HOW_TO_RUN.format(version=version, revision=short).encode(), 0o644)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, (content, _) in sorted(files.items()))
    files["SHA256SUMS"] = (sums.encode(), 0o644)
    return {f"wushi-{version}/{name}": files[name] for name in sorted(files)}


def write(files: dict[str, tuple[bytes, int]], target: Path, moment: int) -> None:
    """Write a tar.gz that holds no trace of this machine or of the time."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, (content, mode) in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), mode, moment
            archive.addfile(entry, io.BytesIO(content))
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".part")
    beside.write_bytes(gzip.compress(whole.getvalue(), mtime=0))
    beside.replace(target)


def main(words: list[str]) -> Path:
    """Make the bundle; return its path."""
    parser = argparse.ArgumentParser(description="Make the archive for a model library.")
    parser.add_argument("--revision", default="HEAD")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    asked = parser.parse_args(words)
    files = members(asked.revision)
    name = next(iter(files)).partition("/")[0]
    target = asked.out / f"{name}-bundle.tar.gz"
    write(files, target, int(git("log", "-1", "--format=%ct", asked.revision)))
    if git("status", "--porcelain").strip():
        print("note: changes that are not committed are not in the bundle", file=sys.stderr)
    print(target)
    return target


if __name__ == "__main__":
    main(sys.argv[1:])
