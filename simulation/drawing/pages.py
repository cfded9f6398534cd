"""HTML pages that open anywhere, offline: one layout, one stylesheet, pictures inside, every name escaped."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

FORMATS = ("png", "svg")
"""In which every picture is saved; a page takes the one that suits it."""
PICTURE = 400_000
"""Bytes above which a picture goes in as PNG, and then at a lower resolution until it fits."""


def render(template: str, package: str = "simulation.drawing", **values: Any) -> str:
    """Return a page.

    Parameters
    ----------
    template : str
        A template of ``package``; it extends ``layout.html`` of this room's ``templates``.
    package : str
        The package whose folder holds the template.
    values
        What the template asks for, at least ``lang`` ('en' or 'zh') and ``title``. Texts are escaped; only `trusted`
        ones are not.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _source(package, name)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["marked"] = marked
    environment.globals["stylesheet"] = lambda: trusted(source("simulation.drawing", "templates/page.css"))
    return environment.get_template(template).render(**values)


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

    pieces = str(text).split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces)
    )


def files_of(stem: Path) -> dict[str, Path]:
    """Return the files of a picture saved under a stem: format to path."""
    return {kind: stem.with_name(f"{stem.name}.{kind}") for kind in FORMATS}


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
