"""Put the report's parts together in its template; everything that comes from a scenario is escaped."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.text import say

if TYPE_CHECKING:
    from simulation.results import RunResult

PICTURE = 400_000
"""Bytes above which a picture goes in as PNG, and then at a lower resolution until it fits."""


def page(result: RunResult, lang: str, switch_off: Mapping[str, float] | None = None, drawn: Path | None = None) -> str:
    """Return the report's HTML; pictures already saved in the folder ``drawn`` are taken from there."""
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
        pictures=pictures(result, lang, switch_off, drawn),
        style=Markup(_source("page.css")),
        script=Markup(_source("slider.js")),
    )


def _source(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


def pictures(
    result: RunResult, lang: str, switch_off: Mapping[str, float] | None, drawn: Path | None = None
) -> list[dict[str, str]]:
    """Return every picture of one run as a data address, with its title."""
    from simulation.figures import draw, figures

    shown = []
    for name, module in figures().items():
        if "other" in getattr(module, "NEEDS", ()):
            continue
        figure = None if drawn is not None else draw(name, result, lang, switch_off=switch_off)
        shown.append({"title": say(module.TITLE, lang), "address": address(figure, _files(drawn, module, name))})
    return shown


def _files(drawn: Path | None, module: Any, name: str) -> dict[str, Path]:
    if drawn is None:
        return {}
    stem = f"{module.NUMBER}-{name.replace('_', '-')}"
    return {kind: drawn / f"{stem}.{kind}" for kind in ("svg", "png")}


def address(figure: Any, files: Mapping[str, Path]) -> str:
    """Return a picture as a data address: the SVG and PNG files, or, without any, the figure drawn here."""
    content, kind = _content(figure, files, "svg"), "svg+xml"
    resolution = 160
    while len(content) > PICTURE:
        content, kind = _content(figure, files, "png", dpi=resolution), "png"
        if files:
            break
        resolution = resolution * 3 // 4
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _content(figure: Any, files: Mapping[str, Path], kind: str, **options: Any) -> bytes:
    return files[kind].read_bytes() if files else _saved(figure, format=kind, **options)


def _saved(figure: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, **options)
    return buffer.getvalue()
