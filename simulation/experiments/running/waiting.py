"""Patience: a wait for others is said after ten seconds and ends after a stated limit."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable

from simulation.drawing.numbers import duration
from simulation.files.errors import InputError
from simulation.text import language
from simulation.text.told import in_language, told

SAID_AFTER = 10.0
"""Seconds after which a wait is said."""
VARIABLE = "WUSHI_WAIT"
"""Environment variable that sets the limit of every wait, in seconds."""
LIMIT = 300.0
"""Seconds after which a wait ends, unless the variable says otherwise."""


class Patience:
    """Keeps the time of waits for others: workers that do not come, a store that another program holds.

    Parameters
    ----------
    lang : {'en', 'zh'}, optional
        Language of what is said; by default that of the environment.
    limit : float, optional
        Seconds after which a wait ends; by default those of ``WUSHI_WAIT``, else 300.
    tell : callable, optional
        Gets the sentence that says that something waits; by default it is printed to standard error.

    Raises
    ------
    InputError
        When the limit is no positive number.
    """

    def __init__(
        self, lang: str | None = None, limit: float | None = None, tell: Callable[[str], object] | None = None
    ) -> None:
        self.lang = lang or language()
        self.limit = checked_limit(limit)
        self._tell = tell or (lambda words: print(words, file=sys.stderr, flush=True))
        self._since: dict[str, float] = {}
        self._said: set[str] = set()

    def still(self, what: str, end: type[Exception], **values: object) -> None:
        """Note that something still waits: say so once after ten seconds, and raise ``end`` at the limit.

        Parameters
        ----------
        what : str
            Kind of wait: the label ``experiments.wait.<what>`` describes it.
        end : type of exception
            The error that ends the wait.
        **values
            For the label's placeholders.
        """
        waited = time.monotonic() - self._since.setdefault(what, time.monotonic())
        words = told(f"experiments.wait.{what}", **values)
        if waited >= self.limit:
            self.over(what)
            raise end(told("experiments.wait.end", what=words, limit=duration(self.limit)))
        if waited >= SAID_AFTER and what not in self._said:
            self._said.add(what)
            left = duration(self.limit - waited)
            self.tell(told("experiments.wait.said", what=words, left=left, variable=VARIABLE))

    def remark(self, what: str, after: float) -> None:
        """Note that something goes on, which has no limit: say so once when it has lasted longer than ``after`` s."""
        lasted = time.monotonic() - self._since.setdefault(what, time.monotonic())
        if lasted >= after and what not in self._said:
            self._said.add(what)
            self.tell(told(f"experiments.wait.{what}", lasted=duration(lasted)))

    def tell(self, words: str) -> None:
        """Say something, in the reader's language if it knows itself in several."""
        self._tell(in_language(words, self.lang))

    def over(self, what: str) -> None:
        """Note that a wait has ended: the next one of its kind is timed anew."""
        self._since.pop(what, None)
        self._said.discard(what)


def checked_limit(limit: float | str | None = None) -> float:
    """Return a limit of waits in seconds: the given one, else that of the environment, else the default.

    Raises
    ------
    InputError
        When it is no positive finite number.
    """
    given = os.environ.get(VARIABLE) if limit is None else limit
    if given is None or given == "":
        return LIMIT
    try:
        seconds = float(given)
    except (TypeError, ValueError):
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise InputError(told("error.wait.limit"), key=VARIABLE, given=given, allowed=told("error.wait.limit.allowed"))
    return seconds
