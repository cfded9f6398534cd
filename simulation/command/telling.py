"""Lines on the terminal that hold a user's words: they are shown, and control nothing."""

from __future__ import annotations

import typer

from simulation.files.escaping import LAYOUT, visible


def tell(text: str, *, err: bool = False) -> None:
    """Print a text of ours; signs of it that would not be seen stand as their codes.

    Parameters
    ----------
    text : str
        One line or several.
    err : bool
        True for standard error.
    """
    typer.echo(visible(text, LAYOUT), err=err)
