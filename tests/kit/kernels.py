"""Kernels as the Python that they are written in, whether compiled or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def in_python(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that a kernel was compiled from; itself where nothing is compiled."""
    return getattr(kernel, "py_func", kernel)
