"""The model written a second time, from the ODD + D protocol alone.

It repeats names and numbers of the program on purpose: what it shared with it, it could not check.
"""

from __future__ import annotations

from .birth import build
from .metrics import History, measure
from .week import step
from .world import World

__all__ = ["History", "World", "build", "measure", "step"]
