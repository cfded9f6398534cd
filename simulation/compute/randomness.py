"""Draws without generators: each draw is a hash of (seed, purpose, name, week).

A draw belongs to its name alone, so a county added far away changes nobody else's luck, two scenarios under one seed
share every draw that both make (common random numbers), and any number of threads gives the same result. The hash is
SplitMix64's finaliser (Steele, Lea & Flood 2014); names enter through BLAKE2b.

Two statements of the same function live here: `mix` for numpy arrays and `mix1` for compiled scalar code. A test holds
them equal.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from simulation.compute.kernel import kernel

Keys = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53


@functools.lru_cache(maxsize=65536)
def name_key(name: str) -> int:
    """Return the 64-bit key of a name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def name_keys(names: Iterable[str]) -> Keys:
    """Return the 64-bit keys of names, in order."""
    return np.fromiter((name_key(name) for name in names), np.uint64)


def mix(x: Keys) -> Keys:
    """Return SplitMix64's finaliser of an array of 64-bit integers (a bijection)."""
    x = x ^ (x >> _S30)
    x = x * _M1
    x = x ^ (x >> _S27)
    x = x * _M2
    return x ^ (x >> _S31)


@kernel(inline="always")
def mix1(x: np.uint64) -> np.uint64:
    """Return `mix` of one integer, in compiled code."""
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


def stream(seed: int, purpose: str) -> np.uint64:
    """Return the key of one purpose under one seed; draws for different purposes are independent."""
    return np.uint64(_stream(np.uint64(seed & 0xFFFFFFFFFFFFFFFF), np.uint64(name_key(purpose))))


@kernel
def _stream(seed: np.uint64, purpose: np.uint64) -> np.uint64:
    return mix1(mix1(seed + GOLDEN) ^ purpose)


def keys(seed: int, purpose: str, names: Keys) -> Keys:
    """Return one key per name for a purpose, in the shape and order of ``names``."""
    return mix(stream(seed, purpose) ^ names)


def pair(first: Keys, second: Keys) -> Keys:
    """Return the keys of all pairs, such as (unit, domain), of shape (len(first), len(second))."""
    return mix(first[:, None] ^ mix(second + GOLDEN)[None, :])


def week_keys(base: Keys, week: int) -> Keys:
    """Return the keys of one week's draws."""
    return mix(base + np.array([week + 1], np.uint64) * GOLDEN)


def uniform(bits: Keys) -> NDArray[np.float64]:
    """Return numbers in [0, 1) with 53 random bits each."""
    return (bits >> _S11).astype(np.float64) * _UNIT


@kernel(inline="always")
def uniform1(bits: np.uint64) -> float:
    """Return `uniform` of one integer, in compiled code."""
    return np.float64(bits >> _S11) * _UNIT


@kernel(inline="always")
def week_uniform1(base: np.uint64, week: int) -> float:
    """Return the uniform draw of one key in one week, in compiled code."""
    return uniform1(mix1(base + GOLDEN * np.uint64(week + 1)))


def normal(bits: Keys) -> NDArray[np.float64]:
    """Return standard normal numbers (Box & Muller 1958); each number takes two further hashes."""
    radius = np.sqrt(-2.0 * np.log(1.0 - uniform(mix(bits + GOLDEN))))
    return np.asarray(radius * np.cos(2.0 * np.pi * uniform(mix(bits ^ _M1))), dtype=np.float64)


@kernel(inline="always")
def normal1(bits: np.uint64) -> float:
    """Return `normal` of one integer, in compiled code."""
    radius = np.sqrt(-2.0 * np.log(1.0 - uniform1(mix1(bits + GOLDEN))))
    return radius * np.cos(2.0 * np.pi * uniform1(mix1(bits ^ _M1)))
