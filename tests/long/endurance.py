"""Run the endurance tests once at full length: ``python tests/long/endurance.py [years] [runs] [sweep] [page]``.

- ``years``: 2,000 simulated years of two cities, with turnover and rivals.
- ``runs``: 100,000 small runs in one process; every tenth in a city that no earlier run had.
- ``sweep``: 28,800 runs, as in eight hours at one run per second, through ``sweep`` with two processes and a store.
- ``page``: 5,200 weeks played in one tab of a real browser; the page limits a run to 520 weeks, so these are ten runs.

Prints a table for ``docs/testing.md`` and ends with 1 when a check fails. ``--share 0.01`` is a trial. Needs the extras
``app`` and ``test``, and Chromium for ``page``.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from simulation import MomentumModel, load_scenario, run
from simulation.experiments import sweep
from simulation.ledger.accounts import SIGNS
from simulation.scenario.fields import LONGEST

sys.path.insert(0, str(Path(__file__).parents[1]))
from app.harness import free_port, wait_until_ready
from kit.looks import CHROMIUM

EVENTS = {"turnover.rate": 0.2, "rivals.rate": 0.5}
SMALL = {"structure.citizens": 200, "weeks": 8}
RUNS, SWEPT, PLAYED, A_RUN = 100_000, 28_800, 5_200, 520
WORKERS = 2
FLAT = 0.02
"""Growth from the middle to the end, as a share, below which memory counts as flat (as it does below two megabytes)."""


def rss(process: psutil.Process | None = None) -> float:
    """Return the memory of a process, in MB."""
    return float((process or psutil.Process()).memory_info().rss / 1e6)


def open_files(process: psutil.Process | None = None) -> int:
    process = process or psutil.Process()
    return process.num_fds() if hasattr(process, "num_fds") else len(process.open_files())


@dataclass
class Measured:
    """One row: the part, its amount, and the megabytes, open files and checks on the way."""

    what: str
    amount: str
    megabytes: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    checks: dict[str, bool] = field(default_factory=dict)
    seconds: float = 0.0

    def sample(self, megabytes: float | None = None, files: int | None = None) -> None:
        """Record the memory and files of this process, or of another, at this moment."""
        gc.collect()
        self.megabytes.append(rss() if megabytes is None else megabytes)
        self.files.append(open_files() if files is None else files)

    def row(self) -> str:
        """Return the row as Markdown; the first sample is taken after warming up."""
        held = self.megabytes
        middle = held[len(held) // 2]
        flat = held[-1] - middle <= max(2.0, FLAT * middle)
        checks = {"memory flat": flat, "no file left open": self.files[-1] <= self.files[0], **self.checks}
        said = "; ".join(name if kept else f"**NOT: {name}**" for name, kept in checks.items())
        self.checks = checks
        return (
            f"| {self.what} | {self.amount} | {self.seconds:,.0f} | {held[0]:.1f} | {middle:.1f} | {held[-1]:.1f} | "
            f"{self.files[-1] - self.files[0]:+d} | {said} |"
        )


def unbalanced(record: Any, weeks: int) -> float:
    """Return the largest change of a stock that no entry explains, as a share of what moved."""
    booked = record.booked[:weeks]
    off = np.abs(np.diff(record.stock[:weeks], axis=0) - (booked @ SIGNS)[1:]).max(initial=0.0)
    return float(off / max(1.0, (booked @ np.abs(SIGNS)).max()))


def in_bounds(record: Any, weeks: int) -> bool:
    """Tell whether every number is finite and every share lies between 0 and 1."""
    shares = (record.level, record.effect, record.trust, record.took_part, record.awareness)
    return all(np.isfinite(series[:weeks]).all() for series in record) and all(
        share[:weeks].min() >= 0 and share[:weeks].max() <= 1 for share in shares
    )


def years(share: float) -> list[Measured]:
    """Run two cities for 2,000 years."""
    found = []
    weeks = max(4000, int(LONGEST * share))
    for name, citizens in (("classroom", 200), ("zhaoqing", 2000)):
        model = MomentumModel(
            load_scenario(name).with_values({"structure.citizens": citizens, "weeks": weeks, **EVENTS}), rng=1
        )
        for series in model.record:  # memory that the system has reserved but not yet given would look like growth
            np.copyto(series, series.copy())
        model.run_for(1000)
        size = sum(series.nbytes for series in model.record) / 1e6
        one = Measured(f"{name}, {citizens:,} citizens, one run", f"{weeks:,} weeks ({size:.0f} MB of them the record)")
        one.sample()
        begun = time.monotonic()
        for part in (weeks // 2, weeks):
            model.run_for(part - model.week)
            one.sample()
        one.seconds = time.monotonic() - begun
        one.checks["numbers finite, shares in bounds"] = in_bounds(model.record, weeks)
        one.checks["ledger balanced to nine digits"] = unbalanced(model.record, weeks) <= 1e-9
        found.append(one)
    return found


def runs(share: float) -> list[Measured]:
    """Run many small cities in one process."""
    base = load_scenario("classroom").with_values(SMALL)
    units = [
        {"unit": "P", "parent": "", "tier": "province"},
        {"unit": "C", "parent": "P", "tier": "city"},
    ]

    def once(number: int) -> Any:
        if number % 10:
            return run(base.with_values({"plan.per_county": 1 + number % 3}), seed=number)
        county = {"unit": "A", "parent": "C", "tier": "county", "residential": 3, "villages": 3}
        structure = {"units": [*units, {**county, "population": 1000 + number}], "citizens": 200}
        return run({"weeks": 8, "domains": {"d": {}}, "structure": structure}, seed=number)

    number = max(100, int(RUNS * share))
    one = Measured("small runs in one process", f"{number:,} runs of 8 weeks")
    for place in range(200):
        once(RUNS + place)
    one.sample()
    begun = time.monotonic()
    worst, fine = 0.0, True
    for place in range(number):
        record = once(place).model.record
        worst = max(worst, unbalanced(record, 8))
        fine = fine and in_bounds(record, 8)
        if (place + 1) % (number // 10) == 0:
            one.sample()
    one.seconds = time.monotonic() - begun
    one.checks |= {"numbers finite, shares in bounds": fine, "ledger balanced to nine digits": worst <= 1e-9}
    return [one]


def swept(share: float) -> list[Measured]:
    """Run as many runs as the experiment of eight hours."""
    rates = [round(0.05 * step, 2) for step in range(12)]
    replicates = max(4, int(SWEPT * share) // 36)
    design = {
        "sweep": {"name": "endurance", "replicates": replicates},
        "factors": {"plan.per_county": [1, 2, 3], "turnover.rate": rates},
    }
    total = 36 * replicates
    parent = Measured("sweep: the parent", f"{total:,} runs, {WORKERS} processes")
    workers = Measured("sweep: its workers together", "the same")
    begun = time.monotonic()
    stored: list[tuple[int, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "s.sqlite")

        def look(tally: Any) -> None:
            if tally.done < total * (len(stored) + 0.5) / 20 or len(stored) == 20:
                return
            stored.append((tally.done, path.stat().st_size))
            people = psutil.Process().children(recursive=True)
            parent.sample()
            workers.sample(sum(map(rss, people)), sum(map(open_files, people)))

        task = load_scenario("classroom").with_values(SMALL)
        experiment = sweep(design, task, store=path, workers=WORKERS, progress=look)
        seconds = time.monotonic() - begun
        parent.sample()
        table = experiment.runs
        numbers = table[experiment.metrics].to_numpy(float)
        (first, small), (middle, half), (last, whole) = stored[0], stored[len(stored) // 2], stored[-1]
        early, late = (half - small) / (middle - first), (whole - half) / (last - middle)
        parent.checks = {
            "every run stored once and done": len(table) == total and bool((table["status"] == "ok").all()),
            "no infinite number": not bool(np.isinf(numbers).any()),
            f"{early:.0f} bytes per run in the first half, {late:.0f} in the second": late <= 1.1 * early,
            "no journal left": [one.name for one in Path(folder).glob("s.sqlite-*")] == [],
        }
    left = [one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline())]
    workers.checks = {"no process left": left == []}
    parent.seconds = workers.seconds = seconds
    return [parent, workers]


def played(share: float, chromium: str) -> list[Measured]:
    """Play run after run in one tab of a real browser, as fast as the page goes."""
    from playwright.sync_api import sync_playwright

    times = max(2, round(PLAYED * share / A_RUN))
    amount = f"{times * A_RUN:,} weeks ({times} runs)"
    server_row, browser_row = Measured("page: the server", amount), Measured("page: all of the browser", amount)
    heap, nodes = Measured("page: its JavaScript heap", amount), Measured("page: elements (not MB)", amount)
    complaints: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "long.toml").write_text(f'extends = "classroom"\nweeks = {A_RUN}\n', encoding="utf-8")
        port = free_port()
        command = [
            sys.executable,
            "-c",
            "from simulation.command.main import main; main()",
            "app",
            "long.toml",
            "--no-browser",
        ]
        server = subprocess.Popen([*command, "--lang", "en", "--port", str(port)], cwd=folder)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/?scenario=long")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.set_default_timeout(120_000)
                page.on("pageerror", lambda error: complaints.append(str(error)))
                page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
                page.goto(f"http://127.0.0.1:{port}/?scenario=long&lang=en")
                page.wait_for_selector("[data-test=view-cascade] svg", state="attached")
                page.click("[data-test=speed]")
                page.get_by_role("option").last.click()
                inside = page.context.new_cdp_session(page)
                inside.send("Performance.enable")
                begun = time.monotonic()
                for number in range(times):
                    page.click("[data-test=play]")
                    # A busy server takes a while to begin; pressing again would stop it.
                    page.wait_for_function(f"() => !({SHOWN})('{A_RUN}')", polling=100)
                    page.wait_for_function(SHOWN, arg=f"{A_RUN}", polling=500, timeout=1_800_000)
                    page.wait_for_timeout(1000)
                    if number:  # the first time through warms up
                        inside.send("HeapProfiler.collectGarbage")
                        told = {one["name"]: one["value"] for one in inside.send("Performance.getMetrics")["metrics"]}
                        process = psutil.Process(server.pid)
                        server_row.sample(rss(process), open_files(process))
                        chrome = [one for one in psutil.Process().children(recursive=True) if "chrom" in one.name()]
                        browser_row.sample(sum(map(rss, chrome)), 0)
                        heap.sample(told["JSHeapUsedSize"] / 1e6, 0)
                        nodes.sample(told["Nodes"], 0)
                        print(number + 1, server_row.megabytes[-1], heap.megabytes[-1], told["Nodes"], flush=True)
                seconds = time.monotonic() - begun
                browser.close()
        finally:
            server.terminate()
            code = server.wait(timeout=60)
    rows = [server_row, browser_row, heap, nodes]
    server_row.checks = {"server ended with 0": code == 0}
    heap.checks = {"the browser complained of nothing": complaints == []}
    for row in rows:
        row.seconds = seconds
    return rows


SHOWN = """week => {
    const said = document.querySelector('[data-test=week]').textContent.match(/(\\d+) of/);
    return said && said[1] === week && /Play/.test(document.querySelector('[data-test=play]').textContent);
}"""
PARTS = {"years": years, "runs": runs, "sweep": swept}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help="years, runs, sweep, page; all when none is named")
    parser.add_argument("--share", type=float, default=1.0, help="of the full length, for a trial")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    given = parser.parse_args()
    names = given.parts or [*PARTS, "page"]
    unknown = set(names) - {*PARTS, "page"}
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    rows: list[Measured] = []
    for name in names:
        rows += played(given.share, given.chromium) if name == "page" else PARTS[name](given.share)
    print("| what | how much | seconds | MB at start | middle | end | files open, end − start | checks |")
    print("|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(row.row())
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    print(f"\nLoad average at the end: {load}.")
    return 0 if all(kept for row in rows for kept in row.checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
