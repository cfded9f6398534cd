"""Political signals: issuer, channel, domain, and how far the wording covers other domains (docs/model.md)."""

from __future__ import annotations

from typing import Literal

from simulation.scenario.fields import LONGEST, Names, Table, number, whole, word

ISSUERS = ("centre", "secretary", "governor", "deputy", "department")
CHANNELS = ("written", "speech", "document", "inspection")


class Issuers(Table):
    """The weight of a signal by the rank of whoever issues it; a provincial Party secretary's is the unit."""

    centre: float = number(2, 0, 1000, "instructions", "S: rank of the issuer, He & Kong; A: value")
    secretary: float = number(1, 0, 1000, "instructions", "P: the unit of momentum")
    governor: float = number(0.8, 0, 1000, "instructions", "S: rank of the issuer, He & Kong; A: value")
    deputy: float = number(0.5, 0, 1000, "instructions", "S: rank of the issuer, He & Kong; A: value")
    department: float = number(0.3, 0, 1000, "instructions", "S: rank of the issuer, He & Kong; A: value")


class Channels(Table):
    """The weight of a signal by its channel; a written instruction is the unit."""

    written: float = number(1, 0, 1000, "ratio", "P: a written instruction")
    speech: float = number(0.6, 0, 1000, "ratio", "A")
    document: float = number(0.5, 0, 1000, "ratio", "A")
    inspection: float = number(0.7, 0, 1000, "ratio", "A")


class Signal(Table):
    """One signal: in its week the trend of each addressed city receives issuer × channel, or the intensity given."""

    week: int = whole(..., 0, LONGEST, "week", "A")
    issuer: Literal["centre", "secretary", "governor", "deputy", "department"] = word("secretary", ISSUERS, "P")
    channel: Literal["written", "speech", "document", "inspection"] = word("written", CHANNELS, "P")
    intensity: float | None = number(None, 0, 1000, "instructions", "A")
    domain: str | None = None
    wording: float | None = number(None, 0, 1, "share", "A")
    cities: Names = ()
