"""Files to take home: report, data, figures, each as bytes made in a temporary folder."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from simulation.app.track import Track
from simulation.app.views import Scene, views
from simulation.results import RunResult


def stem(track: Track) -> str:
    """Return the start of a file's name: scenario, seed and number of weeks; safe on every file system."""
    name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in track.model.spec.name)
    return f"wushi-{name[:60]}-seed{track.model.seed}-{track.week}-weeks"


def taken(track: Track) -> RunResult:
    """Return the present run, detached from the model: the page may play on while files are made from it."""
    return RunResult.of(track.model).detached()


def data(result: RunResult) -> bytes:
    """Return a zip of everything that `RunResult.save` writes."""
    with tempfile.TemporaryDirectory() as folder:
        made = result.save(Path(folder) / "run")
        return _zip({file.name: file.read_bytes() for file in sorted(made.iterdir())})


def report(result: RunResult, lang: str) -> bytes:
    """Return the one-file report of the run so far."""
    from simulation.report import write_report

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        write_report(result, path, lang)
        return path.read_bytes()


def figures(scene: Scene) -> bytes:
    """Return a zip of the page's pictures as they stand, as SVG."""
    shown = [view for view in views() if scene.track.case is not None or not view.case]
    pictures = {view.name: view.draw(scene) for view in shown}
    return _zip({f"{name}.svg": svg.encode() for name, svg in pictures.items() if svg})


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
