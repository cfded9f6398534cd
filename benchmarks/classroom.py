"""Measure the classroom page without a browser: python benchmarks/classroom.py [--citizens 5000] [--repeat 5].

How long the fan of a run takes, and how long another tab's actions take alone and while a fan is made.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time

from simulation.app import fans
from simulation.app.choice import Choice
from simulation.app.library import Library
from simulation.app.session import Session
from simulation.app.tab import Tab

WEEK = 80


def tab_with(citizens, seed=0):
    """Return a tab in the middle of the default scenario."""
    session = Session(Library(), Choice("zhaoqing", {"structure.citizens": citizens}, seed, WEEK))
    session.finish()
    return Tab(session)


async def timed(action):
    """Return how many seconds an action takes."""
    begun = time.perf_counter()
    await action
    return time.perf_counter() - begun


async def actions(tab, number):
    """Return the seconds of the actions of a tab: by name, those that run again and those that go on."""
    seconds = {"from the first week": [], "from this week on": [], "next week": []}
    for place in range(number):
        value = 0.1 + 0.8 * ((place * 7) % 10) / 10
        tab.hold(False)
        seconds["from the first week"].append(await timed(tab.set_value("transmission.follow", value)))
        tab.hold(True)
        seconds["from this week on"].append(await timed(tab.set_value("execution.oversight", value)))
        seconds["next week"].append(await timed(tab.go(WEEK + 1)))
        await tab.reset_changes()
        await tab.go(WEEK)
    return seconds


async def fan(tab):
    """Return how many seconds a tab waits for its fan."""
    fans._KEPT.clear()
    begun = time.perf_counter()
    tab.fans.switch(True)
    while tab.fans.total:
        await asyncio.sleep(0.01)
    assert tab.fans.pair()[0] is not None, tab.fans.problem
    tab.fans.switch(False)
    return time.perf_counter() - begun


async def latency(stop):
    """Return the longest time for which the event loop answered nobody, in seconds."""
    longest = 0.0
    while not stop.is_set():
        longest = max(longest, await timed(asyncio.sleep(0.005)) - 0.005)
    return longest


async def measure(citizens, repeat):
    """Print the table."""
    watched, other = tab_with(citizens), tab_with(citizens, seed=7)
    await fan(watched)
    await actions(other, 1)
    used = time.process_time()
    alone = [await fan(watched) for _ in range(repeat)]
    used = (time.process_time() - used) / repeat
    quiet = await actions(other, repeat)
    stop = asyncio.Event()
    listening = asyncio.create_task(latency(stop))
    busy = asyncio.create_task(fan(watched))
    meanwhile = await actions(other, repeat)
    finished = busy.done()
    beside = await busy
    stop.set()
    rows = [
        (f"fan of {fans.SEEDS} seeds, {citizens:,} citizens", alone),
        ("the same, processor time", [used]),
        ("the same beside another tab's actions", [beside]),
        *((f"another tab, {name}: alone", values) for name, values in quiet.items()),
        *((f"another tab, {name}: while a fan is made", values) for name, values in meanwhile.items()),
        ("longest silence of the event loop meanwhile", [await listening]),
    ]
    load = "/".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{os.cpu_count()} cores, load {load}; the fan {'ended before' if finished else 'outlasted'} the actions\n")
    print("| what | fastest, s | median, s |\n|---|---|---|")
    for name, values in rows:
        print(f"| {name} | {min(values):.3f} | {statistics.median(values):.3f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--citizens", type=int, default=5_000)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    asyncio.run(measure(given.citizens, given.repeat))
    os._exit(0)
