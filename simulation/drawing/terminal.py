"""The terminal: texts of users are shown as they are, and control neither its colours nor its title."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from simulation.files.escaping import LAYOUT, visible


class Screen(Console):
    """Rich's console, for which a text is a text: brackets are no markup, colons no picture, codes no control."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a text as rich draws it."""
        return super().render_str(visible(text, LAYOUT), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the pieces of what is drawn; a text that came here ready-made is made visible too."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else visible(text, LAYOUT), style, control)


def screen(width: int | None = None, *, err: bool = False) -> Screen:
    """Return the console on standard output, or on standard error.

    Parameters
    ----------
    width : int, optional
        Columns of a file or a pipe; a terminal has its own.
    err : bool
        True for standard error.
    """
    stream = sys.stderr if err else sys.stdout
    columns = None if stream.isatty() else width
    return Screen(width=columns, stderr=err, markup=False, emoji=False, highlight=False)
