"""The guard of the page accepts this machine's own requests and refuses all others."""

from __future__ import annotations

import pytest

from simulation.app.guard import allowed_fetch, allowed_host, allowed_origin


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


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_a_foreign_page_may_lead_here_and_may_load_nothing(site: str) -> None:
    assert allowed_fetch(site, "navigate", "document")
    for mode, destination in [
        ("no-cors", "image"),
        ("no-cors", "script"),
        ("no-cors", "empty"),
        ("cors", "empty"),
        ("navigate", "iframe"),
        ("navigate", "object"),
        ("websocket", "websocket"),
        (None, None),
        ("navigate", None),
    ]:
        assert not allowed_fetch(site, mode, destination)


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_the_page_itself_and_a_typed_address_may_load_everything(site: str | None) -> None:
    assert allowed_fetch(site, "no-cors", "image")
    assert allowed_fetch(site, None, None)
