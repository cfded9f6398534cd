"""The model written a second time, from the ODD + D protocol alone."""

from __future__ import annotations

from .birth import build
from .metrics import History, measure
from .week import step
from .world import World

__all__ = ["History", "World", "build", "measure", "step"]
