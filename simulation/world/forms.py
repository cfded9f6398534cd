"""Functional forms that several rules share, from ignition to the co-operation of departments."""

from __future__ import annotations

from simulation.compute.kernel import kernel


@kernel(inline="always")
def response(stock: float, q_half: float, h: float) -> float:
    """Return H(Q) = Q^h / (Q^h + q_half^h): with h = 2 a programme must ignite, with h = 1 it need not."""
    if stock <= 0.0:
        return 0.0
    squares = stock * stock + q_half * q_half
    if h == 2.0 and squares > 0.0:  # the squares of very small numbers are no numbers any more
        return stock * stock / squares
    return 1.0 / (1.0 + (q_half / stock) ** h)


@kernel(inline="always")
def unheld(authority: float, routine: float) -> float:
    """Return (1 − a₂)(1 − r), in [0, 1]: how far neither authority nor routine holds up a programme."""
    return (1.0 - authority) * (1.0 - routine)


@kernel(inline="always")
def opened(share: float, base: float) -> float:
    """Return the gate base + (1 − base)·share; base is the share that passes through an inactive activity."""
    return base + (1.0 - base) * share


@kernel(inline="always")
def wording_of(named: bool, wording: float) -> float:
    """Return τ, how far a city's signals cover a domain: 1 if one names it, else as widely as they are worded."""
    return 1.0 if named else wording


@kernel(inline="always")
def let_through(conflict: float, joined: int, members: int) -> float:
    """Return K = 1 − conflict·(1 − joined/members), the share of executed momentum that gets past the departments.

    1 without departments; 1 − conflict while none of them has joined.
    """
    return 1.0 - conflict * (1.0 - joined / members) if members > 0 else 1.0
