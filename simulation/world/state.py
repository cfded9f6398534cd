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
    F4: Floats  # [u, d] momentum leaving settlement this week
    booked: Floats  # [c, flow] the week's ledger
    level: Floats  # [c, 5]
    gate: Floats  # [c, 5]
    origin: Ints  # [c] week from which the city's stage windows count; NEVER before it starts
    instruction: Floats  # [c] intensity of the instruction received, 0 before and without one
    plan_week: Ints  # [c] NEVER before the plan
    domains: Ints  # [c] number of domains in the plan, 1 before the plan
    active: Flags  # [c, d] domain in the plan; before the plan the point alone
    engaged: Flags  # [u]
    has: Flags  # [u, d] assigned or adopted
    since: Ints  # [u, d] week of assignment
    mode: NDArray[np.int8]  # [u, d]
    share: Floats  # [u, d] share of the communities worked, as decided (x)
    sites: Ints  # [u, d] number of open sites
    open: Flags  # [j, d]
    confidence: Floats  # [u]
    routine: Floats  # [u, d]
    effect: Floats  # [k, d]
    seen: Floats  # [k, d] last week's effect, as citizens see it
    push: Floats  # [k, d] this week's delivered momentum over pilot share, summed over units
    strongest: Floats  # [k, d] highest routine among units with a site there
    covered: Flags  # [k, d] a site of any unit
    pilot: Flags  # [k, d] a pilot site of any unit
    site_since: Ints  # [k, d]
    mean_effect: Floats  # [u, d] population-weighted mean over the unit's communities
    participation: Floats  # [k, d] P
    took_part: Floats  # [c] share of citizens who took part
    trust: Floats  # [c] mean trust
    awareness: Floats  # [c] mean awareness
    proven: Flags  # [c, d]
    best: Floats  # [c] highest mean reported effect at a review so far


def build_state(world: World) -> State:
    """Return the state before the first week: no instruction, no awareness, no engaged unit."""
    cities, units = len(world.city_unit) - 1, len(world.unit_city)
    places, domains = world.site_rank.shape
    communities = len(world.population)
    shapes = {
        "c": (cities,),
        "cs": (cities, len(STAGES)),
        "u": (units,),
        "ud": (units, domains),
        "jd": (places, domains),
        "kd": (communities, domains),
        "cd": (cities, domains),
    }

    def zeros(axes: str) -> Floats:
        return np.zeros(shapes[axes])

    def flags(axes: str) -> Flags:
        return np.zeros(shapes[axes], np.bool_)

    def never(axes: str) -> Ints:
        return np.full(shapes[axes], NEVER, np.int64)

    return State(
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
        F4=zeros("ud"),
        booked=np.zeros((cities, len(FLOWS))),
        level=zeros("cs"),
        gate=zeros("cs"),
        origin=never("c"),
        instruction=zeros("c"),
        plan_week=never("c"),
        domains=np.ones(cities, np.int64),
        active=flags("cd"),
        engaged=flags("u"),
        has=flags("ud"),
        since=never("ud"),
        mode=np.full(shapes["ud"], NO_MODE, np.int8),
        share=zeros("ud"),
        sites=np.zeros(shapes["ud"], np.int64),
        open=flags("jd"),
        confidence=zeros("u"),
        routine=zeros("ud"),
        effect=zeros("kd"),
        seen=zeros("kd"),
        push=zeros("kd"),
        strongest=zeros("kd"),
        covered=flags("kd"),
        pilot=flags("kd"),
        site_since=never("kd"),
        mean_effect=zeros("ud"),
        participation=zeros("kd"),
        took_part=zeros("c"),
        trust=zeros("c"),
        awareness=zeros("c"),
        proven=flags("cd"),
        best=zeros("c"),
    )
