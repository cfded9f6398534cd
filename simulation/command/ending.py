"""The end of a run of the program: exit code and one message, whatever happened, and checks before it begins."""

from __future__ import annotations

import errno
import os
import sys

import typer

from simulation.command.options import LANG
from simulation.command.telling import tell
from simulation.files.errors import InputError
from simulation.files.escaping import visible
from simulation.text import say

DONE, FAULT, WRONG, INTERRUPTED = 0, 1, 2, 130
#: More threads than this per core only take memory; numba would begin them all.
MOST_THREADS = 16

_FAULTS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.ENOMEM: "memory",
    errno.EMFILE: "files",
    errno.ENFILE: "files",
}
#: Words by which a library says that it could not be loaded into the memory that there is.
_UNLOADED = ("failed to map segment", "cannot allocate memory", "find/load shared object")


class Fault(Exception):  # noqa: N818 - the machine's, not the program's
    """The machine or its settings do not allow the run; the command ends with exit code 1 and the message."""


def check_surroundings() -> None:
    """Raise Fault where the working folder is gone, or a setting of the environment cannot be used."""
    try:
        os.getcwd()
    except OSError:
        raise Fault(say("cli.fault.folder", LANG)) from None
    most = MOST_THREADS * (os.cpu_count() or 1)
    given = os.environ.get("NUMBA_NUM_THREADS", "")
    if given and not (given.isascii() and given.isdecimal() and len(given) < 9 and 1 <= int(given) <= most):
        raise Fault(_setting("NUMBA_NUM_THREADS", given, f"1 – {most}"))
    layers = ("default", "safe", "forksafe", "threadsafe", "tbb", "omp", "workqueue")
    layer = os.environ.get("NUMBA_THREADING_LAYER", "")
    if layer and layer.lower() not in layers:
        raise Fault(_setting("NUMBA_THREADING_LAYER", layer, ", ".join(layers)))


def _setting(name: str, given: str, allowed: str) -> str:
    return say("cli.fault.setting", LANG, name=name, given=given[:80], allowed=allowed)


def prepare_streams() -> None:
    """Make standard output and standard error usable, whatever the caller has left of them."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # the caller has closed it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - lives as long as the program
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console without Chinese shows '?' instead of failing


def flush() -> None:
    """Write out what was printed, while an error of it can still be told."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def code_of(problem: BaseException) -> int:
    """Say in one message how the run ended, and return the exit code; an error of the program itself is raised.

    Returns
    -------
    int
        2 the user's input is wrong, 1 the machine did not allow it, 130 interrupted.
    """
    if isinstance(problem, InputError):
        tell(say("cli.error", LANG, message=problem.message), err=True)
        return WRONG
    if isinstance(problem, KeyboardInterrupt):
        tell(say("cli.interrupted", LANG), err=True)
        return INTERRUPTED
    if isinstance(problem, typer.Abort):
        return INTERRUPTED
    show, code = getattr(problem, "show", None), getattr(problem, "exit_code", None)
    if show is not None and code is not None:  # a usage error of the command line speaks for itself
        show()
        return int(code)
    if isinstance(problem, BrokenPipeError):  # the reader, such as `head`, has seen enough
        return FAULT
    told = _fault(problem)
    if told is None:
        raise problem
    tell(say("cli.error", LANG, message=told), err=True)
    return FAULT


def _fault(problem: BaseException) -> str | None:
    """Return what is wrong with the machine, or None where the program itself is to blame."""
    if isinstance(problem, Fault):
        return str(problem)
    if isinstance(problem, MemoryError) or any(words in str(problem).lower() for words in _UNLOADED):
        return say("cli.fault.memory", LANG)
    if isinstance(problem, OSError) and problem.errno is not None:
        file = f" ({visible(str(problem.filename))})" if problem.filename else ""
        if problem.errno in _FAULTS:
            return say(f"cli.fault.{_FAULTS[problem.errno]}", LANG) + file
        return say("cli.fault.system", LANG, reason=problem.strerror or problem) + file
    return None


def silence() -> None:
    """Throw away what could not be printed, so that Python does not complain of it once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
