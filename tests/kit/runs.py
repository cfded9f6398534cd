"""The files of a run, for tests that compare them."""

from __future__ import annotations

from pathlib import Path


def data_of(folder: Path) -> dict[str, bytes]:
    """Return the data files of a run's folder: name to content; not the provenance, which holds times."""
    files = [file for file in sorted(folder.iterdir()) if file.is_file()]
    return {file.name: file.read_bytes() for file in files if file.name not in ("provenance.json", "report.html")}
