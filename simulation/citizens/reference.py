"""The citizens' week in plain numpy, in the order of the rule: the readable form of `week.py`, and its test.

One citizen is one entry of every array below. A week is six lines of arithmetic:

    soc        share of my contacts who took part last week, 0 for somebody without contacts
    awareness  ← clip(awareness + (inform·a₃·breadth + contact·coverage·a₁ + spread·soc)·(1 − awareness)
                 − forget·awareness, 0, 1)
    u          b0 + b_salience·salience·awareness + b_social·soc + b_trust·trust + b_platform·platforms·a₅
    take part  where my concern has a site in my community: with probability gate₅·logistic(u), or, under the threshold
               rule, when soc ≥ my threshold
    trust      ← trust + learn·(min(1, expect·effect I saw last week) − trust) where I took part
    P          share of a community's citizens concerned with a domain who took part, 0 where nobody is concerned

Levels, gates and sites are this week's; `soc` and the effect seen are last week's. It is a hundred times slower than
`week.py`, and only tests call it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from simulation.citizens import rules
from simulation.citizens.network import COMPLETE, GRAPH, Contacts
from simulation.citizens.population import Population
from simulation.compute.kernel import plain
from simulation.compute.randomness import GOLDEN, mix, uniform
from simulation.scenario.windows import LEVERAGE, PUBLICITY, TREND
from simulation.world.fixed import World
from simulation.world.parameters import Rows
from simulation.world.state import State

ArrayRule = Callable[..., NDArray[np.float64]]


def social_share(contacts: Contacts, seen: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the share of each citizen's contacts who took part last week, in [0, 1].

    Parameters
    ----------
    contacts : Contacts
        The network.
    seen : array of uint8
        Who took part last week, in the network's layout.
    """
    sizes = np.diff(contacts.first)
    home = np.repeat(np.arange(len(sizes)), sizes)
    if contacts.kind == GRAPH:
        viewer = np.repeat(np.arange(len(home)), np.diff(contacts.indptr))
        taking = np.bincount(viewer, seen[contacts.neighbour], minlength=len(home))
        known = np.diff(contacts.indptr)
    elif contacts.kind == COMPLETE:
        taking = np.bincount(home, seen, minlength=len(sizes))[home] - seen
        known = sizes[home] - 1
    else:
        used = np.arange(contacts.table.shape[1])[None, :] < contacts.degree[home][:, None]
        taking = (seen[contacts.base[home][:, None] + contacts.table] * used).sum(axis=1)
        known = contacts.degree[home]
    return np.where(known > 0, taking / np.maximum(known, 1), 0.0)


def weekly_draws(population: Population, week: int) -> NDArray[np.float64]:
    """Return each citizen's uniform draw of one week: a hash of the community's key, the week and the own number."""
    first = population.contacts.first
    number = (np.arange(len(population)) - first[:-1][population.home]).astype(np.uint64)
    communities = mix(population.keys + GOLDEN * np.array([week + 1], np.uint64))
    return uniform(mix(communities[population.home] + GOLDEN * (number + np.uint64(1))))


def run_week(rows: Rows, g: World, s: State, population: Population, rule: str, week: int) -> None:
    """Let all citizens look, decide and learn, once; arguments and effects are those of `week.run_week`."""
    home, concern = population.home, population.concern
    city, row = g.community_city[home], s.unit_row[g.community_county[home]]
    columns = cast("Any", rows)  # an array of records; each citizen has the numbers that hold in the county
    p = SimpleNamespace(citizens=columns.citizens[row], scouting=columns.scouting[row])
    c = p.citizens
    soc = social_share(population.contacts, population.seen)

    aware = population.awareness.astype(np.float64)
    told = c.inform * s.level[city, PUBLICITY] * p.scouting.breadth + c.contact * c.coverage * s.level[city, TREND]
    aware = np.clip(aware + (told + c.spread * soc) * (1 - aware) - c.forget * aware, 0.0, 1.0)
    population.awareness[:] = aware
    aware = population.awareness.astype(np.float64)  # in 32 bits, as it is stored

    trust = population.trust.astype(np.float64)
    # The rule's own lines, run by Python on arrays; their types name one citizen.
    pull, utility = cast("ArrayRule", plain(rules.pull)), cast("ArrayRule", plain(rules.utility))
    place = pull(p, s.platforms[home], s.level[city, LEVERAGE])
    u = utility(p, place, population.salience.astype(np.float64), aware, soc, trust)
    willing = np.zeros(len(home), np.bool_)
    if rule == "logit":
        willing = weekly_draws(population, week) * (1.0 + np.exp(-u)) < s.gate[city, LEVERAGE]
    elif rule == "threshold":
        willing = cast("Callable[..., NDArray[np.bool_]]", plain(rules.reaches))(soc, population.threshold)
    took = willing & s.covered[home, concern]

    learnt = cast("ArrayRule", plain(rules.learnt))(p, trust, s.seen[home, concern])
    population.trust[took] = learnt[took]
    _write_down(g, s, population, took)


def _write_down(g: World, s: State, population: Population, took: NDArray[np.bool_]) -> None:
    shape = s.participation.shape
    cell = population.home.astype(np.int64) * shape[1] + population.concern
    taking = np.bincount(cell[took], minlength=shape[0] * shape[1]).reshape(shape)
    s.participation[:] = np.where(population.concerned > 0, taking / np.maximum(population.concerned, 1), 0.0)
    city = g.community_city[population.home]
    people = np.maximum(np.bincount(city, minlength=len(s.S)), 1)
    for means, column in (
        (s.took_part, took),
        (s.trust, population.trust),
        (s.awareness, population.awareness),
    ):
        means[:] = np.bincount(city, column.astype(np.float64), minlength=len(s.S)) / people
    population.set_took_part(np.arange(len(population)), took)
