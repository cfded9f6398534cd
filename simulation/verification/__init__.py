"""Verification: checks that the program computes what the documentation describes.

Each file in this folder holds checks: public functions without arguments that return rows, found without being listed.
Files and functions that start with an underscore are helpers. A row compares a number that theory fixes with the number
that the running model gives.
"""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulation.text import say


@dataclass(frozen=True)
class Row:
    """One claim, tested.

    Attributes
    ----------
    key : str
        Name of the claim; its wording stands in the catalogue under ``verify.claim.<key>``.
    expected, got : float
        The value that the claim fixes, and the value that the model gives.
    tolerance : float
        Largest difference allowed, in the same unit; 0 where equality is exact.
    """

    key: str
    expected: float
    got: float
    tolerance: float = 0.0

    @property
    def passed(self) -> bool:
        """True if the difference is within the tolerance; False if the value is NaN."""
        return math.isfinite(self.got) and abs(self.got - self.expected) <= self.tolerance

    def claim(self, lang: str = "en") -> str:
        """Return the claim in words."""
        return say(f"verify.claim.{self.key}", lang)


Check = Callable[[], list[Row]]


def checks() -> list[Check]:
    """Return every check of this folder's files, by file and, within a file, in the order in which they are written."""
    found: list[Check] = []
    for entry in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        if entry.ispkg or entry.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{entry.name}")
        found += [
            function
            for name, function in inspect.getmembers_static(module, inspect.isfunction)
            if not name.startswith("_") and function.__module__ == module.__name__
            if not _asks(function)
        ]
    return sorted(found, key=lambda check: (check.__module__, check.__code__.co_firstlineno))


def _asks(function: Callable[..., object]) -> bool:
    """Tell whether a function has to be given something: then it is no check."""
    return any(one.default is one.empty for one in inspect.signature(function).parameters.values())


def verify(progress: Callable[[int, int], None] | None = None) -> Iterator[Row]:
    """Run all checks and yield their rows; ``progress`` gets the numbers of checks done and of all checks."""
    known = checks()
    for number, check in enumerate(known, start=1):
        yield from check()
        if progress is not None:
            progress(number, len(known))
