"""Where the page may listen: a check that says what is wrong before the server begins."""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
import sys

from simulation.scenario import InputError
from simulation.text import say
from simulation.text.told import told

#: A machine's name; one whose last part begins with a digit would be read as a number, and 0 listens everywhere.
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,62})\.)*[a-z_][a-z0-9_-]{0,62}", re.IGNORECASE)


def check_address(host: str, port: int, lang: str) -> None:
    """Raise InputError unless the page can listen there.

    Parameters
    ----------
    host : str
        An address or name of this machine; an empty one would mean every address, which must be asked for by name.
    port : int
        1 to 65535, and in use by nobody.
    lang : str
        Language of the reason, ``en`` or ``zh``.
    """
    if not 1 <= port <= 65_535:
        raise InputError(told("error.page.port"), key="--port", given=port, allowed=told("error.page.port.allowed"))
    if not _is_address(host) and not _NAME.fullmatch(host):
        raise _no_host(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (socket.gaierror, UnicodeError):
            raise _no_host(host) from None
        except OSError as problem:
            if problem.errno == errno.EADDRNOTAVAIL:
                raise _no_host(host) from None
            taken = problem.errno == errno.EADDRINUSE
            reason = say("app.port_taken", lang) if taken else str(problem.strerror or problem)
            raise InputError(reason, key="--port", given=f"{host}:{port}") from None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _no_host(host: str) -> InputError:
    return InputError(told("error.page.host"), key="--host", given=host, allowed=told("error.page.host.allowed"))
