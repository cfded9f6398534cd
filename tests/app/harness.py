"""Start the page as users do, and open tabs that record the browser's complaints and its requests."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

HOSTILE = """\
extends = "classroom"
title = { en = "<img src=x onerror=document.title='owned'>", zh = "<script>document.title='owned'</script>" }

[domains]
nimby = { en = "<b onclick=1>\\"NIMBY\\" & co</b>", zh = "邻避<i>", matched = ["Harbour"] }
land = { en = "Land", zh = "土地整治", matched = ["Hill"] }
"""
PATIENCE = 120_000  # a busy machine must give the same verdict as a quiet one


@dataclass
class Server:
    """A running server: its address, its process, the folder in which it makes its files."""

    address: str
    process: subprocess.Popen[str]
    scratch: Path

    def stop(self, number: int) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def end(self) -> None:
        """End the process, if it still runs, by a signal that lets it report which branches it took."""
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def finish(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end in a thread of its own: a browser's test may keep a loop running in this one."""
    with ThreadPoolExecutor(1) as one:
        return one.submit(asyncio.run, work).result()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, ending: contextlib.ExitStack, *words: str) -> Server:
    """Start ``wushi app`` and wait until it answers."""
    folder.mkdir(exist_ok=True)
    hostile = folder / "hostile.toml"
    hostile.write_text(HOSTILE, encoding="utf-8")
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    port = free_port()
    command = [sys.executable, "-c", "from simulation.command.main import main; main()", "app", str(hostile)]
    command += ["--port", str(port), "--no-browser", "--lang", "en", *words]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    environment.pop("PYTEST_CURRENT_TEST", None)  # NiceGUI would take the server for a test of its own
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    server = Server(f"http://127.0.0.1:{port}", process, scratch)
    ending.callback(server.end)
    assert process.stdout is not None
    said = process.stdout.readline()
    assert server.address in said, said
    wait_until_ready(f"{server.address}/?scenario=classroom")
    return server


def wait_until_ready(address: str) -> None:
    """Wait until an address is answered; its page then says how far the run is."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(address):
            return
        time.sleep(0.3)
    raise TimeoutError("the page was not ready in four minutes")


class Tabs:
    """Opens tabs and records the browser's complaints and the addresses that it asked."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.server = server
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self._context = browser.new_context(accept_downloads=True, viewport={"width": 1440, "height": 900})
        self._context.set_default_timeout(PATIENCE)

    def open(self, query: str = "?scenario=classroom", width: int = 1440, height: int = 900) -> Page:
        """Open a tab and wait for its pictures."""
        page = self._context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{self.server.address}/{query}")
        page.wait_for_selector("[data-test=view-cascade] svg", state="attached")
        return page

    def _asked(self, request: Request) -> None:
        own = (self.server.address, self.server.address.replace("http", "ws"), "data:", "blob:")
        if not request.url.startswith(own):
            self.foreign.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def close(self) -> None:
        self._context.close()
