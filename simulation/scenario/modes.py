"""The modes of execution: how a unit may carry out what it is given. One class per mode; this is the only list.

A mode's place in `Modes` is its number in compiled code. From this table follow the ledger's accounts, the state's mode
numbers, the metrics of shares, the order of figures and the page's key. The utility of mode m is

    w_press·pressure·Π·(1 − veiled·o) + w_need·need·severity + w_peer·peers·(share of peers that are substantive)
      + reward − w_over·o·(caught + refused·Π) − the cost of load and effort

with Π the perceived pressure and o the oversight (`simulation.agents.modes`). Source: the four modes are Bu 2022, §1;
the form and all numbers are assumptions.
"""

from __future__ import annotations

from typing import ClassVar

from simulation.scenario.fields import Table, number, share


class Mode(Table):
    """One mode of execution; a number that a mode does not state as a parameter is 0 or 1 by definition.

    Attributes
    ----------
    account : str or None
        The sink to which momentum goes that the mode does not pass on; None when it passes on all.
    hollow : bool
        Whether reports embellish what the mode achieves.
    effort : float
        Work that the mode costs, in domains executed substantively.
    yields : float
        Share of the programme's output that the mode passes on.
    pressure, need, peers : float
        How much of each motive speaks for the mode.
    veiled : float
        Share of the pressure's motive that complete oversight takes away.
    reward : float
        What the mode brings in any case, in utility.
    caught : float
        Risk of being found out under complete oversight.
    refused : float
        Risk of being called to account, in proportion to pressure.
    """

    account: ClassVar[str | None] = None
    hollow: ClassVar[bool] = False
    peers: ClassVar[float] = 0.0
    refused: ClassVar[float] = 0.0


class Substantive(Mode):
    """实质执行: the domain is carried out as meant, which is the unit in which the other modes are measured."""

    effort: ClassVar[float] = 1.0
    yields: ClassVar[float] = 1.0
    pressure: ClassVar[float] = 1.0
    need: ClassVar[float] = 1.0
    peers: ClassVar[float] = 1.0
    veiled: ClassVar[float] = 0.0
    reward: ClassVar[float] = 0.0
    caught: ClassVar[float] = 0.0


class Adaptive(Mode):
    """变通执行: the domain is bent to what suits the unit; here the form that does less than it is told."""

    account: ClassVar[str | None] = "adaptive"
    hollow: ClassVar[bool] = True
    veiled: ClassVar[float] = 0.0
    reward: ClassVar[float] = 0.0

    effort: float = share(0.44, "A: a plausible world")
    yields: float = share(0.6, "A")
    pressure: float = share(0.51, "A: a plausible world")
    need: float = share(0.33, "A: a plausible world")
    caught: float = share(0.18, "A: a plausible world")


class Symbolic(Mode):
    """象征性执行: signs and meetings, little work; oversight takes the pressure's motive away."""

    account: ClassVar[str | None] = "symbolic"
    hollow: ClassVar[bool] = True
    need: ClassVar[float] = 0.0

    effort: float = share(0.15, "A")
    yields: float = share(0.1, "A")
    pressure: float = share(0.93, "A: a plausible world")
    veiled: float = share(1, "A")
    reward: float = number(0.35, 0, 100, "utility", "A: a plausible world")
    caught: float = share(0.3, "A")


class Selective(Mode):
    """选择性执行: the domain is dropped, openly enough that nothing is embellished."""

    account: ClassVar[str | None] = "selective"
    effort: ClassVar[float] = 0.0
    yields: ClassVar[float] = 0.0
    pressure: ClassVar[float] = 0.0
    need: ClassVar[float] = 0.0
    veiled: ClassVar[float] = 0.0
    caught: ClassVar[float] = 0.0
    refused: ClassVar[float] = 1.0

    reward: float = number(0.48, 0, 100, "utility", "A: a plausible world")


class Modes(Table):
    """All modes of execution, from the fullest to none."""

    substantive: Substantive = Substantive()
    adaptive: Adaptive = Adaptive()
    symbolic: Symbolic = Symbolic()
    selective: Selective = Selective()


_TABLE: dict[str, type[Mode]] = {name: field.annotation for name, field in Modes.model_fields.items()}  # type: ignore[misc]

#: Names, in the order of their numbers.
MODES: tuple[str, ...] = tuple(_TABLE)
#: Number of the mode that executes as meant.
SUBSTANTIVE = MODES.index("substantive")
#: Number that stands for "the unit does not have the domain".
NO_MODE = -1
#: Account of what each mode does not pass on.
ACCOUNTS: tuple[str | None, ...] = tuple(mode.account for mode in _TABLE.values())
#: Whether reports embellish what the mode achieves.
HOLLOW: tuple[bool, ...] = tuple(mode.hollow for mode in _TABLE.values())
#: The numbers that every mode has, as a parameter or by definition.
COEFFICIENTS = ("effort", "yields", "pressure", "need", "peers", "veiled", "reward", "caught", "refused")
