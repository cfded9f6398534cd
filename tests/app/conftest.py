"""A server as users start it, and a real browser that must report no error and ask no other address."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator

import pytest
from harness import Server, Tabs, start
from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Return a function that starts a server; all of them end with the tests."""
    with contextlib.ExitStack() as ending:

        def begin(*words: str) -> Server:
            return start(tmp_path_factory.mktemp("server"), ending, *words)

        yield begin


@pytest.fixture(scope="session")
def server(launch: Callable[..., Server]) -> Server:
    return launch()


@pytest.fixture
def tabs(browser: Browser, server: Server) -> Generator[Tabs]:
    opened = Tabs(browser, server)
    yield opened
    opened.close()
    assert opened.foreign == []
    assert opened.complaints == []
