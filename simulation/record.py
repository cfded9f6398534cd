"""The weekly record of a run; metrics, tables and pictures are made of it and of nothing else."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.agents.county import leading_modes
from simulation.agents.modes import loads, mean_load
from simulation.agents.reporting import collect
from simulation.compute.kernel import kernel
from simulation.compute.memory import refuse_beyond_memory
from simulation.ledger.accounts import FLOWS
from simulation.ledger.balance import balanced
from simulation.scenario.modes import MODES
from simulation.scenario.sections import WEEKS_PER_YEAR
from simulation.scenario.windows import STAGES
from simulation.stages.apply import stocks as count_stocks
from simulation.world.fixed import Floats, World
from simulation.world.parameters import Rows
from simulation.world.sites import untouched
from simulation.world.state import NEVER, State


class Record(NamedTuple):
    """Weekly series; the first axis is the week, the others as in `simulation.world.state`."""

    level: NDArray[np.float64]  # [t, c, 5]
    stock: NDArray[np.float64]  # [t, c, 5] at the end of the week, in instructions
    booked: NDArray[np.float64]  # [t, c, flow] in instructions per week
    effect: NDArray[np.float64]  # [t, u, d] population-weighted mean over the unit's communities
    mode: NDArray[np.int8]  # [t, u, d] of most of the unit's sites; -1 where it does not have the domain
    executing: NDArray[np.int64]  # [t, c, mode] number of pairs of executor and domain in each mode
    sites: NDArray[np.int32]  # [t, u, d]
    momentum: NDArray[np.float64]  # [t, u] in the unit's publicity, settlement and leverage
    covered: NDArray[np.int64]  # [t, c, d] communities with a site
    covered_effect: NDArray[np.float64]  # [t, c, d] sum of effect over them
    piloted: NDArray[np.int64]  # [t, c, d] communities with a pilot site
    pilot_effect: NDArray[np.float64]  # [t, c, d] sum of effect over them
    reports: NDArray[np.int64]  # [t, c, d] open sites, each unit's own
    reported: NDArray[np.float64]  # [t, c, d] sum of reported effect over them
    true: NDArray[np.float64]  # [t, c, d] sum of true effect over them
    took_part: NDArray[np.float64]  # [t, c]
    trust: NDArray[np.float64]  # [t, c]
    awareness: NDArray[np.float64]  # [t, c]
    proven: NDArray[np.int64]  # [t, c] number of proven domains
    active: NDArray[np.bool_]  # [t, c, d] domain on the city's agenda
    co_operation: NDArray[np.float64]  # [t, c, d] share of executed momentum that departments let through
    joined: NDArray[np.int64]  # [t, c, 2] pairs of department and active domain that co-operate, and all such pairs
    matured: NDArray[np.float64]  # [t, c, 4] of proven domains: number and sum of effect a year on, pilots, then others
    load: NDArray[np.float64]  # [t, u] mean load of the unit's executors
    platforms: NDArray[np.float64]  # [t, c] mean share of the kinds of body present
    joins: NDArray[np.bool_]  # [t, m, d] department co-operates in a domain
    executor_load: NDArray[np.float64]  # [t, x]
    executor_modes: NDArray[np.int16]  # [t, x, mode] number of the executor's domains in each mode


def empty_record(world: World, weeks: int) -> Record:
    """Return a record with room for ``weeks`` weeks."""
    c, (u, d) = len(world.city_unit) - 1, world.severity.shape
    x, m = len(world.executor_unit), len(world.department_city)
    shapes: dict[str, tuple[tuple[int, ...], Any]] = {
        "level": ((c, len(STAGES)), np.float64),
        "stock": ((c, len(STAGES)), np.float64),
        "booked": ((c, len(FLOWS)), np.float64),
        "effect": ((u, d), np.float64),
        "mode": ((u, d), np.int8),
        "executing": ((c, len(MODES)), np.int64),
        "sites": ((u, d), np.int32),
        "momentum": ((u,), np.float64),
        "covered": ((c, d), np.int64),
        "covered_effect": ((c, d), np.float64),
        "piloted": ((c, d), np.int64),
        "pilot_effect": ((c, d), np.float64),
        "reports": ((c, d), np.int64),
        "reported": ((c, d), np.float64),
        "true": ((c, d), np.float64),
        "took_part": ((c,), np.float64),
        "trust": ((c,), np.float64),
        "awareness": ((c,), np.float64),
        "proven": ((c,), np.int64),
        "active": ((c, d), np.bool_),
        "co_operation": ((c, d), np.float64),
        "joined": ((c, 2), np.int64),
        "matured": ((c, 4), np.float64),  # literal: two numbers and two sums
        "load": ((u,), np.float64),
        "platforms": ((c,), np.float64),
        "joins": ((m, d), np.bool_),
        "executor_load": ((x,), np.float64),
        "executor_modes": ((x, len(MODES)), np.int16),
    }
    a_week = sum(math.prod(shape) * np.dtype(kind).itemsize for shape, kind in shapes.values())
    refuse_beyond_memory(weeks * a_week, "weeks", weeks, "fewer weeks, or a smaller structure")
    return Record(**{name: np.zeros((weeks, *shape), kind) for name, (shape, kind) in shapes.items()})


def extended(record: Record, weeks: int) -> Record:
    """Return the record with room for ``weeks`` weeks; written weeks are kept."""
    return Record._make(
        np.concatenate([old, np.zeros((weeks - len(old), *old.shape[1:]), old.dtype)]) for old in record
    )


def part(record: Record, weeks: slice) -> Record:
    """Return the weeks of a slice; views."""
    return Record._make(series[weeks] for series in record)


@kernel
def note(rows: Rows, g: World, s: State, record: Record, row: int, stocks: Floats) -> None:
    """Write the state at the end of a week into row ``row``."""
    reported, true = np.zeros(s.Q.shape), np.zeros(s.Q.shape)
    sites = np.zeros(s.Q.shape, np.int64)
    collect(rows, g, s, g.place_unit, reported, true, sites)
    record.level[row] = s.level
    record.stock[row] = stocks
    record.booked[row] = s.booked
    record.effect[row] = s.mean_effect
    load = np.empty(len(s.mode))
    loads(rows, g, s, load)
    leading_modes(g, s, record.mode[row])
    record.active[row] = s.active
    record.co_operation[row] = s.co_operation
    record.joins[row] = s.joins
    record.executor_load[row] = load
    for m in range(s.joins.shape[0]):
        c = g.department_city[m]
        for d in range(s.joins.shape[1]):
            if g.belongs[m, d] and s.active[c, d]:
                record.joined[row, c, 0] += s.joins[m, d]
                record.joined[row, c, 1] += 1
    for u in range(s.Q.shape[0]):
        record.load[row, u] = mean_load(load, g.unit_executor[u], g.unit_executor[u + 1])
    for x in range(s.mode.shape[0]):
        for d in range(s.mode.shape[1]):
            if s.mode[x, d] >= 0:
                record.executing[row, g.unit_city[g.executor_unit[x]], s.mode[x, d]] += 1
                record.executor_modes[row, x, s.mode[x, d]] += 1
    for c in range(len(s.S)):
        record.took_part[row, c] = s.took_part[c]
        record.trust[row, c] = s.trust[c]
        record.awareness[row, c] = s.awareness[c]
        for d in range(s.proven.shape[1]):
            record.proven[row, c] += s.proven[c, d]
    for u in range(s.Q.shape[0]):
        c = g.unit_city[u]
        total = s.B[u]
        for d in range(s.Q.shape[1]):
            total += s.Q[u, d]
            record.sites[row, u, d] = s.sites[u, d]
            if untouched(s.since[u, d], s.sites[u, d]):
                continue
            for j in range(g.unit_place[u], g.unit_place[u + 1]):
                total += s.L[j, d]
            record.reports[row, c, d] += sites[u, d]
            record.reported[row, c, d] += reported[u, d]
            record.true[row, c, d] += true[u, d]
        record.momentum[row, u] = total
    mature(g, s, row)
    for c in range(len(s.S)):
        first, last = np.searchsorted(g.community_city, c), np.searchsorted(g.community_city, c + 1)
        record.platforms[row, c] = s.platforms[first:last].mean()
    for k in range(s.effect.shape[0]):
        c = g.community_city[k]
        for d in range(s.effect.shape[1]):
            if s.proven[c, d] and not np.isnan(s.matured[k, d]):
                at = 0 if s.first_pilot[k, d] else 2
                record.matured[row, c, at] += 1.0
                record.matured[row, c, at + 1] += s.matured[k, d]
            if s.covered[k, d]:
                record.covered[row, c, d] += 1
                record.covered_effect[row, c, d] += s.effect[k, d]
                if s.pilot[k, d]:
                    record.piloted[row, c, d] += 1
                    record.pilot_effect[row, c, d] += s.effect[k, d]


@kernel
def mature(g: World, s: State, week: int) -> None:
    """Keep each site's effect a year after the first site opened there, or after the plan if that was later."""
    for k in range(s.effect.shape[0]):
        planned = s.plan_week[g.community_city[k]]
        for d in range(s.effect.shape[1]):
            if planned != NEVER and s.covered[k, d] and week == max(s.site_since[k, d], planned) + WEEKS_PER_YEAR:
                s.matured[k, d] = s.effect[k, d]


@kernel
def close_week(rows: Rows, g: World, s: State, record: Record, row: int, before: Floats, stocks: Floats) -> bool:
    """Count the stocks anew into ``stocks`` (cities × 5), record the week, and tell whether the ledger balances.

    ``before`` holds the stocks as the week began.
    """
    count_stocks(g, s, stocks)
    note(rows, g, s, record, row, stocks)
    return balanced(before, s.booked, stocks)
