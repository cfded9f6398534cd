"""The citizens: one row of columns per citizen, drawn by (seed, community's name, number in the community)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.citizens.network import Contacts
from simulation.compute.kernel import kernel
from simulation.compute.randomness import GOLDEN, mix1, normal1, uniform1

DRAWS_EACH = 16  # literal: room for the draws of one citizen; the numbers between do not overlap
NINE = 9  # literal: the median of nine uniform numbers is exactly Beta(5, 5), the trust that citizens begin with
MIDDLE = NINE // 2


class Columns(NamedTuple):
    """The columns as compiled code reads them."""

    keys: NDArray[np.uint64]
    concern: NDArray[Any]
    salience: NDArray[np.float32]
    trust: NDArray[np.float32]
    awareness: NDArray[np.float32]
    threshold: NDArray[np.float64]
    seen: NDArray[np.uint8]
    seen_next: NDArray[np.uint8]
    concerned: NDArray[np.int64]


@dataclass
class Population:
    """Columns of all citizens, in the order of their communities.

    Attributes
    ----------
    contacts : Contacts
        The network of contacts.
    keys : array of uint64, shape (communities,)
        Key of the weekly draws.
    home : array of int32
        Community of each citizen (its position in the sample).
    concern : array of uint8 or uint16
        Domain of concern (its column).
    salience, trust, awareness : array of float32
        In [0, 1].
    threshold : array of float64
        Share of contacts that must take part before the citizen does, under the threshold rule; empty otherwise. Kept
        in full precision, because a share such as 2 of 10 must reach the threshold .2.
    seen, seen_next : array of uint8
        Participants of last week and of this week, in the layout of `Contacts`.
    concerned : array of int64, shape (communities, domains)
        Number of citizens by concern.
    sums : array, shape (communities, 3)
        Participants, sum of trust and of awareness in the last week.
    """

    contacts: Contacts
    keys: NDArray[np.uint64]
    home: NDArray[np.int32]
    concern: NDArray[Any]
    salience: NDArray[np.float32]
    trust: NDArray[np.float32]
    awareness: NDArray[np.float32]
    threshold: NDArray[np.float64]
    seen: NDArray[np.uint8]
    seen_next: NDArray[np.uint8]
    concerned: NDArray[np.int64]
    sums: NDArray[np.float64]

    def columns(self) -> Columns:
        """Return the columns as compiled code reads them."""
        return Columns(
            self.keys,
            self.concern,
            self.salience,
            self.trust,
            self.awareness,
            self.threshold,
            self.seen,
            self.seen_next,
            self.concerned,
        )

    def turn(self) -> None:
        """Make this week's participants last week's."""
        self.seen, self.seen_next = self.seen_next, self.seen

    def __len__(self) -> int:
        return len(self.concern)

    def position(self) -> NDArray[np.int64]:
        """Return each citizen's position in ``seen``."""
        shift = self.contacts.base[:-1] - self.contacts.first[:-1]
        return np.asarray(np.arange(len(self)) + shift[self.home], dtype=np.int64)

    def set_took_part(self, rows: NDArray[np.int64], value: Any) -> None:
        """Set who took part last week; contacts in other communities see it too."""
        self.seen[self.position()[rows]] = value
        copies = self.contacts.base[:-1] + np.diff(self.contacts.first)
        counts = np.diff(self.contacts.outside_start)
        within = np.arange(counts.sum()) - np.repeat(self.contacts.outside_start[:-1], counts)
        self.seen[np.repeat(copies, counts) + within] = self.seen[self.contacts.outside]

    def count_concerned(self) -> None:
        """Count citizens by community and concern anew, after concerns were changed."""
        shape = self.concerned.shape
        flat = self.home.astype(np.int64) * shape[1] + self.concern
        self.concerned[:] = np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)

    @property
    def took_part(self) -> NDArray[np.bool_]:
        """Participants of the last week, in the citizens' order; a copy."""
        return self.seen[self.position()].astype(np.bool_)


@kernel
def _draw(
    keys: NDArray[np.uint64],
    first: NDArray[np.int64],
    county: NDArray[np.int64],
    severity: NDArray[np.float64],
    walk: NDArray[np.int64],
    spread: float,
    concern: NDArray[Any],
    salience: NDArray[np.float32],
    trust: NDArray[np.float32],
    concerned: NDArray[np.int64],
) -> None:
    domains = severity.shape[1]
    nine = np.empty(NINE)
    for k in range(len(keys)):
        u = county[k]
        total = 0.0
        for at in range(domains):
            total += severity[u, walk[at]]
        for i in range(first[k], first[k + 1]):
            key = keys[k] + GOLDEN * np.uint64((i - first[k] + 1) * DRAWS_EACH)
            aim = uniform1(mix1(key)) * total
            at, reached = 0, severity[u, walk[0]]
            while reached <= aim and at < domains - 1:
                at += 1
                reached += severity[u, walk[at]]
            d = walk[at]
            concern[i] = d
            concerned[k, d] += 1
            noisy = severity[u, d] + spread * normal1(mix1(key + np.uint64(1)))
            salience[i] = min(1.0, max(0.0, noisy))
            for n in range(NINE):
                nine[n] = uniform1(mix1(key + np.uint64(n + 2)))
            trust[i] = median_of_nine(nine)


@kernel(inline="always")
def median_of_nine(values: NDArray[np.float64]) -> float:
    """Return the median of nine uniform numbers, which is exactly Beta(5, 5); reorders them."""
    for low in range(MIDDLE + 1):
        smallest = low
        for n in range(low + 1, NINE):
            if values[n] < values[smallest]:
                smallest = n
        values[low], values[smallest] = values[smallest], values[low]
    return values[MIDDLE]


def populate(
    keys: NDArray[np.uint64],
    week_keys: NDArray[np.uint64],
    contacts: Contacts,
    county: NDArray[np.int64],
    severity: NDArray[np.float64],
    thresholds: NDArray[np.float64] | None = None,
    walk: NDArray[np.int64] | None = None,
    *,
    salience_spread: float,
) -> Population:
    """Draw all citizens.

    Concern falls on a domain in proportion to its severity in the county; salience is clip(severity of the concern +
    N(0, salience_spread), 0, 1); trust Beta(5, 5), the median of nine uniform draws; awareness 0 (assumptions).

    Parameters
    ----------
    keys, week_keys : array of uint64, shape (communities,)
        Keys of the draws at birth and of the weekly ones.
    contacts : Contacts
        The network; its ``first`` says how many citizens each community has.
    county : array of int
        Row of ``severity`` for each community.
    severity : array, shape (units, domains)
        Severities in [0, 1].
    thresholds : array, optional
        One threshold per citizen.
    walk : array of int, shape (domains,), optional
        The order in which the draw of a concern goes through the domains. An order that comes from the domains' names
        makes citizens independent of the order of domains in the file.
    salience_spread : float
        Standard deviation of salience between citizens who share a concern, at least 0.

    Raises
    ------
    ValueError
        When the number of thresholds is not the number of citizens.
    """
    total, domains = int(contacts.first[-1]), severity.shape[1]
    own = np.zeros(0) if thresholds is None else np.array(thresholds, dtype=np.float64)
    if thresholds is not None and own.shape != (total,):
        raise ValueError(f"{total} citizens need {total} thresholds, not an array of shape {own.shape}")
    walk = np.arange(domains) if walk is None else walk
    concern = np.empty(total, np.uint8 if domains <= 256 else np.uint16)
    salience, trust = np.empty(total, np.float32), np.empty(total, np.float32)
    concerned = np.zeros((len(keys), domains), np.int64)
    _draw(keys, contacts.first, county, severity, walk, salience_spread, concern, salience, trust, concerned)
    return Population(
        contacts=contacts,
        keys=week_keys,
        home=np.repeat(np.arange(len(keys), dtype=np.int32), np.diff(contacts.first)),
        concern=concern,
        salience=salience,
        trust=trust,
        awareness=np.zeros(total, np.float32),
        threshold=own,
        seen=np.zeros(int(contacts.base[-1]), np.uint8),
        seen_next=np.zeros(int(contacts.base[-1]), np.uint8),
        concerned=concerned,
        sums=np.zeros((len(keys), 3)),
    )
