"""The rule by which a citizen takes part, and what taking part teaches; both are stated here only.

The week (`week.py`), the question who would take part were there a site (`agents/downward.py`) and the plain reference
(`reference.py`) all read it here. The functions are arithmetic alone, so that plain Python runs them on arrays too.
"""

from __future__ import annotations

import numpy as np

from simulation.compute.kernel import kernel
from simulation.world.parameters import Parameters

LOGIT, THRESHOLD, NOBODY = 0, 1, 2
#: Number of each rule of `citizens.rule` in compiled code.
RULES = {"logit": LOGIT, "threshold": THRESHOLD, "none": NOBODY}


@kernel
def pull(p: Parameters, platforms: float, leverage: float) -> float:
    """Return what a community's bodies add to everybody's utility: b0 + b_platform·platforms·a₅, in log odds."""
    return p.citizens.b0 + p.citizens.b_platform * platforms * leverage


@kernel
def utility(p: Parameters, place: float, salience: float, awareness: float, social: float, trust: float) -> float:
    """Return u = pull + b_salience·salience·awareness + b_social·soc + b_trust·trust, in log odds.

    ``place`` is the community's `pull`; the other four lie in [0, 1], ``social`` is the share of the citizen's contacts
    who took part last week.
    """
    c = p.citizens
    return place + c.b_salience * salience * awareness + c.b_social * social + c.b_trust * trust


@kernel
def chance(gate: float, u: float) -> float:
    """Return the probability of taking part, gate₅·logistic(u)."""
    return gate / (1.0 + np.exp(-u))


@kernel
def takes_part(draw: float, gate: float, u: float) -> bool:
    """Tell whether a uniform draw falls below `chance`; certain misses are told apart without the exponential."""
    return draw < gate and draw * (1.0 + np.exp(-u)) < gate


@kernel
def reaches(social: float, threshold: float) -> bool:
    """Tell whether enough of a citizen's contacts took part, under the threshold rule (Granovetter 1978)."""
    return social >= threshold


@kernel
def learnt(p: Parameters, trust: float, effect: float) -> float:
    """Return a participant's trust after a week: it moves by ``learn`` towards min(1, expect·effect seen)."""
    return trust + p.citizens.learn * (np.minimum(1.0, p.citizens.expect * effect) - trust)
