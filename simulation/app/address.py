"""The address under which others in the room open the page, and the picture of it that phones read."""

from __future__ import annotations

import contextlib
import ipaddress
import socket

#: Names and addresses that only this machine itself can open.
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
#: Addresses to listen on that stand for all of the machine's own, and can be opened by nobody.
EVERYWHERE = frozenset({"0.0.0.0", "::"})


def web_address(host: str, port: int) -> str:
    """Return the address of a page: ``http://host:port/``, with brackets where the host holds colons."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def shared_address(host: str, port: int) -> str:
    """Return the address that others on the network can open; empty where only this machine can.

    Parameters
    ----------
    host, port : str, int
        Where the page listens.
    """
    if host in EVERYWHERE:
        own = own_addresses()
        return web_address(own[0], port) if own else ""
    return "" if is_local(host) else web_address(host, port)


def is_local(host: str) -> bool:
    """Tell whether a name or address stands for the machine itself, on that machine only."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host.lower() in LOCAL


def own_addresses() -> list[str]:
    """Return the IPv4 addresses of this machine on its networks, the one that it would use for others first."""
    import ifaddr

    found = [str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    known = [ipaddress.ip_address(ip) for ip in found]
    usable = [ip for ip in known if not (ip.is_loopback or ip.is_link_local)]
    first = _outward()
    return [str(ip) for ip in sorted(usable, key=lambda ip: (str(ip) != first, not ip.is_private))]


def _outward() -> str:
    """Return the address from which this machine would reach another network; no packet is sent."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # reserved for documentation
        return str(probe.getsockname()[0])
    return ""


def qr_code(text: str, label: str) -> str:
    """Return a QR code of a text as SVG, made on this machine.

    Parameters
    ----------
    text : str
        Usually an address.
    label : str
        Said in place of the picture by screen readers.
    """
    import segno

    made = segno.make(text, error="l", micro=False)
    svg = made.svg_inline(border=4, dark="#000000", light="#ffffff", omitsize=True, svgclass="qr", title=label)
    return str(svg).replace("<svg ", '<svg role="img" ', 1)
