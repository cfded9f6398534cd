"""The report of a sweep: one page on a store, in English or Chinese, that opens anywhere and offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.files.errors import InputError
from simulation.files.output import whole_file
from simulation.text.told import told

if TYPE_CHECKING:
    from simulation.experiments.store.reading import Experiment


def report_path(store: str | Path) -> Path:
    """Return where a store's report stands by default: beside it, under its name."""
    return Path(store).with_suffix(".report.html")


def write_sweep_report(
    experiment: Experiment, path: str | Path | None = None, lang: str = "en", metrics: Sequence[str] = ()
) -> Path:
    """Write the report of a sweep, whole or not at all.

    Parameters
    ----------
    experiment : Experiment
        A store, finished or not.
    path : path, optional
        The file, replaced when it exists; by default beside the store.
    lang : {"en", "zh"}
        Language of the page. Pictures fall back to English where no font here has Chinese; the page does not.
    metrics : sequence of str
        The metrics that get a section of their own; by default the design's, or the leading ones, at most six.

    Raises
    ------
    InputError
        For an unknown metric, or a file that cannot be written.
    """
    from simulation.report.sweep.page import page

    path = report_path(experiment.path) if path is None else Path(path)
    text = page(experiment, lang, metrics)
    try:
        with whole_file(path) as made:
            made.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            told("error.export.unwritable", reason=error.strerror or str(error)), file=path, key="--out"
        ) from None
    return path
