"""Put the report's parts together in its template; everything that comes from a scenario is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simulation.drawing.pages import address, render, source, trusted
from simulation.text import say

if TYPE_CHECKING:
    from simulation.experiments.fans import Fan
    from simulation.results import RunResult


def page(
    result: RunResult,
    lang: str,
    switch_off: Mapping[str, float] | None = None,
    shown: Sequence[Mapping[str, str]] | None = None,
    fan: Fan | None = None,
) -> str:
    """Return the report's HTML, with the pictures ``shown``, or, without them, with all of this run, drawn here."""
    from simulation.figures.names import Names, caption, scenario_title
    from simulation.report import under_seeds
    from simulation.report.frames import frames_json
    from simulation.report.words import Words

    names = Names(result, lang)
    words = Words(result, names, switch_off)
    drawn = pictures(result, lang, switch_off, fan) if shown is None else shown
    return render(
        "run.html",
        __package__,
        lang=lang,
        t=lambda key, **values: say(f"report.{key}", lang, **values),
        title=scenario_title(result, lang),
        caption=caption(result, lang),
        words=words,
        frames=trusted(frames_json(result, names)),
        pictures=[picture for picture in drawn if picture.get("name") != "fan"],
        fan=None if fan is None else {"intro": under_seeds.intro(fan, lang), "rows": under_seeds.rows(fan, lang)},
        fan_columns=under_seeds.COLUMNS,
        fan_pictures=[picture for picture in drawn if picture.get("name") == "fan"],
        script=trusted(source(__package__, "slider.js")),
    )


def pictures(
    result: RunResult, lang: str, switch_off: Mapping[str, float] | None, fan: Fan | None = None
) -> list[dict[str, str]]:
    """Return every picture of one run as a data address, with its title."""
    from simulation.figures import draw, figures, lacking

    shown = []
    for name, module in figures().items():
        if not lacking(module, result, fan=fan):
            figure = draw(name, result, lang, switch_off=switch_off, fan=fan)
            shown.append({"name": name, "title": say(module.TITLE, lang), "address": address(figure, {})})
    return shown
