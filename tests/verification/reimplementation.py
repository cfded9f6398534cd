"""Draws, stage levels, stages 1 to 3 and the plan once more, in plain Python, written from `docs/odd.md` alone.

It uses nothing of the package. Section numbers are those of the protocol. While `instruction.renewal` is 0, stage 4 and
later steps do not affect these parts, so that whole runs can be compared.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import Any

WORD = 2**64 - 1
G, M1, M2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
STAGES = ("trend", "authority", "publicity", "settlement", "leverage")
RANKS = {"secretary": 1.0, "deputy": 0.6, "none": 0.0}


# --- random draws ---


def h(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8"), digest_size=8).digest(), "little")


def mix(x: int) -> int:
    x &= WORD
    x ^= x >> 30
    x = x * M1 & WORD
    x ^= x >> 27
    x = x * M2 & WORD
    return x ^ x >> 31


def key(seed: int, purpose: str, name: str) -> int:
    return mix(mix(mix(seed + G) ^ h(purpose)) ^ h(name))


def pair(one: int, name: str) -> int:
    return mix(one ^ mix(h(name) + G))


def week(one: int, t: int) -> int:
    return mix(one + (t + 1) * G)


def U(one: int) -> float:
    return (one >> 11) * 2.0**-53


def Z(one: int) -> float:
    return math.sqrt(-2 * math.log(1 - U(mix(one + G)))) * math.cos(2 * math.pi * U(mix(one ^ M1)))


def inverse_poisson(u: float, mean: float) -> int:
    n, term = 0, math.exp(-mean)
    reached = term
    while reached < u:
        n += 1
        term *= mean / n
        reached += term
    return n


# --- the city ---


@dataclass
class City:
    """One city that is named by the instruction: names, and what changes from week to week."""

    name: str
    units: list[str]  # in the order of the file
    departments: set[str]
    domains: dict[str, list[str]]  # key -> matched units, in file order
    p: dict[str, Any]  # dotted key -> value
    seed: int

    S: float = 0.0
    A: float = 0.0
    B: dict[str, float] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    a: list[float] = field(default_factory=lambda: [0.0] * 5)
    g: list[float] = field(default_factory=lambda: [0.0] * 5)
    engaged: set[str] = field(default_factory=set)
    n_d: int = 1
    plan: dict[str, set[str]] | None = None

    def __post_init__(self) -> None:
        self.B = dict.fromkeys(self.units, 0.0)
        self.confidence = dict.fromkeys(self.units, 0.0)
        self.severity = self.severities()

    @property
    def point(self) -> str:
        return self.p["instruction.domain"] or next(iter(self.domains))

    # 3.2
    def severities(self) -> dict[tuple[str, str], float]:
        low, high = self.p["structure.severity_low"], self.p["structure.severity_high"]
        s = {}
        for domain, matched in self.domains.items():
            for unit in self.units:
                if unit in matched:
                    s[unit, domain] = self.p["structure.severity_matched"]
                elif unit not in self.departments:
                    s[unit, domain] = low + (high - low) * U(pair(key(self.seed, "severity", unit), domain))
            counties = [s[unit, domain] for unit in self.units if unit not in self.departments]
            for unit in self.departments - set(matched):
                s[unit, domain] = sum(counties) / len(counties)
        return s

    # 4.1
    def intensity(self, k: int) -> float:
        stage = f"stages.{STAGES[k]}"
        given = self.p[f"{stage}.intensity"]
        if given is not None:
            return given
        m = self.p[f"{stage}.meetings_per_year"]
        return RANKS[self.p[f"{stage}.rank"]] * self.p[f"{stage}.coverage"] * m / (m + self.p[f"{stage}.meetings_half"])

    def in_window(self, k: int, t: int) -> bool:
        start, length = self.p[f"stages.{STAGES[k]}.start"], self.p[f"stages.{STAGES[k]}.length"]
        return start <= t < start + length

    def rivals(self, t: int) -> int:
        mean, length = self.p["rivals.rate"] / 52, self.p["rivals.length"]
        one = key(self.seed, "rivals", self.name)
        return sum(inverse_poisson(U(week(one, s)), mean) for s in range(max(0, t - length + 1), t + 1)) if mean else 0

    def raise_levels(self, t: int) -> None:
        lock, base = self.p["transmission.interlock"], self.p["transmission.base"]
        below = [1.0, *self.a[:4]]
        old = list(self.a)
        attention = 1 / (1 + self.rivals(t))
        for k in range(5):
            build, relax = (self.p[f"stages.{STAGES[k]}.{name}"] for name in ("build", "relax"))
            w = self.intensity(k) * attention if self.in_window(k, t) else 0.0
            self.a[k] = old[k] + build * w * (1 - lock + lock * below[k]) * (1 - old[k]) - relax * old[k]
            self.g[k] = base + (1 - base) * self.a[k]

    # 4.4
    def draw_up_plan(self) -> None:
        p = self.p
        sigma = p["scouting.scout_error"] * (1 - p["synergies.smart"] / 2) * (1 - p["leverage.horizontal"] / 2)
        sigma *= 1 - p["scouting.depth"] * self.a[2]
        seen = {
            (u, d): self.severity[u, d] + sigma * Z(pair(key(self.seed, "scouting", u), d))
            for u in self.units
            for d in self.domains
        }
        wanted = max(1, math.floor(p["scouting.breadth"] * len(self.units) + 0.5))
        total = {u: sum(seen[u, d] for d in self.domains) for u in self.units}
        units = sorted(sorted(self.units, key=lambda u: (-total[u], u))[:wanted])
        kept = [self.point, *(d for d in self.domains if d != self.point)]
        if p["plan.domains"] != "all":
            kept = kept[: p["plan.domains"]]
        lots = {(u, d): U(pair(key(self.seed, "lot", u), d)) for u in units for d in self.domains}
        made = {u: set() for u in units}
        if p["plan.kind"] == "division":
            remaining = list(units)
            while remaining:
                for u, d in best_assignment(remaining, kept, seen):
                    made[u].add(d)
                remaining = [u for u in remaining if not made[u]]
            fill_up(made, kept, seen, p["plan.per_county"])
        elif p["plan.kind"] == "uniform":
            made = {u: set(kept) for u in units}
        elif p["plan.kind"] == "point":
            made = {u: {self.point} for u in units}
        elif p["plan.kind"] == "random":
            order = sorted(units, key=lambda u: lots[u, self.point])
            ordered = sorted(kept, key=lambda d: lots[order[0], d])
            for j, u in enumerate(order):
                made[u].add(ordered[j % len(kept)])
            fill_up(made, kept, lots, p["plan.per_county"])
        else:
            made = {u: {d for d in p["plan.table"].get(u, ()) if d in kept} for u in units}
        self.plan, self.engaged = made, set(units)
        self.n_d = max(1, len(set().union(*made.values())))

    # 1.3
    def step(self, t: int) -> None:
        p = self.p
        if p["turnover.rate"] > 0:
            chance = 1 - math.exp(-p["turnover.rate"] / 52)
            for u in self.units:
                if U(week(key(self.seed, "unit turnover", u), t)) < chance:
                    self.confidence[u] /= 2
            if U(week(key(self.seed, "city turnover", self.name), t)) < chance:
                self.a[0] /= 2
                self.a[1] /= 2
        if t == p["instruction.week"]:
            self.S += p["instruction.intensity"]
        if t == 0:
            self.engaged = set(self.units)
        self.raise_levels(t)
        if self.plan is None and self.intensity(3) > 0 and self.in_window(3, t):
            self.draw_up_plan()
        self.flow()

    # 4.2, 4.3
    def flow(self) -> None:
        p = self.p
        convert = [p[f"stages.{stage}.convert"] for stage in STAGES]
        fade = [p[f"stages.{stage}.fade"] for stage in STAGES]
        F1 = convert[0] * self.g[0] * self.S
        X = convert[1] * self.A
        F2 = X * self.g[1]
        fragmented = (X - F2) * (1 - 1 / (1 + p["transmission.fragment"] * self.n_d))
        n = len(self.engaged)
        each = F2 * n ** -p["transmission.rivalry_units"]
        self.S += -F1 - fade[0] * self.S
        self.A += F1 - F2 - fragmented - fade[1] * self.A
        for u in self.units:
            F3 = convert[2] * self.g[2] * self.B[u]
            heard = each if u in self.engaged else 0.0
            self.B[u] += heard - F3 - fade[2] * self.B[u]
            k = self.confidence[u]
            if u in self.engaged:
                self.confidence[u] += p["transmission.assure"] * self.a[2] * p["scouting.strength"] * (1 - k)
            self.confidence[u] -= p["transmission.doubt"] * (1 - self.a[1]) * k


def best_assignment(units: list[str], kept: list[str], score: dict[tuple[str, str], float]) -> list[tuple[str, str]]:
    """Return the pairs of a largest one-to-one assignment of greatest total score, by dynamic programming."""
    pairs = min(len(units), len(kept))
    best: dict[tuple[int, int], tuple[float, list[tuple[str, str]]]] = {(0, 0): (0.0, [])}
    for u in units:
        grown = dict(best)  # the unit gets no domain
        for (count, used), (total, chosen) in best.items():
            for column, d in enumerate(kept):
                state = (count + 1, used | 1 << column)
                if used & 1 << column or count == pairs:
                    continue
                if state not in grown or total + score[u, d] > grown[state][0]:
                    grown[state] = (total + score[u, d], [*chosen, (u, d)])
        best = grown
    return max((value for (count, _), value in best.items() if count == pairs), key=lambda value: value[0])[1]


def fill_up(made: dict[str, set[str]], kept: list[str], score: dict[tuple[str, str], float], per_county: int) -> None:
    """Give each unit its highest-scoring further domains until it has `per_county` of those kept."""
    for u, own in made.items():
        for d in sorted(kept, key=lambda d, u=u: -score[u, d]):
            if len(own) < min(per_county, len(kept)):
                own.add(d)
