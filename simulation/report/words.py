"""The report in words and tables: scenario, key numbers, limits, parameters, provenance."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.drawing.numbers import UNDEFINED, amount, decimals, percent, plain
from simulation.figures.expansion import taken_on
from simulation.figures.names import Names, scenario_name
from simulation.figures.tables import table
from simulation.figures.told_changes import told_changes
from simulation.figures.town_load import capacity, of_counties
from simulation.metrics import METRICS
from simulation.scenario import ParameterInfo, parameters
from simulation.scenario.calendar import beside, told_week
from simulation.scenario.modes import MODES
from simulation.scenario.sources import source_in
from simulation.scenario.windows import STAGES
from simulation.text import catalogue, say
from simulation.world.signals import signals_of

if TYPE_CHECKING:
    from simulation.results import RunResult
    from simulation.world.signals import Issued

TOGETHER = ("effectiveness", "core_effect", "depth", "agenda")
"""Breadth trades these one against the other; none of them stands alone."""
KEY = (
    "site_effect",
    "breadth",
    "surface",
    "participation",
    "co_operation",
    "town_load",
    "substantive",
    "symbolic",
    "reporting_gap",
    "scale_up_gap",
    "equity",
    "delivered",
    "persistence",
)
LIMITS = ("switch", "ignition", "order", "need", "span", "case", "absent", "one_run")
LONG = 120
MOST_CHANGES = 40
"""Changes during a run that are told; all of them are in changes.csv."""


class Words:
    """The texts and tables of the template, in one language."""

    def __init__(self, result: RunResult, names: Names, switch_off: Mapping[str, float] | None) -> None:
        self._result, self._names, self._effects = result, names, switch_off or {}
        self._spec, self._lang = result.spec, names.lang

    def _say(self, key: str, **values: object) -> str:
        return say(f"report.{key}", self._lang, **values)

    @property
    def question(self) -> str:
        """The scenario's question, or nothing."""
        question = self._spec.question
        return getattr(question, self._lang) or question.en or question.zh

    @property
    def sentences(self) -> list[str]:
        """The scenario in words."""
        spec, cells, units = self._spec, self._result.cells, self._result.units
        kind = say(f"scenario.choice.plan.kind.{spec.plan.kind}", self._lang)
        comma = self._say("comma")
        return [
            *(self._signal(signal) for signal in signals_of(spec)),
            self._say(
                "places",
                cities=units["city"].nunique(),
                units=units["unit"].nunique(),
                towns=self._towns(),
                communities=len(cells) // len(spec.domains),
                domains=len(spec.domains),
                citizens=spec.structure.citizens if spec.structure.citizens != "all" else self._say("all_citizens"),
            ),
            self._say("domains", domains=comma.join(self._names.domain(key) for key in spec.domains)),
            self._say("agenda", agenda=self._agenda()),
            self._say("plan", kind=kind, per_county=spec.plan.per_county),
        ]

    def _signal(self, signal: Issued) -> str:
        told = [self._names.place(city) for city in signal.cities]
        return self._say(
            "instruction",
            strength=plain(signal.strength),
            domain=self._names.domain(list(self._spec.domains)[signal.domain]),
            cities=self._say("comma").join(told) if told else self._say("every_city"),
            when=told_week(self._spec, signal.week, self._lang),
        )

    def _agenda(self) -> str:
        wanted = self._spec.agenda.domains
        if isinstance(wanted, str):
            return say(f"scenario.choice.agenda.domains.{wanted}", self._lang)
        return self._say("agenda_of", n=wanted)

    def _towns(self) -> int:
        """Return how many towns execute: those with a simulated community, none where counties execute themselves."""
        if self._spec.structure.towns == "none":
            return 0
        cells = self._result.cells
        return len(cells.loc[cells["township"] != "", ["county", "township"]].drop_duplicates())

    @property
    def stages(self) -> list[tuple[str, str, str]]:
        """Stage, weeks in which it is worked on, intensity."""
        rows = []
        for order, name in enumerate(STAGES, start=1):
            stage = getattr(self._spec.stages, name)
            end = stage.start + stage.length
            until = self._say("no_end") if math.isinf(end) else self._week(end - 1)
            window = self._say("window", start=self._week(stage.start), end=until)
            intensity = stage.effective_intensity
            rows.append(
                (
                    f"{order} {say(f'stage.{name}', self._lang)}",
                    window if intensity > 0 and stage.length > 0 else self._say("left_out"),
                    amount(intensity),
                )
            )
        return rows

    def _week(self, week: float) -> str:
        """Return a week, or one of a window whose ends are no whole weeks, with its month where it is known."""
        return say("calendar.week", self._lang, week=plain(week)) + beside(self._spec, math.floor(week), self._lang)

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The changes during the run, each with the meaning, value before and value of what it sets; the first ones."""
        meanings = {info.key: info.description[self._lang] for info in parameters()}
        return [
            {"told": change, "settings": [(key, meanings[key], *values) for key, *values in change.settings]}
            for change in told_changes(self._result, self._lang)[:MOST_CHANGES]
        ]

    @property
    def more_changes(self) -> int:
        """The number of changes that `changes` leaves out."""
        return max(len(self._spec.changes) - MOST_CHANGES, 0)

    @property
    def changed(self) -> list[tuple[str, str, str]]:
        """Meaning, value and default of the numbers and words that differ from the defaults."""
        values = self._spec.values
        return [
            (info.description[self._lang], shown(values.get(info.key)), shown(info.default))
            for info in _plain_parameters()
            if not _same(values.get(info.key), info.default) and not info.key.startswith("structure.")
        ]

    def metrics(self, which: str) -> list[tuple[str, str, str, str]]:
        """Name, label, value and meaning of those to be read ``together``, of the ``key`` numbers, or of ``all``."""
        names = {"together": TOGETHER, "key": KEY, "all": tuple(METRICS)}[which]
        summary = self._result.summary
        return [
            (
                name,
                say(f"metric.{name}", self._lang),
                _amount(name, summary.get(name, math.nan)),
                say(f"metric.{name}.meaning", self._lang),
            )
            for name in names
        ]

    @property
    def domains(self) -> list[tuple[str, str, str, str, str]]:
        """Domain, month in which a unit first had it, surface, mean effect, departments that co-operate at the end."""
        cells, order = self._result.cells, list(self._spec.domains)
        weeks, shown_first, effect = taken_on(self._result)
        sited = cells.groupby("domain")["site_since"].count() / cells.groupby("domain").size()
        mean = cells.groupby("domain")["effect"].mean()
        joined = self._joined()
        rows = []
        for key in order:
            known = np.flatnonzero(np.isfinite(effect[shown_first.index(key)]))
            since = told_week(self._spec, weeks[known[0]], self._lang) if len(known) else UNDEFINED
            label = self._names.domain(key)
            rows.append((label, since, percent(sited[key]), percent(mean[key], 1), joined.get(key, UNDEFINED)))
        return rows

    def _joined(self) -> dict[str, str]:
        """Return domain to the departments that co-operate in the last recorded week, out of all of all cities."""
        found = table(self._result, "departments")
        if found is None:
            return {}
        last = found[found["week"] == self._result.units["week"].max()]
        counts = last.groupby("domain")["joins"].agg(["sum", "size"])
        return {str(key): self._say("of", part=int(row["sum"]), all=int(row["size"])) for key, row in counts.iterrows()}

    @property
    def towns(self) -> list[tuple[str, str, str, str, str]]:
        """County, executors, mean load, those above capacity, substantive pairs at the end; nothing without a table."""
        found = of_counties(self._result)
        if found is None:
            return []
        last = found[found["week"] == found["week"].max()]
        carried, modes = capacity(self._result), list(MODES)
        rows = []
        for county, block in last.groupby("unit", sort=False):
            over = int((block["load"] > carried).sum())
            pairs = int(block[modes].to_numpy().sum())
            share = block["substantive"].sum() / pairs if pairs else math.nan
            name = self._names.place(str(county))
            rows.append((name, str(len(block)), amount(block["load"].mean()), str(over), percent(share)))
        return rows

    @property
    def limits(self) -> list[str]:
        """Limits of the model."""
        texts = [self._say(f"limit.{name}") for name in LIMITS]
        for key in ("ignition", "need"):
            ratio = self._effects.get(key)
            if ratio is not None and not math.isnan(ratio):
                texts[LIMITS.index(key)] += self._say("limit.measured", ratio=decimals(ratio, 2))
        return texts

    @property
    def parameters(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Tables of parameters: key, meaning, value, unit, source, origin, and whether it differs from the default."""
        values, origins = self._spec.values, self._spec.origins
        tables: dict[str, list[dict[str, Any]]] = {}
        for info in parameters():
            value = values.get(info.key)
            where = origins.get(info.key, "default")
            words = {"default": self._say("by_default"), "given": self._say("given")}
            tables.setdefault(info.key.rpartition(".")[0] or "top", []).append(
                {
                    "key": info.key,
                    "meaning": info.description[self._lang],
                    "value": self._value(info, value),
                    "unit": self._unit(info.unit),
                    "source": source_in(info.source, self._lang),
                    "where": words.get(where, where),
                    "changed": info in _plain_parameters() and not _same(value, info.default),
                }
            )
        return [(self._heading(name), rows) for name, rows in tables.items()]

    def _heading(self, table: str) -> str:
        entry = catalogue().get(f"scenario.table.{table}")
        return entry[self._lang] if entry else table

    def _unit(self, unit: str) -> str:
        entry = catalogue().get(f"scenario.unit.{unit}")
        return entry[self._lang] if entry else unit

    def _value(self, info: ParameterInfo, value: Any) -> str:
        if info.kind == "domains":
            return self._say("comma").join(self._names.domain(key) for key in self._spec.domains)
        if info.kind == "rows" and value is not None:
            return self._say("rows", n=len(value))
        return shown(value)

    @property
    def provenance(self) -> list[tuple[str, str]]:
        """Provenance of the numbers."""
        origin = self._result.provenance
        versions = " · ".join(f"{name} {version}" for name, version in origin["versions"].items())
        platform = " · ".join(str(part) for part in origin.get("platform", {}).values())
        seconds = origin.get("seconds")
        rows = {
            "scenario": scenario_name(self._result),
            "digest": origin["digest"],
            "seed": str(self._result.seed),
            "weeks": str(origin["weeks"]),
            "versions": versions,
            "revision": str(origin.get("revision") or "–"),
            "platform": platform,
            "finished": str(origin.get("finished", "–")),
            "seconds": "–" if seconds is None else plain(seconds),
        }
        return [(self._say(f"provenance.{key}"), value) for key, value in rows.items()]


def _amount(metric: str, value: float) -> str:
    return plain(round(value, 2)) if METRICS[metric].unit in ("domains", "weeks") else amount(value)


def _plain_parameters() -> list[ParameterInfo]:
    return [info for info in parameters() if info.kind in ("number", "whole", "word")]


def _same(value: Any, default: Any) -> bool:
    return bool(value == default) or (value is None and default is None) or (value == "auto" and default is None)


def shown(value: Any) -> str:
    """Return a parameter's value as a reader writes it, cut where it is very long."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return plain(value)
    text = value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)
    return str(text) if len(str(text)) <= LONG else str(text)[: LONG - 1] + "…"
