"""The guard of the page accepts this machine's own requests and refuses all others."""

from __future__ import annotations

import pytest

from simulation.app.guard import allowed_host, allowed_origin


@pytest.mark.parametrize("host", ["127.0.0.1:8521", "localhost", "LOCALHOST:1", "[::1]:8521"])
def test_this_machines_names_are_allowed(host: str) -> None:
    assert allowed_host(host, "127.0.0.1")


@pytest.mark.parametrize("host", ["", "evil.example", "localhost.evil.example", "192.168.1.7:8521", "[", "a:b:c"])
def test_other_names_are_not(host: str) -> None:
    assert not allowed_host(host, "127.0.0.1")


def test_bound_to_the_room_addresses_are_allowed_and_names_are_not() -> None:
    assert allowed_host("192.168.1.7:8521", "0.0.0.0")
    assert not allowed_host("evil.example:8521", "0.0.0.0")


def test_only_the_pages_own_origin_is_allowed() -> None:
    assert allowed_origin(None, "127.0.0.1:8521")
    assert allowed_origin("http://127.0.0.1:8521", "127.0.0.1:8521")
    for foreign in ("null", "http://evil.example", "http://127.0.0.1", "file://127.0.0.1:8521", "http://[", ""):
        assert not allowed_origin(foreign, "127.0.0.1:8521")
