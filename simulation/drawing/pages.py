"""HTML pages that open anywhere, offline: one layout, one stylesheet, pictures inside, every name escaped."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from simulation.files.escaping import LAYOUT, visible
from simulation.text import say

FORMATS = ("png", "svg")
"""In which every picture is saved; a page takes the one that suits it."""
PICTURE = 400_000
"""Bytes above which a picture goes in as PNG, and then at a lower resolution until it fits."""
DOTS = 6_000_000
"""Most dots of such a PNG."""


def render(template: str, package: str = "simulation.drawing", **values: Any) -> str:
    """Return a page.

    Parameters
    ----------
    template : str
        A template of ``package``; it extends ``layout.html`` of this room's ``templates``.
    package : str
        The package whose folder holds the template.
    values
        What the template asks for, at least ``lang`` ('en' or 'zh') and ``title``. Texts are escaped, and signs that
        would not be seen stand as their codes; only `trusted` ones stay as they are.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _source(package, name)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
    )
    environment.filters["marked"] = marked
    environment.globals["stylesheet"] = lambda: trusted(source("simulation.drawing", "templates/page.css"))
    environment.globals["sideways"] = _sideways(values["lang"])
    return environment.get_template(template).render(**values)


def _sideways(lang: str) -> Any:
    """Return the attributes of a box that scrolls sideways, by the keyboard too."""
    from markupsafe import escape

    return trusted(f'class="wide" tabindex="0" role="group" aria-label="{escape(say("page.sideways", lang))}"')


def _seen(value: object) -> object:
    return visible(value, LAYOUT) if type(value) is str else value  # `trusted` texts are of another type


def _source(package: str, name: str) -> str:
    shared = resources.files("simulation.drawing") / "templates" / name
    return shared.read_text(encoding="utf-8") if shared.is_file() else source(package, name)


def source(package: str, name: str) -> str:
    """Return a text file of a package, by its path there."""
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")


def trusted(text: str) -> Any:
    """Return a text that goes into a page as it is: a script or style of ours, JSON that is safe already."""
    from markupsafe import Markup

    return Markup(text)


def marked(text: object) -> Any:
    """Return a text escaped, with `code` between backticks shown as code."""
    from markupsafe import Markup, escape

    pieces = visible(str(text), LAYOUT).split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces)
    )


def files_of(stem: Path) -> dict[str, Path]:
    """Return the files of a picture saved under a stem, as far as there are any: format to path."""
    files = {kind: stem.with_name(f"{stem.name}.{kind}") for kind in FORMATS}
    return {kind: file for kind, file in files.items() if file.is_file()}


def address(figure: Any, files: Mapping[str, Path]) -> str:
    """Return a picture as a data address: its SVG, or, where there is none or it is large, its PNG.

    Parameters
    ----------
    figure : Figure, optional
        The picture; drawn here where no file will do.
    files : mapping
        Format to file, as `files_of` returns them.
    """
    kind = "png" if "png" in files and "svg" not in files else "svg"
    content = files[kind].read_bytes() if kind in files else _saved(figure, format=kind)
    if kind == "svg" and len(content) > PICTURE and "png" in files:
        kind, content = "png", files["png"].read_bytes()
    resolution = 0 if figure is None else _resolution(*figure.get_size_inches())
    while len(content) > PICTURE and figure is not None:
        kind, content = "png", _saved(figure, format="png", dpi=resolution)
        resolution = resolution * 3 // 4
    name = {"svg": "svg+xml"}.get(kind, kind)
    return f"data:image/{name};base64,{base64.b64encode(content).decode('ascii')}"


def _resolution(width: float, height: float) -> int:
    """Return how many dots per inch a picture of so many inches gets: fewer for a very large one."""
    return int(min(160, (DOTS / (width * height)) ** 0.5))


def _saved(figure: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, **options)
    return buffer.getvalue()
