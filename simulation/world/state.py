"""The state, which changes from week to week, as arrays. Axes are those of `simulation.world.fixed`.

Agents are views on these arrays; stages and agents' rules are compiled functions of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.ledger.accounts import FLOWS
from simulation.scenario.modes import NO_MODE
from simulation.scenario.windows import STAGES
from simulation.world.fixed import Flags, Floats, Ints, World

NEVER = -1


class State(NamedTuple):
    """The arrays that change from week to week."""

    city_row: Ints  # [c] row of the parameters in force for the city
    unit_row: Ints  # [u] row of the parameters in force for the unit, its executors, places and communities
    S: Floats  # [c] trend
    A: Floats  # [c] authority
    B: Floats  # [u] publicity
    Q: Floats  # [u, d] settlement
    L: Floats  # [j, d] leverage
    dS: Floats
    dA: Floats
    dB: Floats
    dQ: Floats
    dL: Floats
    F3: Floats  # [u] momentum leaving publicity this week
    F4: Floats  # [x, d] momentum that an executor brings to its sites this week
    booked: Floats  # [c, flow] the week's ledger
    level: Floats  # [c, 5]
    group: Floats  # [u] level of the county's own leading group
    attention: Floats  # [c] share of its authority that a leading group can give to each domain
    gate: Floats  # [c, 5]
    origin: Ints  # [c] week from which the city's stage windows count; NEVER before it starts
    opened: Ints  # [c, 5] week in which a stage opened where stages open when ready; NEVER before
    strength: Floats  # [c] strength of all signals received so far, in instructions
    named: Flags  # [c, d] a signal has named the domain
    wording: Floats  # [c] how far the signals received so far cover a domain that none names
    plan_week: Ints  # [c] NEVER before the plan
    active: Flags  # [c, d] domain on the city's agenda; before the plan the point alone
    joins: Flags  # [m, d] department co-operates in the domain
    co_operation: Floats  # [c, d] share of executed momentum that departments let through
    engaged: Flags  # [u]
    has: Flags  # [u, d] assigned or adopted
    since: Ints  # [u, d] week of assignment
    mode: NDArray[np.int8]  # [x, d]
    worked: Ints  # [x, d] number of the executor's open sites
    share: Floats  # [u, d] share of the communities worked, as decided (x)
    sites: Ints  # [u, d] number of open sites
    open: Flags  # [j, d]
    confidence: Floats  # [u]
    routine: Floats  # [x, d]
    effect: Floats  # [k, d]
    seen: Floats  # [k, d] last week's effect, as citizens see it
    push: Floats  # [k, d] this week's delivered momentum over pilot share, summed over units
    strongest: Floats  # [k, d] highest routine among units with a site there
    covered: Flags  # [k, d] a site of any unit
    pilot: Flags  # [k, d] a pilot site of any unit
    site_since: Ints  # [k, d]
    first_pilot: Flags  # [k, d] the first site was a pilot site
    matured: Floats  # [k, d] effect a year after the first site opened (after the plan at the earliest); NaN before
    platforms: Floats  # [k] share of the kinds of participating body present
    bodies: Flags  # [k, body] kinds present
    stirs: Flags  # [k, body] kinds active this week
    bodies_active: Floats  # [k] share of the kinds active this week
    mean_effect: Floats  # [u, d] population-weighted mean over the unit's communities
    participation: Floats  # [k, d] P
    took_part: Floats  # [c] share of citizens who took part
    trust: Floats  # [c] mean trust
    awareness: Floats  # [c] mean awareness
    reported_enough: Flags  # [c, d] the domain reported enough at the last review
    proven: Flags  # [c, d]
    best: Floats  # [c] highest mean reported effect at a review so far


def build_state(world: World) -> State:
    """Return the state before the first week: no instruction, no awareness, no engaged unit."""
    cities, units = len(world.city_unit) - 1, len(world.unit_city)
    places, domains = world.site_rank.shape
    communities, executors = len(world.population), len(world.executor_unit)
    shapes = {
        "c": (cities,),
        "cs": (cities, len(STAGES)),
        "u": (units,),
        "k": (communities,),
        "ud": (units, domains),
        "xd": (executors, domains),
        "jd": (places, domains),
        "kd": (communities, domains),
        "cd": (cities, domains),
        "md": (len(world.department_city), domains),
        "kb": world.body_key.shape,
    }

    def zeros(axes: str) -> Floats:
        return np.zeros(shapes[axes])

    def flags(axes: str) -> Flags:
        return np.zeros(shapes[axes], np.bool_)

    def never(axes: str) -> Ints:
        return np.full(shapes[axes], NEVER, np.int64)

    return State(
        city_row=np.zeros(cities, np.int64),
        unit_row=np.zeros(units, np.int64),
        S=zeros("c"),
        A=zeros("c"),
        B=zeros("u"),
        Q=zeros("ud"),
        L=zeros("jd"),
        dS=zeros("c"),
        dA=zeros("c"),
        dB=zeros("u"),
        dQ=zeros("ud"),
        dL=zeros("jd"),
        F3=zeros("u"),
        F4=zeros("xd"),
        booked=np.zeros((cities, len(FLOWS))),
        level=zeros("cs"),
        group=zeros("u"),
        attention=np.ones(cities),
        gate=zeros("cs"),
        origin=never("c"),
        opened=never("cs"),
        strength=zeros("c"),
        named=flags("cd"),
        wording=zeros("c"),
        plan_week=never("c"),
        joins=flags("md"),
        co_operation=np.ones(shapes["cd"]),
        active=flags("cd"),
        engaged=flags("u"),
        has=flags("ud"),
        since=never("ud"),
        mode=np.full(shapes["xd"], NO_MODE, np.int8),
        worked=np.zeros(shapes["xd"], np.int64),
        share=zeros("ud"),
        sites=np.zeros(shapes["ud"], np.int64),
        open=flags("jd"),
        confidence=zeros("u"),
        routine=zeros("xd"),
        effect=zeros("kd"),
        seen=zeros("kd"),
        push=zeros("kd"),
        strongest=zeros("kd"),
        covered=flags("kd"),
        pilot=flags("kd"),
        site_since=never("kd"),
        first_pilot=flags("kd"),
        matured=np.full(shapes["kd"], np.nan),
        platforms=world.platforms.copy(),
        bodies=world.bodies.copy(),
        stirs=flags("kb"),
        bodies_active=zeros("k"),
        mean_effect=zeros("ud"),
        participation=zeros("kd"),
        took_part=zeros("c"),
        trust=zeros("c"),
        awareness=zeros("c"),
        reported_enough=flags("cd"),
        proven=flags("cd"),
        best=zeros("c"),
    )
