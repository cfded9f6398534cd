"""The tables of a case: which columns each has, what a cell may hold, and the rows that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

from simulation.cases.measures import MEASURES
from simulation.scenario.signals import CHANNELS, ISSUERS

MOST_ROWS = 100_000
"""Most rows of a table."""
HEADS = ("secretary", "deputy", "none")
"""Rank of the head of the city's leading group, as ``stages.authority.rank`` has it."""
MOST_MEETINGS = 40
"""Most meetings of a month: more than one per day, and fewer than leave no capacity at the default cost of one."""

UNBOUNDED = 1e9
"""Largest number of a column whose cells the measure bounds; it only keeps out absurd numbers."""

type Kind = Literal["date", "month", "unit", "place", "cities", "domain", "word", "number", "text"]


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    name : str
        Its name; also the field of the row.
    kind : str
        ``unit`` is a county or department, ``place`` one or the city, ``cities`` a list of cities.
    needed : bool
        True if no cell may be empty; the others may be left out.
    low, high : float
        Range of a number, both ends included unless ``above``.
    above : bool
        True if ``low`` itself is outside the range.
    words : mapping
        Accepted words, each with its Chinese form, which is accepted too.
    """

    name: str
    kind: Kind
    needed: bool = True
    low: float = 0.0
    high: float = 1.0
    above: bool = False
    words: Mapping[str, str] | None = None


_RANKS = dict(zip(ISSUERS, ("中央", "省委书记", "省长", "省级副职", "省直部门"), strict=True))
_CHANNELS = dict(zip(CHANNELS, ("批示", "讲话", "文件", "视察"), strict=True))
_HEADS = dict(zip(HEADS, ("书记", "副职", "无"), strict=True))
_MEASURES = dict(zip(MEASURES, ("议程", "承担", "点位", "上报", "参与", "放弃"), strict=True))
_SOURCE = Column("source", "text", needed=False)
_NOTE = Column("note", "text", needed=False)


@dataclass(frozen=True)
class TableForm:
    """One table.

    Attributes
    ----------
    name : str
        Stem of its file.
    columns : tuple of Column
        Every column; their order in the file is free.
    key : tuple of str
        Columns that two rows may not share.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(one for one in self.columns if one.name == name)


TABLES: Mapping[str, TableForm] = {
    one.name: one
    for one in (
        TableForm(
            "severity",
            (
                Column("unit", "unit"),
                Column("domain", "domain"),
                Column("severity", "number"),
                Column("sd", "number", needed=False),
                _SOURCE,
                _NOTE,
            ),
            ("unit", "domain"),
        ),
        TableForm(
            "capacity",
            (
                Column("unit", "unit"),
                Column("capacity", "number", high=1000, above=True),
                Column("zeal", "number", needed=False),
                _SOURCE,
                _NOTE,
            ),
            ("unit",),
        ),
        TableForm(
            "signals",
            (
                Column("date", "date"),
                Column("issuer", "text", needed=False),
                Column("rank", "word", words=_RANKS),
                Column("channel", "word", words=_CHANNELS),
                Column("domain", "domain", needed=False),
                Column("wording", "number", needed=False),
                Column("cities", "cities", needed=False),
                _SOURCE,
                _NOTE,
            ),
            (),
        ),
        TableForm(
            "meetings",
            (
                Column("month", "month"),
                Column("meetings", "number", high=MOST_MEETINGS),
                Column("head", "word", words=_HEADS),
                _SOURCE,
                _NOTE,
            ),
            ("month",),
        ),
        TableForm(
            "observed",
            (
                Column("date", "date"),
                Column("unit", "place", needed=False),
                Column("domain", "domain", needed=False),
                Column("measure", "word", words=_MEASURES),
                Column("value", "number", high=UNBOUNDED),
                Column("sd", "number", needed=False, high=UNBOUNDED, above=True),
                _SOURCE,
                _NOTE,
            ),
            ("date", "unit", "domain", "measure"),
        ),
    )
}
"""Name to table, in the order in which they are read."""

COLUMN_WORDS: Mapping[str, str] = {
    "日期": "date",
    "时间": "date",
    "月份": "month",
    "月": "month",
    "单位": "unit",
    "区县": "unit",
    "领域": "domain",
    "指标": "measure",
    "观测指标": "measure",
    "数值": "value",
    "值": "value",
    "标准差": "sd",
    "来源": "source",
    "出处": "source",
    "备注": "note",
    "严重程度": "severity",
    "问题严重程度": "severity",
    "能力": "capacity",
    "执行能力": "capacity",
    "积极性": "zeal",
    "发出者": "issuer",
    "级别": "rank",
    "渠道": "channel",
    "措辞": "wording",
    "城市": "cities",
    "会议": "meetings",
    "会议次数": "meetings",
    "组长": "head",
}
"""Chinese names of columns, each accepted in the place of the English one."""


class Where(NamedTuple):
    """Where a row stands: name of the file, and line, row of the sheet or observation."""

    file: str
    row: int


class SeverityRow(NamedTuple):
    """How bad a domain's problem is in a unit, in [0, 1]; ``sd`` NaN where it is not said."""

    where: Where
    unit: str
    domain: str
    severity: float
    sd: float
    source: str


class CapacityRow(NamedTuple):
    """A unit's capacity as a ratio to an ordinary unit's, and how far its group follows the city's (NaN: not said)."""

    where: Where
    unit: str
    capacity: float
    zeal: float
    source: str


class SignalRow(NamedTuple):
    """A signal; an empty domain is the point, NaN wording that of the scenario, no cities the case's city."""

    where: Where
    date: date
    issuer: str
    rank: str
    channel: str
    domain: str
    wording: float
    cities: tuple[str, ...]
    source: str


class MeetingRow(NamedTuple):
    """Meetings of the city's leading group in a month (its first day), and the rank of its head."""

    where: Where
    month: date
    meetings: float
    head: str
    source: str


class ObservedRow(NamedTuple):
    """One observation; ``unit`` is the city's name where it speaks of the city, ``sd`` NaN where it is not said."""

    where: Where
    date: date
    unit: str
    domain: str
    measure: str
    value: float
    sd: float
    source: str


@dataclass(frozen=True)
class Tables:
    """All rows of a case; no rows where it has no such file. ``files`` maps a table's name to its file."""

    severity: tuple[SeverityRow, ...] = ()
    capacity: tuple[CapacityRow, ...] = ()
    signals: tuple[SignalRow, ...] = ()
    meetings: tuple[MeetingRow, ...] = ()
    observed: tuple[ObservedRow, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)


class Known(NamedTuple):
    """Names and dates that rows may speak of.

    Attributes
    ----------
    units : tuple of str
        Counties and departments; none where the places are not known: any name is taken then.
    cities : tuple of str
        Cities.
    city : str
        The city that the case is about.
    domains : tuple of str
        Keys of the domains.
    labels : mapping
        Name to Chinese label, accepted in its place.
    start : date
        First day of week 0.
    weeks : int
        Weeks of the run.
    """

    units: tuple[str, ...]
    cities: tuple[str, ...]
    city: str
    domains: tuple[str, ...]
    labels: Mapping[str, str]
    start: date
    weeks: int
