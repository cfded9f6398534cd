"""One decorator for everything that is compiled, and the reasons for its options."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

import numba


@functools.cache
def _say_uncached() -> None:
    print(  # standard error, because standard output may be machine-readable
        "wushi: no writable folder for compiled code (set NUMBA_CACHE_DIR to one); compiling anew in every process",
        file=sys.stderr,
    )


def kernel(function: Callable[..., Any] | None = None, /, **options: Any) -> Callable[..., Any]:
    """Compile a function of arrays with numba, cached on disk where a folder can be written.

    Division follows numpy (no exception inside a kernel), and no rounding is traded for speed: results equal the
    plain-Python meaning of the same lines, in the same order.
    """
    if function is None:
        return functools.partial(kernel, **options)
    settings = {"error_model": "numpy", "nogil": True, **options}
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}:
        return function
    try:
        return numba.njit(cache=True, **settings)(function)
    except RuntimeError as problem:  # numba's word for "no locator": neither package nor home can be written
        if "cache" not in str(problem):
            raise
        _say_uncached()
        return numba.njit(**settings)(function)
