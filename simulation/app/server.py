"""The server: it runs on this machine, without telemetry, and ends cleanly on Ctrl-C or SIGTERM."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

from simulation.app.address import EVERYWHERE, shared_address, web_address
from simulation.app.library import Library
from simulation.app.listening import check_address
from simulation.text import say

ASSETS = Path(__file__).parent


def serve(
    host: str = "127.0.0.1",
    port: int = 8521,
    *,
    lang: str = "en",
    browser: bool = True,
    files: Sequence[Path] = (),
) -> None:
    """Serve the page until the process is told to end.

    Parameters
    ----------
    host, port : str, int
        Where to listen.
    lang : str
        Language of a page whose link names none: ``en`` or ``zh``.
    browser : bool
        True to open the browser.
    files : sequence of Path
        Scenario files to offer beside the shipped ones.

    Raises
    ------
    InputError
        When the address cannot be used, or a file is no scenario.
    """
    library = Library(files)
    check_address(host, port, lang)

    from nicegui import app, ui

    from simulation.app import apart, fans
    from simulation.app.guard import Guard
    from simulation.app.page import publish

    address, room = web_address("127.0.0.1" if host in EVERYWHERE else host, port), shared_address(host, port)
    message = say("app.serving", lang, address=address)
    if room and room != address:
        message += "\n" + say("app.serving.room", lang, address=room)

    async def ready() -> None:
        threading.Thread(target=_warm_up, args=(library, warm), daemon=True).start()
        announcements.append(asyncio.create_task(_announce(host, port, message)))

    warm = threading.Event()
    announcements: list[asyncio.Task[None]] = []
    publish(library, lang, warm, room)
    # A bar of progress without a name would be read out at every request that the browser makes by itself.
    app.config.quasar_config["loadingBar"]["skipHijack"] = True
    app.add_middleware(Guard, bound=host)
    app.on_startup(ready)
    app.on_shutdown(apart.end)
    app.on_shutdown(fans.end)
    ui.add_css(ASSETS / "style.css", shared=True)
    _end_quietly()
    ui.run(
        host=host,
        port=port,
        reload=False,
        show=browser,
        show_welcome_message=False,
        tailwind=False,
        favicon=(ASSETS / "favicon.svg").read_text(encoding="utf-8"),
        # Pictures are large, and a tab that lost a few can simply load the page again.
        message_history_length=50,
        reconnect_timeout=5.0,
        binding_refresh_interval=None,
        timeout_graceful_shutdown=2,
    )


async def _announce(host: str, port: int, message: str) -> None:
    """Print the message once the server answers."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection(local, port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            break
    print(message, flush=True)


def _warm_up(library: Library, warm: threading.Event) -> None:
    """Compile the model for the first run while the browser opens."""
    from simulation.app.track import Track

    try:
        Track(library.load(library.names[0]), 0).step(30)
    finally:
        warm.set()  # after a failure too: the page then says what is wrong


def _end_quietly() -> None:
    # The server stops on both signals, then raises them again for its caller; the user asked it to end, so this is no
    # fault.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: None)
