"""Random draws (ODD, "Random draws"): every draw is a hash of seed, purpose, name and week."""

from __future__ import annotations

import hashlib
import math
from functools import cache

MASK = 2**64 - 1
GOLD = 0x9E3779B97F4A7C15
M1 = 0xBF58476D1CE4E5B9
M2 = 0x94D049BB133111EB


@cache
def named(name: str) -> int:
    """Return hash(name): the 8-byte BLAKE2b digest, little-endian."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def mix(x: int) -> int:
    """Scramble a number of 64 bits."""
    x &= MASK
    x = (x ^ x >> 30) * M1 & MASK
    x = (x ^ x >> 27) * M2 & MASK
    return x ^ x >> 31


@cache
def stream(seed: int, purpose: str) -> int:
    """Return the stream of one purpose."""
    return mix(mix(seed + GOLD) ^ named(purpose))


@cache
def key(seed: int, purpose: str, name: str | int) -> int:
    """Return the key of a name, or of a number that stands in place of hash(name)."""
    return mix(stream(seed, purpose) ^ (name if isinstance(name, int) else named(name)))


@cache
def pair(first: int, name: str) -> int:
    """Return the key of a second name below a key."""
    return mix(first ^ mix(named(name) + GOLD))


def week(first: int, t: int) -> int:
    """Return the key of week t."""
    return mix(first + (t + 1) * GOLD)


def uniform(number: int) -> float:
    """U: uniform in [0, 1)."""
    return (number >> 11) * 2.0**-53


def normal(number: int) -> float:
    """Z: standard normal."""
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(mix(number + GOLD))))
    return radius * math.cos(2.0 * math.pi * uniform(mix(number ^ M1)))


def poisson(u: float, mean: float) -> int:
    """Return the smallest number whose distribution function is at least u."""
    number, term = 0, math.exp(-mean)
    below = term
    while below < u:
        number += 1
        term *= mean / number
        below += term
    return number
