"""Pictures of a run, one per file: each module here with ``draw`` and ``TITLE`` is one, found without a list.

A picture's module has ``TITLE`` (key of its title in the catalogue), ``NUMBER`` (its place in the sequence) and
``draw(result, lang)``, which returns a matplotlib figure and needs nothing but a `RunResult`, loaded or fresh.
``NEEDS`` names its further arguments: ``other`` (a second result) and ``fan`` (the run under many seeds), without which
there is no picture; ``switch_off`` and ``front``, which may be None; and tables that a run may lack: ``flows``,
``changes``.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from simulation.drawing.pages import FORMATS
from simulation.files.errors import listed, told

if TYPE_CHECKING:
    from simulation.drawing.sheet import Sheet
    from simulation.experiments.fans import Fan
    from simulation.figures.front import Taken
    from simulation.results import RunResult


FURTHER = ("other", "fan")
"""Names under which a picture asks for something beside its run that it cannot do without."""
_TABLES = ("flows", "changes")
"""Tables that a run may lack and some picture cannot do without."""


@functools.cache
def _found() -> tuple[tuple[str, ModuleType], ...]:
    modules = [
        (entry.name, importlib.import_module(f"{__name__}.{entry.name}")) for entry in pkgutil.iter_modules(__path__)
    ]
    pictures = [(name, module) for name, module in modules if hasattr(module, "draw") and hasattr(module, "TITLE")]
    return tuple(sorted(pictures, key=lambda entry: (entry[1].NUMBER, entry[0])))


def figures() -> dict[str, ModuleType]:
    """Return the pictures: name to module, in the order in which a report shows them."""
    return dict(_found())


def draw(
    name: str,
    result: RunResult,
    lang: str = "en",
    *,
    switch_off: Mapping[str, float] | None = None,
    front: Sequence[Taken] | None = None,
    other: RunResult | None = None,
    fan: Fan | None = None,
) -> Sheet:
    """Draw one picture by its name.

    Parameters
    ----------
    name : str
        A key of `figures`.
    result : RunResult
        A run, fresh or loaded.
    lang : {"en", "zh"}
        Without a Chinese font on this machine 'zh' is drawn in English, with one warning.
    switch_off : mapping, optional
        The result of `simulation.figures.switch_off.switch_off_effects`, shown beside the ledger's shares.
    front : sequence of Taken, optional
        The result of `simulation.figures.front.agenda_front`, which sets breadth against the core.
    other : RunResult, optional
        The second run of a side-by-side picture.
    fan : Fan, optional
        The result of `simulation.experiments.fan`, for the picture of many seeds.

    Raises
    ------
    InputError
        No such picture, a picture of two runs with one, of many seeds without a fan, or of changes without any.
    """
    from simulation.files.errors import InputError, nearest

    known = figures()
    if name not in known:
        raise InputError(told("error.picture.none"), given=name, allowed=listed(known), suggestion=nearest(name, known))
    needs = getattr(known[name], "NEEDS", ())
    given: dict[str, Any] = {"switch_off": switch_off, "front": front}
    options = {need: value for need, value in given.items() if need in needs}
    if "other" in needs:
        if other is None:
            raise InputError(told("error.picture.two"), given=name)
        options["other"] = other
    if "fan" in needs:
        if fan is None:
            raise InputError(told("error.picture.fan"), given=name)
        options["fan"] = fan
    if "changes" in needs and not result.has("changes"):
        raise InputError(told("error.picture.changes"), given=name)
    figure: Sheet = known[name].draw(result, lang, **options)
    return figure


def stem_of(name: str) -> str:
    """Return the name of a picture's files without their ending: its number and its name."""
    return f"{figures()[name].NUMBER}-{name.replace('_', '-')}"


def lacking(module: ModuleType, result: RunResult, other: RunResult | None = None, fan: Fan | None = None) -> bool:
    """Tell whether a picture lacks something that it cannot do without: a second run, a fan, flows, or changes."""
    needs = getattr(module, "NEEDS", ())
    absent = [need for need, given in zip(FURTHER, (other, fan), strict=True) if given is None]
    return any(need in needs for need in absent) or any(name in needs and not result.has(name) for name in _TABLES)


def save_all(
    result: RunResult,
    folder: str | Path,
    lang: str = "en",
    formats: Sequence[str] = FORMATS,
    *,
    switch_off: Mapping[str, float] | None = None,
    front: Sequence[Taken] | None = None,
    other: RunResult | None = None,
    fan: Fan | None = None,
    names: Sequence[str] | None = None,
) -> list[Path]:
    """Draw every picture, or those in ``names``, and save it as ``<number>-<name>.<format>``.

    Pictures of two runs are drawn only with ``other``, of many seeds only with ``fan``, of flows and of changes only
    where the result has them.

    Returns
    -------
    list of Path
        The files, in the order of the pictures. Equal results give equal files, byte for byte, on one platform.
    """
    folder = Path(folder)
    files: list[Path] = []
    for name, module in figures().items():
        if lacking(module, result, other, fan):
            continue
        if names is not None and name not in names:
            continue
        figure = draw(name, result, lang, switch_off=switch_off, front=front, other=other, fan=fan)
        stem = stem_of(name)
        figure.save(folder / stem, formats)
        files += [folder / f"{stem}.{kind}" for kind in formats]
    return files
