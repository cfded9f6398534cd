"""Citizens (ODD 3.2 and 4.10), as arrays over all citizens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from . import draws
from .contacts import Ring, ties_of_county

if TYPE_CHECKING:
    from .world import World

Reals = NDArray[np.float64]


class Citizens:
    """All citizens, community by community."""

    def __init__(self, world: World) -> None:
        self.world = world
        p, seed = world.p, world.seed
        home, number, concern, salience, trust, threshold = [], [], [], [], [], []
        low, high = p["citizens.threshold_low"], p["citizens.threshold_high"]
        by_key = sorted(world.domains, key=draws.named)
        for q, k in enumerate(world.communities):
            severity = k.county.severity
            total = sum(severity[d] for d in world.domains)
            for i in range(k.citizens):
                own = draws.key(seed, "citizen", k.name) + 16 * (i + 1) * draws.GOLD
                amount, running = draws.uniform(draws.mix(own)) * total, 0.0
                for d in by_key:
                    running += severity[d]
                    if running > amount:
                        break
                error = p["citizens.salience_spread"] * draws.normal(draws.mix(own + 1))
                nine = sorted(draws.uniform(draws.mix(own + n)) for n in range(2, 11))
                u = draws.uniform(draws.mix(draws.key(seed, "threshold", k.name) + (i + 1) * draws.GOLD))
                home.append(q)
                number.append(i)
                concern.append(world.domains.index(d))
                salience.append(min(max(severity[d] + error, 0.0), 1.0))
                trust.append(nine[4])
                threshold.append(low + (high - low) * u)
        self.home, self.concern = np.array(home), np.array(concern)
        self.step = (np.array(number, np.uint64) + np.uint64(1)) * np.uint64(draws.GOLD)
        self.salience = np.array(salience, np.float32)
        self.trust = np.array(trust, np.float32)
        self.awareness = np.zeros(len(home), np.float32)
        self.threshold = np.array(threshold)
        self.took_part = np.zeros(len(home), bool)
        self.near, self.far = self.contacts()
        ends = np.concatenate([self.near, self.far])
        self.degree = np.bincount(ends, minlength=len(home))
        self.cell = self.home * len(world.domains) + self.concern
        self.cells = len(world.communities) * len(world.domains)
        self.concerned = np.bincount(self.cell, minlength=self.cells)
        self.residents = np.bincount(self.home, minlength=len(world.communities))
        cities = [world.cities.index(k.county.city) for k in world.communities]
        self.city = np.array(cities)[self.home]

    def contacts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return both ends of every tie."""
        near: list[int] = []
        far: list[int] = []
        start = 0
        for county in self.world.counties:
            rings, first = [], 0
            for place in county.places:
                k = place.community
                rings.append(Ring(first, k.citizens, draws.key(self.world.seed, "contacts", k.name)))
                first += k.citizens
            ties = ties_of_county(rings, self.world.p)
            near += [start + tie.near for tie in ties]
            far += [start + tie.far for tie in ties]
            start += first
        return np.array(near, np.int64), np.array(far, np.int64)

    def zeta(self) -> Reals:
        """Return the share of each citizen's contacts who took part."""
        took = self.took_part.astype(float)
        met = np.bincount(self.near, took[self.far], len(took)) + np.bincount(self.far, took[self.near], len(took))
        return np.divide(met, self.degree, out=np.zeros(len(took)), where=self.degree > 0)

    def eta(self, zeta: Reals) -> Reals:
        """Return the inclination to take part."""
        p = self.world.p
        platforms = self.at_home([k.platforms * k.county.city.level[5] for k in self.world.communities])
        return (
            p["citizens.b0"]
            + p["citizens.b_salience"] * (self.salience.astype(float) * self.awareness.astype(float))
            + p["citizens.b_social"] * zeta
            + p["citizens.b_trust"] * self.trust.astype(float)
            + p["citizens.b_platform"] * platforms
        )

    def at_home(self, values: list[float]) -> Reals:
        """Return for each citizen the value of the community."""
        return np.array(values)[self.home]

    def draw(self) -> Reals:
        """Return each citizen's draw of this week."""
        world = self.world
        keys = [draws.week(draws.key(world.seed, "participation", k.name), world.t) for k in world.communities]
        x = np.array(keys, np.uint64)[self.home] + self.step
        x = (x ^ x >> np.uint64(30)) * np.uint64(draws.M1)
        x = (x ^ x >> np.uint64(27)) * np.uint64(draws.M2)
        x = x ^ x >> np.uint64(31)
        return (x >> np.uint64(11)) * 2.0**-53

    def take_part(self) -> None:
        """Move all citizens by one week."""
        world = self.world
        p, zeta = world.p, self.zeta()
        told = self.at_home(
            [
                p["citizens.inform"] * k.county.city.level[3] * p["scouting.breadth"]
                + p["citizens.contact"] * p["citizens.coverage"] * k.county.city.level[1]
                for k in world.communities
            ]
        )
        old = self.awareness.astype(float)
        new = old + (told + p["citizens.spread"] * zeta) * (1.0 - old) - p["citizens.forget"] * old
        self.awareness = np.clip(new, 0.0, 1.0).astype(np.float32)
        covered = np.array([k.covered(d) for k in world.communities for d in world.domains])[self.cell]
        if p["citizens.rule"] == "threshold":
            willing = zeta >= self.threshold
        elif p["citizens.rule"] == "none":
            willing = np.zeros(len(zeta), bool)
        else:
            u, gate = self.draw(), self.at_home([k.county.city.gate[5] for k in world.communities])
            willing = (u < gate) & (u * (1.0 + np.exp(-self.eta(zeta))) < gate)
        self.took_part = took = covered & willing
        seen = np.array([k.before[d] for k in world.communities for d in world.domains])[self.cell]
        trust = self.trust.astype(float)
        moved = trust + p["citizens.learn"] * (np.minimum(1.0, p["citizens.expect"] * seen) - trust)
        self.trust = np.where(took, moved, trust).astype(np.float32)
        self.tell()

    def tell(self) -> None:
        """Write participation and mean trust into the communities."""
        part = np.bincount(self.cell, self.took_part, self.cells) / np.maximum(self.concerned, 1)
        trust = np.bincount(self.home, self.trust.astype(float), len(self.residents)) / self.residents
        width = len(self.world.domains)
        for q, k in enumerate(self.world.communities):
            k.trust = float(trust[q])
            for n, d in enumerate(self.world.domains):
                k.participation[d] = float(part[q * width + n])

    def expected(self) -> list[dict[str, float]]:
        """Return by community and domain the expected share of participants at this moment's values (ODD 4.11, 6)."""
        world = self.world
        zeta = self.zeta()
        if world.p["citizens.rule"] == "threshold":
            chance = (zeta >= self.threshold).astype(float)
        elif world.p["citizens.rule"] == "none":
            chance = np.zeros(len(zeta))
        else:
            chance = self.at_home([k.county.city.gate[5] for k in world.communities]) / (1.0 + np.exp(-self.eta(zeta)))
        mean = np.bincount(self.cell, chance, self.cells) / np.maximum(self.concerned, 1)
        width = len(world.domains)
        return [
            {d: float(mean[q * width + n]) for n, d in enumerate(world.domains)} for q in range(len(world.communities))
        ]

    def mean_of_cities(self, values: NDArray[np.generic]) -> float:
        """Return the mean over cities of the mean over a city's citizens."""
        count = len(self.world.cities)
        return float(np.mean(np.bincount(self.city, values.astype(float), count) / np.bincount(self.city, None, count)))
