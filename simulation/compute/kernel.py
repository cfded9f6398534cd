"""One decorator for everything that is compiled, and the reasons for its options."""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Callable
from types import CodeType, FunctionType, ModuleType
from typing import Any, cast, overload

import numba
import numpy as np
from numba import types
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.registry import CPUDispatcher

from simulation.text import language, say

COMPILING = os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}


@functools.cache
def _say_uncached() -> None:
    # Standard error, because standard output may be machine-readable.
    print(say("cli.error", language(), message=say("cli.uncached", language())), file=sys.stderr)


class MeaningCache(FunctionCache):
    """Compiled code on disk, kept as long as the kernel and all kernels that it calls mean the same.

    numba itself looks at the kernel's own file only: after an edit of one stage, kernels in other files that
    call it would go on with the old rule; and any edit of a file would discard all its kernels.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Load compiled code, if there is any of this meaning."""
        self._cache_file._source_stamp = meaning(self._py_func)
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # a damaged index, or one that names classes of an earlier version; pickle raises anything
            self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep compiled code under its meaning."""
        self._cache_file._source_stamp = meaning(self._py_func)
        super().save_overload(sig, data)


def meaning(function: Callable[..., Any]) -> str:
    """Return a fingerprint of a function's code, of the constants it reads and of all kernels that it calls."""
    content = hashlib.blake2b(digest_size=16)
    _gather(function, content, set())
    return content.hexdigest()


def _gather(function: Callable[..., Any], content: Any, known: set[Any]) -> None:
    if function in known:
        return
    known.add(function)
    code, there = function.__code__, function.__globals__
    constants = [value for value in code.co_consts if value != function.__doc__ and not isinstance(value, CodeType)]
    content.update(repr((function.__qualname__, constants, code.co_names, code.co_varnames)).encode() + code.co_code)
    named = [there[name] for name in code.co_names if name in there]
    within = [value for value in named if isinstance(value, ModuleType)]
    named += [getattr(module, name) for module in within for name in code.co_names if hasattr(module, name)]
    for value in named:
        if isinstance(getattr(value, "py_func", None), FunctionType):
            _gather(value.py_func, content, known)
        elif isinstance(value, FunctionType) and value.__module__.startswith("simulation."):
            _gather(value, content, known)
        elif isinstance(value, np.ndarray):
            content.update(value.tobytes())
        elif isinstance(value, (int, float, str, tuple, np.generic)):
            content.update(repr(value).encode())
        elif isinstance(value, type) and hasattr(value, "_fields"):
            content.update(repr(value._fields).encode())


class _Within(MeaningCache):
    """The cache of code that only other kernels call; in files of its own."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        name = f"{self._impl.filename_base}.within"
        self._cache_file = IndexDataCacheFile(self._cache_path, name, self._cache_file._source_stamp)


class _Kernel(CPUDispatcher):
    """A kernel as Python calls it; other kernels call the same lines compiled without a way in from Python.

    That way in takes some two hundred arrays out of their tuples. It is most of a kernel's machine code, and few
    kernels need it.
    """

    @functools.cached_property
    def within(self) -> CPUDispatcher:
        """The dispatcher that other kernels call: the same lines, without a way in from Python."""
        # A function of its own, so that a kernel that calls itself is told from the one that it is part of.
        own: Any = self
        function = _copied(own.py_func)
        made: Any = CPUDispatcher(function, targetoptions={**own.targetoptions, "no_cpython_wrapper": True})
        if isinstance(own._cache, MeaningCache):
            made._cache = _Within(function)
        return cast("CPUDispatcher", made)

    @property
    def _numba_type_(self) -> types.Dispatcher:
        return types.Dispatcher(self.within)  # type: ignore[arg-type]  # numba’s stub takes the property for a function


def _copied(function: FunctionType) -> FunctionType:
    made = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    made.__kwdefaults__, made.__qualname__, made.__module__ = (
        function.__kwdefaults__,
        function.__qualname__,
        function.__module__,
    )
    return made


def _compiled(function: Callable[..., Any], settings: dict[str, Any], *, cached: bool) -> Callable[..., Any]:
    settings = {**settings, "no_cfunc_wrapper": True}
    compiled = numba.njit(**settings)(function)
    compiled.__class__ = _Kernel
    if cached:
        compiled._cache = MeaningCache(function)
    return compiled


def plain[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Return what a kernel compiles: the same lines, run by Python."""
    return getattr(function, "py_func", function)


@overload
def kernel[**P, R](function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def kernel[**P, R](*, inline: str = ..., parallel: bool = ...) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def kernel(function: Callable[..., Any] | None = None, /, **options: Any) -> Callable[..., Any]:
    """Compile a function of arrays with numba, cached on disk where a folder can be written.

    Division follows numpy (no exception inside a kernel), and no rounding is traded for speed: results equal the
    plain-Python meaning of the same lines, in the same order.
    """
    if function is None:
        return functools.partial(kernel, **options)
    settings = {"error_model": "numpy", "nogil": True, **options}
    if not COMPILING:
        return function
    try:
        return _compiled(function, settings, cached=True)
    except RuntimeError as problem:  # numba's word for "no locator": neither package nor home can be written
        if "cache" not in str(problem):
            raise
        _say_uncached()
        return _compiled(function, settings, cached=False)
