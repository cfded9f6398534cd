"""Join, share, download and help."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

from nicegui import ui

from simulation.app import downloads, share
from simulation.app.address import is_local, qr_code
from simulation.app.faults import Do
from simulation.app.tab import Tab

#: Most bytes that a QR code holds.
MOST_IN_CODE = 2_900


class Dialogs:
    """The windows that open over the page.

    Parameters
    ----------
    tab : Tab
        The tab whose run is shared and taken home.
    address : str
        Address that others on the network can open; empty where only this machine can.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, address: str, do: Do) -> None:
        self.tab = tab
        self.address = address
        text = tab.text
        with self._window(text("join.title")) as self._join, ui.card().classes("dialog join"):
            ui.label(text("join.title")).classes("dialog-title")
            if address:
                ui.label(text("join.note"))
                ui.html(qr_code(self._begin(), text("join.qr")), sanitize=False).classes("code").props("data-test=qr")
                ui.label(address).classes("address").props("data-test=address")
            else:
                ui.label(text("join.local"))
                ui.label("wushi app --host 0.0.0.0").classes("address")
            ui.button(text("close"), on_click=self._join.close).props("flat no-caps")
        with self._window(text("share.title")) as self._share, ui.card().classes("dialog"):
            ui.label(text("share.title")).classes("dialog-title")
            ui.label(text("share.note")).classes("caption")
            self._shortened = ui.label(text("share.shortened")).classes("caption").props("data-test=shortened")
            self._code = ui.html("", sanitize=False).classes("code").props("data-test=link-qr")
            self._link = ui.input().props(f'readonly outlined dense data-test=link aria-label="{text("share.title")}"')
            with ui.row():
                ui.button(text("share.copy"), icon="content_copy", on_click=self._copy).props("unelevated no-caps")
                ui.button(text("close"), on_click=self._share.close).props("flat no-caps")
        with self._window(text("download")) as self._download, ui.card().classes("dialog"):
            ui.label(text("download")).classes("dialog-title")
            for name, icon in (("report", "description"), ("data", "table_view"), ("figures", "image")):
                button = ui.button(text(f"download.{name}"), icon=icon, on_click=lambda name=name: do(self._make, name))
                button.props(f"outline no-caps align=left data-test=download-{name}").classes("wide")
            ui.button(text("close"), on_click=self._download.close).props("flat no-caps")
        with self._window(text("help.title")) as self._help, ui.card().classes("dialog"):
            ui.label(text("help.title")).classes("dialog-title")
            for part in text("help.keys").split(" · "):
                ui.label(part)
            ui.separator()
            ui.label(text("help.model")).classes("caption")
            ui.button(text("close"), on_click=self._help.close).props("flat no-caps")

    def _window(self, name: str) -> ui.dialog:
        """Return a window with a name for those who hear it."""
        return ui.dialog().props(f'aria-label="{name}"')

    def join(self) -> None:
        """Show the address under which students open the page."""
        self._join.open()

    def _begin(self) -> str:
        """Return the address with the language of this tab."""
        return f"{self.address}?lang={self.tab.lang}"

    async def share(self) -> None:
        """Show the link."""
        session = self.tab.session
        session.choice.week = session.week
        path = share.link(session.choice, session.library)
        origin = str(await ui.run_javascript("window.location.origin", timeout=5))
        if self.address and is_local(urlsplit(origin).hostname or ""):
            origin = self.address.rstrip("/")
        link = f"{origin}{path}"
        self._link.set_value(link)
        drawn = self.address and len(link.encode()) <= MOST_IN_CODE
        self._code.set_content(qr_code(link, self.tab.text("share.qr")) if drawn else "")
        self._shortened.set_visibility(share.shortened(session.choice, path))
        self._share.open()

    def _copy(self) -> None:
        ui.run_javascript(
            f"navigator.clipboard ? navigator.clipboard.writeText({json.dumps(self._link.value)}) : "
            "(document.querySelector('[data-test=link]').select(), document.execCommand('copy'))"
        )
        ui.notify(self.tab.text("share.copied"), type="positive")

    def download(self) -> None:
        """Offer the files."""
        self._download.open()

    def help(self) -> None:
        """Show the keys, and say what the page does not show."""
        self._help.open()

    async def _make(self, name: str) -> None:
        tab, track = self.tab, self.tab.session.a
        if track.week == 0:
            ui.notify(tab.text("download.empty"), type="info")
            return
        tab.session.playing = False
        ui.notify(tab.text("download.making"), type="ongoing", timeout=1500)
        stem = downloads.stem(track)
        if name == "report":
            content = await asyncio.to_thread(downloads.report, downloads.taken(track), tab.lang)
            ui.download.content(content, f"{stem}-report.html", "text/html")
        elif name == "data":
            content = await asyncio.to_thread(downloads.data, downloads.taken(track))
            ui.download.content(content, f"{stem}-data.zip", "application/zip")
        else:
            # Drawn in this thread: in another one the run might advance between two pictures.
            content = downloads.figures(tab.scene())
            ui.download.content(content, f"{stem}-pictures.zip", "application/zip")
