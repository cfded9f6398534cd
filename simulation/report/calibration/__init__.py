"""The report of a calibration with pictures: the fit of each finding, the calibrated parameters, the conflicts.

A picture is a module here with ``draw``, ``TITLE`` (key of its title), ``NUMBER`` (its place) and ``PART`` (its part of
the report). It is found without a list. ``draw(found, lang)`` returns a figure, or None where there is nothing to show.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from simulation.drawing.pages import FORMATS

if TYPE_CHECKING:
    from simulation.drawing.sheet import Sheet
    from simulation.evidence import Calibrated


FOLDER = "figures"


@functools.cache
def pictures() -> dict[str, ModuleType]:
    """Return the pictures, name to module, in their order."""
    modules = [
        (entry.name, importlib.import_module(f"{__name__}.{entry.name}")) for entry in pkgutil.iter_modules(__path__)
    ]
    drawn = [(name, module) for name, module in modules if hasattr(module, "draw") and hasattr(module, "TITLE")]
    return dict(sorted(drawn, key=lambda entry: entry[1].NUMBER))


def draw(found: Calibrated, name: str, lang: str = "en") -> Sheet | None:
    """Draw one picture by its name, a key of `pictures`; None where the calibration has nothing to show in it."""
    figure: Sheet | None = pictures()[name].draw(found, lang)
    return figure


def save_all(
    found: Calibrated, folder: str | Path, lang: str = "en", formats: Sequence[str] = FORMATS
) -> dict[str, str]:
    """Draw every picture and save it as ``<number>-<name>.<format>``.

    Parameters
    ----------
    found : Calibrated
        What a calibration has found.
    folder : path
        Made when it is not there.
    lang : {'en', 'zh'}
        Without a Chinese font on this machine 'zh' is drawn in English, with one warning.
    formats : sequence of str
        Formats that matplotlib can write: png, svg, pdf.

    Returns
    -------
    dict of str to str
        Name of each picture that was drawn to its files' common stem. Equal calibrations give equal files, byte for
        byte, on one platform.
    """
    folder = Path(folder)
    stems = {}
    for name, module in pictures().items():
        figure = draw(found, name, lang)
        if figure is None:
            continue
        stems[name] = f"{module.NUMBER}-{name}"
        figure.save(folder / stems[name], formats)
    return stems


def write(found: Calibrated, folder: str | Path, lang: str = "en", command: str = "") -> Path:
    """Write everything into a folder, whole or not at all: ``report.html``, ``report.md``, figures, tables, provenance.

    Parameters
    ----------
    found : Calibrated
        What a calibration has found.
    folder : path
        New, empty, or with earlier results, which are replaced.
    lang : {'en', 'zh'}
        Language of text and pictures.
    command : str
        The command that repeats the calibration; it stands in the report.
    """
    from simulation.evidence.report import markdown, write_tables
    from simulation.files.output import fresh_folder
    from simulation.report.calibration.page import page
    from simulation.text import say

    with fresh_folder(folder) as made:
        stems = save_all(found, made / FOLDER, lang)
        shown = {
            pictures()[name].PART: (say(pictures()[name].TITLE, lang), f"{FOLDER}/{stem}.png")
            for name, stem in stems.items()
        }
        (made / "report.md").write_text(markdown(found, lang, command, shown), encoding="utf-8")
        (made / "report.html").write_text(page(found, lang, command, made / FOLDER, stems), encoding="utf-8")
        write_tables(found, made)
    return Path(folder)
