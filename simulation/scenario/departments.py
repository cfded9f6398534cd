"""Municipal departments: which there are, and when they co-operate in a domain or pass the buck (docs/model.md)."""

from __future__ import annotations

from simulation.scenario.fields import Labels, Names, Table, number, other, share


class NamedDepartment(Labels):
    """A department that every city has, and the units of the structure that are this department."""

    units: Names = ()


class Departments(Table):
    """The departments, and what makes them co-operate."""

    conflict: float = share(0.62, "P: kind; A: a plausible world")
    w_authority: float = number(8.6, 0, 1000, "utility", "P: kind; A: a plausible world")
    w_lead: float = number(1.5, 0, 1000, "utility", "A")
    w_join: float = number(1.5, 0, 1000, "utility", "A")
    w_busy: float = number(0.35, 0, 1000, "utility", "A")
    turf: float = number(2.5, -1000, 1000, "utility", "P: kind; A: a plausible world")
    capacity: float = number(3.66, 0, 1000, "domains", "A", above=True)
    noise: float = number(0.525, 0, 100, "utility", "A", above=True)
    named: dict[str, NamedDepartment] = other({}, "departments", "A: who is in charge of what")
