"""One decorator for everything that is compiled, and the reasons for its options."""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

COMPILING = os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}


@functools.cache
def _say_uncached() -> None:
    print(  # standard error, because standard output may be machine-readable
        "wushi: no writable folder for compiled code (set NUMBA_CACHE_DIR to one); compiling anew in every process",
        file=sys.stderr,
    )


@functools.cache
def sources_stamp(folder: Path = Path(__file__).parent) -> tuple[str, int]:
    """Return a fingerprint of every file of a package that holds kernels.

    numba looks only at a kernel's own file, so that after an edit of a stage the kernels that call it would go on
    with the old rule.
    """
    content = hashlib.blake2b(digest_size=16)
    for file in sorted(folder.rglob("*.py")):
        text = file.read_bytes()
        if b"simulation.compiled import" in text:
            content.update(file.relative_to(folder).as_posix().encode() + b"\0" + text)
    return content.hexdigest(), 0


def _cached(function: Callable[..., Any], settings: dict[str, Any]) -> Callable[..., Any]:
    compiled = numba.njit(**settings)(function)
    compiled.enable_caching()
    file = getattr(compiled._cache, "_cache_file", None)
    if Path(function.__code__.co_filename).is_relative_to(Path(__file__).parent) and file is not None:
        file._source_stamp = sources_stamp()
    return compiled


def kernel(function: Callable[..., Any] | None = None, /, **options: Any) -> Callable[..., Any]:
    """Compile a function of arrays with numba, cached on disk where a folder can be written.

    Division follows numpy (no exception inside a kernel), and no rounding is traded for speed: results equal the
    plain-Python meaning of the same lines, in the same order.
    """
    if function is None:
        return functools.partial(kernel, **options)  # type: ignore[return-value]
    settings = {"error_model": "numpy", "nogil": True, **options}
    if not COMPILING:
        return function
    try:
        return _cached(function, settings)
    except RuntimeError as problem:  # numba's word for "no locator": neither package nor home can be written
        if "cache" not in str(problem):
            raise
        _say_uncached()
        return numba.njit(**settings)(function)
