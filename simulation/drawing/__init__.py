"""Tools that all pictures and pages share: sheet, fonts, colours, lettering, numbers; documents and progress.

matplotlib refuses to be imported while ``MPLBACKEND`` names no backend of its own. Pictures here need none: so the
variable cannot stop them. A backend that matplotlib knows stays in force for the user's own figures.
"""

from __future__ import annotations

import contextlib
import os
import sys

_VARIABLE = "MPLBACKEND"
#: Backends of every matplotlib: with one of them it can be imported when a picture asks for it, and not before.
_SAFE = frozenset({"agg", "cairo", "nbagg", "pdf", "pgf", "ps", "qtagg", "svg", "template", "tkagg", "webagg"})


def _import_matplotlib(backend: str) -> None:
    """Import matplotlib as if the variable were not set, then choose the backend that it names, if there is one."""
    del os.environ[_VARIABLE]
    try:
        import matplotlib as mpl
    finally:
        os.environ[_VARIABLE] = backend
    with contextlib.suppress(ValueError):
        mpl.rcParams["backend"] = backend


def _may_stop_it(backend: str) -> bool:
    return bool(backend) and backend.lower() not in _SAFE and not backend.startswith("module://")


if "matplotlib" not in sys.modules and _may_stop_it(os.environ.get(_VARIABLE, "")):
    _import_matplotlib(os.environ[_VARIABLE])
