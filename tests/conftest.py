"""Settings of every test: figures without a screen, repeatable examples, untouched global generators, no skip."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from simulation import RunResult

os.environ["MPLBACKEND"] = "Agg"
# Several processes test at once: threads of linear algebra, and threads that spin while they wait, would only be in one
# another's way. The model's own threads stay as they are.
for _library in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_library, "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# A shell hands down a SIGINT that is ignored to what runs in its background. Then no test of Ctrl-C could pass.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline and no fresh examples: a slow or busy machine must give the same verdict as a fast one.
patient = [HealthCheck.too_slow]
settings.register_profile("wushi", deadline=None, derandomize=True, suppress_health_check=patient)
settings.register_profile("explore", deadline=None, max_examples=1000, suppress_health_check=patient)
settings.load_profile("wushi")


def pytest_configure(config: pytest.Config) -> None:
    # pytest-randomly is here for the order of the tests. It would also seed the global generators before each test, and
    # so hide that something draws from them.
    config.option.randomly_reset_seed = False
    # A picture that is in English for want of a font is no failure; a test of Chinese signs carries the marker.
    config.addinivalue_line("filterwarnings", "ignore:No Chinese font was found")
    config.addinivalue_line("markers", "chinese_font: draws Chinese signs; skipped where no font here has any")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("chinese_font"):
        from simulation.drawing import fonts

        if fonts.chinese_font() is None:
            missing = f"no font with Chinese is installed here, for example {fonts.PACKAGE}"
            pytest.skip(reason=missing)  # many systems have none, and the program says so; CI allows no skip


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip, or an expected failure, into a failure where everything is required to run."""
    if os.environ.get("WUSHI_REQUIRE_ALL") == "1" and report.outcome == "skipped":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        vars(report).pop("wasxfail", None)  # pytest does not count a failure that still carries it
        report.longrepr = f"WUSHI_REQUIRE_ALL=1 allows no skipped test: {reason}"


# First, that is outermost: pytest has by then turned an expected failure into a skip.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """A real browser, one for all tests: a second one in the same thread could not be steered."""
    from kit.looks import CHROMIUM
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def small_run() -> RunResult:
    """A short run of the classroom city with its model; who changes it works on a copy."""
    from kit.cities import SMALL

    from simulation import load_scenario, run

    return run(load_scenario("classroom").with_values(SMALL), seed=1)


@pytest.fixture
def no_hang() -> Iterator[None]:
    """End a test that would run for ever; this is no claim about speed."""
    from simulation.experiments.running.worker import time_limit

    with time_limit(120.0):
        yield
