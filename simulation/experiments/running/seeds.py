"""The seed of each run: a stateless hash of the experiment's seed and the replicate.

Paired (the default): replicate r has one seed, the same at every point, so that two points under it share
every draw that both make (common random numbers). Not paired: every point has its own seeds.
"""

from __future__ import annotations

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def mix(word: int) -> int:
    """Return the SplitMix64 finaliser of a 64-bit word (Steele, Lea & Flood 2014): a bijection on 64 bits."""
    word = (word + _GOLDEN) & _MASK
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _MASK
    return word ^ (word >> 31)


def run_seed(experiment_seed: int, replicate: int, identity: str | None = None) -> int:
    """Return the seed of one run, an integer in [0, 2**53), so that R, JSON and pandas read it exactly.

    Parameters
    ----------
    experiment_seed : int
        The seed of the whole experiment; 0 is a seed like any other.
    replicate : int
        Number of the replicate, from 0.
    identity : str, optional
        The point's identity (hexadecimal) when points have seeds of their own; None when paired.
    """
    word = mix(mix(experiment_seed & _MASK) ^ (replicate & _MASK))
    if identity is not None:
        word = mix(word ^ int(identity, 16))
    return word >> 11
