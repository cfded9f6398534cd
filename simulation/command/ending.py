"""The end of a run of the program: exit code and one message, whatever happened, and checks before it begins."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import typer

from simulation.command.options import LANG
from simulation.command.telling import tell
from simulation.command.usage import advice, refusal
from simulation.drawing.numbers import significant
from simulation.files.errors import InputError
from simulation.files.escaping import visible
from simulation.text import say

DONE, FAULT, WRONG, INTERRUPTED = 0, 1, 2, 130
#: More threads than this per core only take memory; numba would begin them all.
MOST_THREADS = 16
#: Columns that a table needs at least.
NARROWEST = 20
#: Bytes of address space without which the libraries cannot be loaded, and with which every run fits.
LEAST_MEMORY, ENOUGH_MEMORY = 1_000_000_000, 8_000_000_000

_FAULTS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.ENOMEM: "memory",
    errno.EMFILE: "files",
    errno.ENFILE: "files",
}
#: A path that the user gave cannot be one.
_PATHS = {errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.EISDIR}
#: Words by which a library says that it could not be loaded into the memory that there is.
_UNLOADED = ("failed to map segment", "cannot allocate memory", "find/load shared object")


class Fault(Exception):  # noqa: N818 - the machine's, not the program's
    """The machine or its settings do not allow the run; the command ends with exit code 1 and the message."""


def check_surroundings() -> None:
    """Raise Fault where the working folder is gone, or a setting of the environment cannot be used."""
    try:
        Path.cwd()
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

    if (space := _address_space()) is not None and space < LEAST_MEMORY:
        raise Fault(_too_little(space))


def _address_space() -> int | None:
    """Return the bytes that this session lets a program have (``ulimit -v``); None without a limit."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def _too_little(space: int) -> str:
    return say("cli.fault.limit", LANG, size=significant(space / 1e9, 2))


def _setting(name: str, given: str, allowed: str) -> str:
    return say("cli.fault.setting", LANG, name=name, given=given[:80], allowed=allowed)


def prepare_streams() -> None:
    """Make standard output and standard error usable, whatever the caller has left of them."""
    columns = os.environ.get("COLUMNS", "")
    if columns and not (columns.isdecimal() and int(columns[:9]) >= NARROWEST):
        del os.environ["COLUMNS"]  # some shells say 0, and no table fits that
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # the caller has closed it
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end
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
    space = _address_space()
    if isinstance(problem, KeyboardInterrupt) and space is not None and _numpy_half_loaded():
        problem = Fault(_too_little(space))  # OpenBLAS interrupts its own program when it gets no memory
    if isinstance(problem, KeyboardInterrupt):
        tell(say("cli.interrupted", LANG), err=True)
        return INTERRUPTED
    if isinstance(problem, typer.Abort):
        return INTERRUPTED
    show, code = getattr(problem, "show", None), getattr(problem, "exit_code", None)
    if show is not None and code is not None:
        refused = refusal(problem)
        if refused is None:  # such as help, for a command without words
            show()
        else:
            tell(say("cli.error", LANG, message=refused.message), err=True)
            tell(say("cli.try_help", LANG, command=advice(problem) or "wushi -h"), err=True)
        return int(code)
    if isinstance(problem, BrokenPipeError):  # the reader, such as `head`, has seen enough
        return FAULT
    told = _fault(problem)
    if told is None:
        raise problem
    tell(say("cli.error", LANG, message=told), err=True)
    return WRONG if isinstance(problem, OSError) and problem.errno in _PATHS else FAULT


def _numpy_half_loaded() -> bool:
    return "numpy" in sys.modules and not hasattr(sys.modules["numpy"], "ndarray")


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
    # Libraries that get no memory fail in many ways, a few of them without a word.
    if isinstance(problem, (ImportError, SystemError, OSError, RuntimeError)):
        space = _address_space()
        return None if space is None or space > ENOUGH_MEMORY else _too_little(space)
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
