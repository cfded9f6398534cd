"""Put the report's parts together in its template; everything that comes from a scenario is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simulation.drawing.pages import address, render, source, trusted
from simulation.text import say

if TYPE_CHECKING:
    from simulation.results import RunResult


def page(
    result: RunResult,
    lang: str,
    switch_off: Mapping[str, float] | None = None,
    shown: Sequence[Mapping[str, str]] | None = None,
) -> str:
    """Return the report's HTML, with the pictures ``shown``, or, without them, with all of this run, drawn here."""
    from simulation.figures.names import Names, caption, scenario_title
    from simulation.report.frames import frames_json
    from simulation.report.words import Words

    names = Names(result, lang)
    words = Words(result, names, switch_off)
    return render(
        "run.html",
        __package__,
        lang=lang,
        t=lambda key, **values: say(f"report.{key}", lang, **values),
        title=scenario_title(result, lang),
        caption=caption(result, lang),
        words=words,
        frames=trusted(frames_json(result, names)),
        pictures=pictures(result, lang, switch_off) if shown is None else shown,
        script=trusted(source(__package__, "slider.js")),
    )


def pictures(result: RunResult, lang: str, switch_off: Mapping[str, float] | None) -> list[dict[str, str]]:
    """Return every picture of one run as a data address, with its title."""
    from simulation.figures import draw, figures, lacking

    shown = []
    for name, module in figures().items():
        if not lacking(module, result):
            figure = draw(name, result, lang, switch_off=switch_off)
            shown.append({"title": say(module.TITLE, lang), "address": address(figure, {})})
    return shown
