"""Put the report's parts together in its template; everything that comes from a scenario is escaped."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from simulation.text import say

if TYPE_CHECKING:
    from simulation.results import RunResult

PICTURE = 400_000
"""Bytes above which a picture goes in as PNG, and then at a lower resolution until it fits."""


def page(result: RunResult, lang: str, switch_off: Mapping[str, float] | None = None) -> str:
    """Return the report's HTML."""
    import jinja2
    from markupsafe import Markup

    from simulation.figures.names import Names, caption, scenario_title
    from simulation.report.frames import frames_json
    from simulation.report.words import Words

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    names = Names(result, lang)
    words = Words(result, names, switch_off)
    return environment.get_template("page.html").render(
        lang=lang,
        t=lambda key, **values: say(f"report.{key}", lang, **values),
        title=scenario_title(result, lang),
        caption=caption(result, lang),
        words=words,
        frames=Markup(frames_json(result, names)),
        pictures=pictures(result, lang, switch_off),
        style=Markup(_source("page.css")),
        script=Markup(_source("slider.js")),
    )


def _source(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


def pictures(result: RunResult, lang: str, switch_off: Mapping[str, float] | None) -> list[dict[str, str]]:
    """Return every picture of one run as a data address, with its title."""
    from simulation.figures import draw, figures

    drawn = []
    for name, module in figures().items():
        if "other" not in getattr(module, "NEEDS", ()):
            figure = draw(name, result, lang, switch_off=switch_off)
            drawn.append({"title": say(module.TITLE, lang), "address": _address(figure)})
    return drawn


def _address(figure: Any) -> str:
    content, kind = _saved(figure, format="svg"), "svg+xml"
    resolution = 160
    while len(content) > PICTURE:
        content, kind = _saved(figure, format="png", dpi=resolution), "png"
        resolution = resolution * 3 // 4
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _saved(figure: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, **options)
    return buffer.getvalue()
