"""The server ends on a signal, answers no foreign address, and serves nothing but the page."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from harness import Server, Tabs
from playwright.sync_api import Browser, expect
from shown import finish

from simulation import InputError
from simulation.app import server


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
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
        server._check_free("127.0.0.1", port, "en")


def test_on_windows_a_port_that_is_listened_on_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr(server.sys, "platform", "win32")
        with pytest.raises(InputError) as refused:
            server._check_free("127.0.0.1", other.getsockname()[1], "en")
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
