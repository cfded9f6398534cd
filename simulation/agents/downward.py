"""Leverage downward (向下借势): communities open a site without being asked where citizens are ready."""

from __future__ import annotations

import numpy as np

from simulation.agents.town import take_up
from simulation.citizens import rules
from simulation.citizens.network import COMPLETE, GRAPH, TABLE, Contacts
from simulation.citizens.population import Columns
from simulation.citizens.rules import LOGIT, THRESHOLD
from simulation.compute.kernel import kernel
from simulation.compute.randomness import week_uniform1
from simulation.ledger.accounts import DOWNWARD
from simulation.scenario.windows import LEVERAGE
from simulation.world.fixed import World
from simulation.world.parameters import Parameters, Rows
from simulation.world.sites import mark_site
from simulation.world.state import State


@kernel
def would_take_part(
    p: Parameters, g: World, s: State, contacts: Contacts, people: Columns, rule: int, k: int, d: int
) -> float:
    """Return the expected share of those concerned with ``d`` who would take part if there were a site."""
    c = g.community_city[k]
    first, last = contacts.first[k], contacts.first[k + 1]
    n, base = last - first, contacts.base[k]
    place = rules.pull(p, s.platforms[k], s.level[c, LEVERAGE])
    together = np.int64(0)  # not in the 8 bits of `seen`, where plain Python would count
    for i in range(n):
        together += people.seen[base + i]
    total, count = 0.0, 0
    for i in range(n):
        row = first + i
        if people.concern[row] != d:
            continue
        count += 1
        around, known = np.int64(0), np.int64(0)
        if contacts.kind == TABLE:
            known = contacts.degree[k]
            for slot in range(known):
                around += people.seen[base + contacts.table[row, slot]]
        elif contacts.kind == GRAPH:
            known = contacts.indptr[row + 1] - contacts.indptr[row]
            for at in range(contacts.indptr[row], contacts.indptr[row + 1]):
                around += people.seen[contacts.neighbour[at]]
        elif contacts.kind == COMPLETE:
            known = n - 1
            around = together - people.seen[base + i]
        social = around / known if known > 0 else 0.0
        if rule == LOGIT:
            u = rules.utility(p, place, people.salience[row], people.awareness[row], social, people.trust[row])
            total += rules.chance(s.gate[c, LEVERAGE], u)
        elif rule == THRESHOLD:
            total += rules.reaches(social, people.threshold[row])
    return total / count if count > 0 else 0.0


@kernel
def open_unasked(rows: Rows, g: World, s: State, contacts: Contacts, people: Columns, rule: int, week: int) -> None:
    """At a review, let ready communities open a site of their county in their top concern, the severest domain.

    Ready: more than ``downward_at`` of those concerned would take part. It happens with probability ``downward``, and
    the site is fed with ignite·q_half·w (``downward``). Source: Bu 2022, §5.2; the form is an assumption.
    """
    for k in range(len(g.population)):
        u = g.community_county[k]
        p = rows[s.unit_row[u]]
        d = int(np.argmax(g.severity[u]))
        if s.covered[k, d] or week_uniform1(g.downward_key[k], week) >= p.leverage.downward:
            continue
        if would_take_part(p, g, s, contacts, people, rule, k, d) <= p.leverage.downward_at:
            continue
        for j in range(g.unit_place[u], g.unit_place[u + 1]):
            if g.place_community[j] == k:
                s.open[j, d] = True
                s.sites[u, d] += 1
                s.worked[g.place_executor[j], d] += 1
                mark_site(g, s, j, d, week, False)
                amount = p.diffusion.ignite * p.execution.q_half / g.pilots[u]
                s.L[j, d] += amount
                s.booked[g.unit_city[u], DOWNWARD] += amount
    take_up(rows, g, s, week)
