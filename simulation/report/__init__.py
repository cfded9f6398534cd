"""``report.html``: one run in one file that opens anywhere, offline, and needs no Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.files.output import whole_file

if TYPE_CHECKING:
    from simulation.experiments.fans import Fan
    from simulation.results import RunResult

LARGEST = 5_000_000


def write_report(
    result: RunResult,
    path: str | Path,
    lang: str = "en",
    switch_off: Mapping[str, float] | None = None,
    *,
    pictures: Sequence[Mapping[str, str]] | None = None,
    fan: Fan | None = None,
) -> Path:
    """Write the report of a run, whole or not at all.

    Parameters
    ----------
    result : RunResult
        A run, fresh or loaded.
    path : path
        The file; replaced when it exists.
    lang : {"en", "zh"}
        Language of the page. Pictures fall back to English where no font here has Chinese; the page does not.
    switch_off : mapping, optional
        The result of `simulation.figures.switch_off.switch_off_effects`.
    pictures : sequence of mapping, optional
        ``name``, ``title`` and data ``address`` of each picture, where they are drawn already; otherwise they are drawn
        here.
    fan : Fan, optional
        The run among other seeds; without it the page has no part on them.

    Returns
    -------
    Path
        The file: at most 5 MB, with every picture, style and script inside.
    """
    from simulation.report.page import page

    path = Path(path)
    text = page(result, lang, switch_off, pictures, fan).encode("utf-8")
    if len(text) > LARGEST:
        raise ValueError(f"the report would take {len(text):,} bytes, more than {LARGEST:,}")
    with whole_file(path) as made:
        made.write_bytes(text)
    return path
