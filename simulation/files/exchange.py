"""Two folders exchange names in one step, where the system can do that, so that both names exist at every moment."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD of Linux; paths are made absolute anyway
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2) and RENAME_SWAP of macOS's renamex_np(2)
_UNKNOWN = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}


def exchange(one: Path, other: Path) -> bool:
    """Let two paths on one file system exchange places in one step.

    Returns
    -------
    bool
        False where the system or the file system cannot: Windows, network and some FUSE file systems, old kernels.

    Raises
    ------
    OSError
        When the system can, but the exchange failed: one of the two is missing, or may not be renamed.
    """
    names = [os.fsencode(path.absolute()) for path in (one, other)]
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            failed = library.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE)
        elif sys.platform == "darwin":
            failed = library.renamex_np(names[0], names[1], _EXCHANGE)
        else:
            return False
    except (OSError, TypeError, AttributeError):
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), str(other))
