"""The server ends on a signal, answers no foreign address, and serves nothing but the page."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from harness import Server, Tabs, free_port
from playwright.sync_api import Browser, expect
from shown import finish

from simulation import InputError
from simulation.app import listening, server
from simulation.app.library import MOST_CITIZENS
from simulation.app.listening import check_address


def ask(server: Server, path: str = "/", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport="
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8521", "127.0.0.1.evil.example", "", "10.0.0.8"])
def test_a_foreign_host_header_is_refused(server: Server, host: str) -> None:
    assert ask(server, Host=host).status in (400, 403)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://localhost:1"])
def test_a_socket_that_another_site_opens_is_refused(server: Server, origin: str) -> None:
    assert ask(server, f"{SOCKET}polling", Origin=origin).status == 403
    assert ask(server, f"{SOCKET}websocket", Origin=origin, **UPGRADE).status == 403


HEAVY = '/?scenario=guangdong&week=520&set=structure.citizens="all"'.replace('"', "%22")
PICTURE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
VISIT = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def test_another_site_can_lead_to_the_page_and_cannot_load_it_as_a_picture(server: Server) -> None:
    assert ask(server, HEAVY, **PICTURE).status == 403
    assert ask(server, HEAVY, **{**PICTURE, "Sec-Fetch-Site": "same-site"}).status == 403
    assert ask(server, HEAVY, **{**VISIT, "Sec-Fetch-Dest": "iframe"}).status == 403
    assert ask(server, HEAVY, **VISIT).status == 200


def test_the_answer_to_a_link_holds_no_run(server: Server) -> None:
    with urllib.request.urlopen(f"{server.address}{HEAVY}") as answer:
        text = answer.read().decode()
    assert 'data-test":"opening' in text.replace("&#34;", '"').replace(" ", "")
    assert "data-metric" not in text


def test_a_link_of_more_values_than_anybody_has_is_answered(server: Server) -> None:
    assert ask(server, "/?" + "&".join(["set=a"] * 201)).status == 200
    assert ask(server, "/?" + "&".join(["set=plan.kind%3D" + "[" * 3000] * 2)).status == 200


def test_a_link_for_everybody_is_shown_with_fewer_and_says_so_while_another_tab_plays(tabs: Tabs) -> None:
    playing = tabs.open("?scenario=classroom")
    playing.click("[data-test=play]")
    heavy = tabs.open(HEAVY.removeprefix("/"))
    expect(heavy.locator(".q-notification")).to_contain_text(f"{MOST_CITIZENS:,}")
    expect(playing.locator("[data-test=play]")).to_contain_text("Pause")
    week = playing.evaluate("document.querySelector('[data-test=week]')?.textContent")
    playing.wait_for_function("old => document.querySelector('[data-test=week]')?.textContent !== old", arg=week)


def test_the_pages_own_address_is_answered(server: Server) -> None:
    assert ask(server, f"{SOCKET}polling", Origin=server.address).status == 200
    answer = ask(server)
    assert answer.status == 200
    assert "connect-src 'self'" in (answer.getheader("Content-Security-Policy") or "")


@pytest.mark.parametrize(
    "path", ["/pyproject.toml", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/scenarios/zhaoqing.toml", "/docs"]
)
def test_no_other_file_is_served(server: Server, path: str) -> None:
    assert ask(server, path).status == 404


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.thorough)])
def test_it_ends_well_when_told_to_with_a_page_open(
    launch: Callable[..., Server], browser: Browser, number: int
) -> None:
    own = launch()
    tabs = Tabs(browser, own)
    page = tabs.open()
    page.click("[data-test=play]")
    expect(page.locator("[data-test=play]")).to_contain_text("Pause")
    assert own.stop(number) == 0
    tabs.close()


def test_a_port_in_use_is_said_in_one_message(server: Server) -> None:
    port = str(urlsplit(server.address).port)
    command = [
        sys.executable,
        "-c",
        "from simulation.command.main import main; main()",
        "app",
        "--no-browser",
        "--port",
        port,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert port in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_number_that_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(InputError, match="not a port"):
        check_address("127.0.0.1", port, "en")


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "0",
        "127.1",
        "0x7f",
        "a b",
        "é\udc80",
        "a\0b",
        "127.0.0.1\n",
        "999.1.1.1",
        "192.0.2.1",
        "no.such.invalid",
    ],
)
def test_a_text_that_is_no_address_of_this_machine_is_refused_by_name(host: str) -> None:
    with pytest.raises(InputError, match="not an address of this machine") as refused:
        check_address(host, 8521, "en")
    assert refused.value.key == "--host"
    assert refused.value.given == host


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_addresses_of_this_machine_are_taken(host: str) -> None:
    check_address(host, free_port(), "en")


def test_on_windows_a_port_that_is_listened_on_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr(listening.sys, "platform", "win32")
        with pytest.raises(InputError) as refused:
            check_address("127.0.0.1", other.getsockname()[1], "en")
    assert refused.value.key == "--port"


def test_a_server_that_does_not_answer_is_announced_in_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    async def nobody(*given: object) -> None:
        asked.append(given)
        raise ConnectionRefusedError

    async def at_once(_: float) -> None:
        return None

    monkeypatch.setattr(server.asyncio, "open_connection", nobody)
    monkeypatch.setattr(server.asyncio, "sleep", at_once)
    finish(server._announce("0.0.0.0", 8521, "here"))
    assert set(asked) == {("127.0.0.1", 8521)}
    assert capsys.readouterr().out == "here\n"
