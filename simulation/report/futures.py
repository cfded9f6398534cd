"""The files of a tree of futures: its table, its picture, and one page that holds both and opens anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.drawing.document import Block, Grid, Heading, Items, Paragraph, Picture, page
from simulation.drawing.lettering import capital
from simulation.drawing.numbers import decimals, signed
from simulation.experiments import labels
from simulation.experiments.futures import FUTURES
from simulation.experiments.pictures.futures import caption, places
from simulation.experiments.trunk import ORIGIN, TABLE, UNCHANGED
from simulation.files.output import whole_file
from simulation.report.run_pictures import DEFAULT, FORMATS, RESOLUTION
from simulation.scenario.calendar import told_week
from simulation.text import say

if TYPE_CHECKING:
    from simulation.experiments.futures import Future, Futures

STEM, PAGE = "futures", "futures.html"
FILES = (ORIGIN, TABLE, FUTURES, *(f"{STEM}.{kind}" for kind in FORMATS), PAGE)
"""All files that a tree can leave in the folder of its futures, the one that says whose they are first."""
SHOWN = (
    *("effectiveness", "core_effect", "depth", "agenda", "breadth"),
    *("surface", "site_effect", "participation", "reporting_gap"),
)
"""Metrics of the page's table."""


def write_futures(
    futures: Futures,
    folder: str | Path,
    lang: str = "en",
    formats: Sequence[str] = DEFAULT,
    dpi: float = RESOLUTION,
) -> Path:
    """Write table, picture and page of a tree into a folder, each file whole or not at all.

    Parameters
    ----------
    futures : Futures
        The tree.
    folder : path
        The folder that holds, or will hold, a folder per future.
    lang : {'en', 'zh'}
        Language of picture and page; the table's columns have one language.
    formats : sequence of str
        Formats of the picture, some of `FORMATS`; without any there is neither picture nor page.
    dpi : float
        Dots per inch of a PNG.

    Returns
    -------
    Path
        The page; without a picture the table.
    """
    folder = Path(folder)
    futures.save(folder)
    if not formats:
        return folder / FUTURES
    shown = formats if {"svg", "png"} & set(formats) else (*formats, "svg")  # a page can show no PDF
    futures.picture(lang).save(folder / STEM, shown, dpi)
    with whole_file(folder / PAGE) as made:
        made.write_text(page(_blocks(futures, lang), folder, lang), encoding="utf-8")
    for kind in set(shown) - set(formats):
        (folder / f"{STEM}.{kind}").unlink()
    return folder / PAGE


def _blocks(futures: Futures, lang: str) -> list[Block]:
    title = say("futures.title", lang)
    return [
        Heading(title, 1),
        Paragraph(caption(futures, lang)),
        Picture(STEM, title),
        Heading(say("futures.page.branches", lang)),
        Items([_line(futures, one, lang) for one in futures.futures]),
        Paragraph(say("futures.note", lang)),
        Heading(say("futures.page.ends", lang)),
        _grid(futures, lang),
        Paragraph(say("futures.page.ends_note", lang, file=FUTURES)),
    ]


def _line(futures: Futures, future: Future, lang: str) -> str:
    if not future.changes:
        return say("futures.page.same", lang, name=future.name)
    parent = say("futures.unchanged_run", lang) if future.parent == UNCHANGED else future.parent
    week = told_week(futures.trunk.spec, future.week, lang)
    described = future.described(lang)
    return say("futures.page.branch", lang, name=future.name, parent=parent, week=week, changes=described)


def _grid(futures: Futures, lang: str) -> Grid:
    before = futures.unchanged.ends
    shown = [name for name in SHOWN if name in before]
    runs = [one for one in futures.futures if one.changes]
    head = [say("futures.page.metric", lang), say("futures.unchanged", lang), *(one.name for one in runs)]
    return Grid(head, [_row(runs, name, before[name], lang) for name in shown])


def _row(runs: Sequence[Future], name: str, before: float, lang: str) -> list[str]:
    digits = places(name)
    cells = [
        say(
            "futures.page.cell",
            lang,
            value=decimals(one.ends[name], digits),
            difference=signed(one.ends[name] - before, digits),
        )
        for one in runs
    ]
    return [capital(labels.metric(name, lang)), decimals(before, digits), *cells]
