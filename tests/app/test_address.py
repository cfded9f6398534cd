"""Started for a network, the page prints, shows and shares an address that a phone in the room can open."""

from __future__ import annotations

import ipaddress
import re
import socket
import urllib.request
from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from harness import PATIENCE, Server, Tabs
from kit.languages import EACH
from playwright.sync_api import Browser, expect

from simulation.app import address
from simulation.app.address import is_local, own_addresses, qr_code, shared_address, web_address

expect.set_options(timeout=PATIENCE)


def test_a_page_for_this_machine_has_no_address_to_share() -> None:
    for host in ("127.0.0.1", "127.3.2.1", "localhost", "LOCALHOST", "::1"):
        assert is_local(host)
        assert shared_address(host, 8521) == ""


def test_a_name_or_an_address_of_a_network_is_shared_as_it_is() -> None:
    assert shared_address("classroom.local", 80) == "http://classroom.local:80/"
    assert shared_address("192.168.1.5", 8521) == "http://192.168.1.5:8521/"
    assert shared_address("fd00::5", 8521) == "http://[fd00::5]:8521/" == web_address("fd00::5", 8521)


def cards(*found: str) -> list[SimpleNamespace]:
    return [SimpleNamespace(ips=[SimpleNamespace(ip=ip, is_IPv4=True)]) for ip in found]


def test_everywhere_stands_for_the_address_that_leads_outward_and_never_for_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import ifaddr

    found = cards("127.0.0.1", "169.254.7.7", "8.8.4.4", "172.17.0.1", "192.168.1.5")
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: found)
    monkeypatch.setattr(address, "_outward", lambda: "192.168.1.5")
    assert own_addresses() == ["192.168.1.5", "172.17.0.1", "8.8.4.4"]
    for host in ("0.0.0.0", "::"):
        assert shared_address(host, 9) == "http://192.168.1.5:9/"
    monkeypatch.setattr(address, "_outward", lambda: "")  # no way out: a room without internet
    assert own_addresses()[0] == "172.17.0.1"
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: cards("127.0.0.1"))
    assert shared_address("0.0.0.0", 9) == ""


def test_finding_the_way_out_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    for name in ("send", "sendto", "sendall"):
        monkeypatch.setattr(socket.socket, name, lambda *_: sent.append("sent"), raising=False)
    ipaddress.ip_address(address._outward() or "127.0.0.1")
    assert sent == []


def test_the_code_is_a_picture_of_the_text_and_asks_no_other_address() -> None:
    one, two = qr_code("http://192.168.1.5:8521/", "A <code>"), qr_code("http://192.168.1.6:8521/", "A <code>")
    assert one != two
    assert one.startswith('<svg role="img"')
    assert "&lt;code>" in one or "&lt;code&gt;" in one
    assert not re.search(r"href|url\(", one)


@pytest.fixture(scope="module")
def room(launch: Callable[..., Server]) -> Server:
    return launch("--host", "0.0.0.0")


def test_the_command_prints_the_rooms_address_and_it_opens(room: Server) -> None:
    if not own_addresses():
        assert shared_address("0.0.0.0", 1) == ""
        return
    assert room.process.stdout is not None
    said = room.process.stdout.readline()
    found = re.search(r"http://\S+", said)
    assert found
    assert urlsplit(found.group()).hostname == own_addresses()[0]
    with urllib.request.urlopen(found.group(), timeout=60) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("lang", EACH)
def test_the_page_shows_and_shares_the_rooms_address_even_to_who_opened_it_locally(
    browser: Browser, room: Server, lang: str
) -> None:
    tabs = Tabs(browser, room)
    page = tabs.open(f"?scenario=classroom&week=5&lang={lang}")
    page.click("[data-test=join]")
    dialog = page.locator(".q-dialog .dialog")
    expect(dialog).to_contain_text("Join from your phone" if lang == "en" else "用手机加入")
    port = urlsplit(room.address).port
    if not own_addresses():  # a machine in no network
        expect(dialog.locator("[data-test=qr]")).to_have_count(0)
        return
    place = f"http://{own_addresses()[0]}:{port}/"
    expect(dialog.locator("[data-test=address]")).to_have_text(place)
    expect(dialog.locator("[data-test=qr] svg")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.click("[data-test=share]")
    expect(page.locator("[data-test=link]")).to_have_value(re.compile(re.escape(place)))
    link = page.locator("[data-test=link]").input_value()
    assert "week=5" in link
    expect(page.locator("[data-test=link-qr] svg")).to_be_visible()
    tabs.close()
    assert tabs.foreign == []
    assert tabs.complaints == []


def test_a_page_for_this_machine_says_how_phones_can_join(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=5")
    page.click("[data-test=join]")
    expect(page.locator(".q-dialog .dialog")).to_contain_text("wushi app --host 0.0.0.0")
    expect(page.locator("[data-test=qr]")).to_have_count(0)
    page.keyboard.press("Escape")
    page.click("[data-test=share]")
    expect(page.locator("[data-test=link]")).to_have_value(re.compile(re.escape(tabs.server.address)))
    expect(page.locator("[data-test=link-qr] svg")).to_have_count(0)
