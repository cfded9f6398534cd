"""Ordinary cities, drawn from stated distributions, so that findings about many cities meet a model of many cities."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.experiments.design.distributions import Choices, Distribution, Range, Value, parse_distribution
from simulation.files.errors import InputError, nearest, told

if TYPE_CHECKING:
    from simulation.scenario import Scenario

PEOPLE_A_COMMUNITY = 2900
"""Residents of a community, on average: Zhaoqing's 4,501,500 in 1,551 (P)."""

SHAPE = ("counties", "county_population", "urban_share", "towns", "domains", "acute", "supporting")
"""The drawn properties of a city's structure; every other key is that of a parameter."""

_BY_COUNTY = ("county_population", "urban_share", "towns")
_BY_DOMAIN = ("supporting",)
_WHOLE = {"counties": 2, "domains": 2, "towns": 1, "supporting": 0}
_RANGES = {"county_population": (1_000.0, 1e8), "urban_share": (0.0, 1.0), "acute": (0.0, 1.0)}

ORDINARY: dict[str, Distribution] = {
    "counties": Range(4, 13, integer=True),  # S: census 2020: 8 county-level units a prefecture, quartiles 6 and 11
    "county_population": Range(110_000, 1_170_000, "log"),  # S: census 2020: quartiles 195,000, 359,000, 633,000
    "urban_share": Range(0.25, 0.9),  # S: census 2020: quartiles .43, .54, .75; A: no tails; one draw per county
    "towns": Range(7, 20, integer=True),  # S: 38,700 townships in those 2,800 units, 13.6 each; A: spread; per county
    "domains": Range(3, 8, integer=True),  # A: problems that the city may take on; Zhaoqing's eight is the most
    "acute": Range(0.2, 1.0),  # A: share of domains in which some county has an acute problem
    "supporting": Range(2, 3, integer=True),  # A: departments beside the lead, as in Zhaoqing; one draw per domain
    "structure.severity_matched": Range(0.5, 0.9),  # A: how severe that is
    "structure.severity_high": Range(0.4, 0.6),  # A
    "instruction.intensity": Range(0.1, 1.0, "log"),  # A: few are the provincial secretary's own
    "instruction.wording": Range(0.3, 0.9),  # A
    "stages.trend.intensity": Range(0.3, 1.0),  # A: here and below Zhaoqing stands near the upper end
    "stages.authority.rank": Choices(("secretary", "deputy", "none"), (0.25, 0.5, 0.25)),  # A
    "stages.authority.coverage": Range(0.5, 1.0),  # A
    "stages.authority.meetings_per_year": Range(4, 68, "log", integer=True),  # A
    "stages.publicity.intensity": Range(0.3, 1.0),  # A
    "stages.settlement.intensity": Range(0.3, 1.0),  # A
    "stages.leverage.intensity": Range(0.3, 1.0),  # A
    "scouting.breadth": Range(0.4, 1.0),  # A
    "scouting.depth": Range(0.2, 0.9),  # A
    "scouting.strength": Range(0.2, 0.9),  # A
    "execution.oversight": Range(0.3, 0.9),  # A
    "execution.capacity": Range(1.3, 2.35),  # A
    "rivals.rate": Range(0.0, 1.0),  # A: rival campaigns per year
}
"""The distributions that ordinary cities are drawn from, unless a file says otherwise; independent of each other."""


class Ensemble:
    """Cities to draw.

    Parameters
    ----------
    draws : mapping of str to distribution, optional
        Laid over ``ORDINARY``: a key of ``SHAPE`` or a parameter's dotted key to a distribution, or to ``False``,
        which leaves the parameter at the base's value.
    base : str, Path, dict or Scenario
        Gives every parameter that is not drawn.
    values : mapping, optional
        Parameters set in every city, over everything drawn.
    file, key : optional
        Named in errors.

    Raises
    ------
    InputError
        For an unknown key, for a value that is no distribution, or for a value that the schema refuses.
    """

    def __init__(
        self,
        draws: Mapping[str, Any] | None = None,
        *,
        base: Any = "zhaoqing",
        values: Mapping[str, Any] | None = None,
        file: str | Path | None = None,
        key: str = "ensemble",
    ) -> None:
        from simulation.experiments.running.task import ModelTask
        from simulation.scenario import load_scenario

        self.base: Scenario = load_scenario(base)
        self.values = dict(values or {})
        found: dict[str, Distribution] = dict(ORDINARY)
        valid = {*SHAPE, *ModelTask.names()}
        for name, given in (draws or {}).items():
            where = f"{key}.{name}"
            if name not in valid:
                raise InputError(told("error.ensemble.property"), file=file, key=where, suggestion=nearest(name, valid))
            if given is False and name not in SHAPE:
                found.pop(name, None)
            else:
                found[name] = parse_distribution(given, file=file, key=where)
        self.draws = {name: dist for name, dist in found.items() if name not in self.values}
        self._check(file, key)

    def _check(self, file: str | Path | None, key: str) -> None:
        for name, least in _WHOLE.items():
            drawn = self.draws[name]
            if not isinstance(drawn, Range) or not drawn.integer or drawn.low < least or drawn.high > 60:
                raise InputError(
                    told("error.ensemble.whole", least=least), file=file, key=f"{key}.{name}", given=drawn.spec()
                )
        for name, (low, high) in _RANGES.items():
            drawn = self.draws[name]
            if not all(isinstance(end, int | float) and low <= end <= high for end in drawn.ends()):
                raise InputError(
                    told("error.ensemble.range"),
                    file=file,
                    key=f"{key}.{name}",
                    given=drawn.spec(),
                    allowed=told("error.range", low=low, high=high),
                )
        for name, distribution in self.draws.items():
            if name in SHAPE:
                continue
            for end in distribution.ends():
                try:
                    self.base.with_values({name: end})
                except InputError as error:
                    raise InputError(
                        error.problem, file=file, key=f"{key}.{name}", given=end, allowed=error.allowed
                    ) from None

    def drawn(self, seed: int, number: int = 0) -> dict[str, Value]:
        """Return the values that are drawn for one city, key to value, without those drawn per county or per domain.

        Parameters
        ----------
        seed : int
            Of the ensemble.
        number : int
            Number of the city, from 0; a city does not depend on how many others are drawn.
        """
        return {
            name: distribution.at(_unit(seed, name, f"city {number}"))
            for name, distribution in self.draws.items()
            if name not in _BY_COUNTY + _BY_DOMAIN
        }

    def city(self, seed: int, number: int = 0, parameters: Mapping[str, Any] | None = None) -> Scenario:
        """Return one city as a scenario.

        Parameters
        ----------
        seed, number : int
            As for ``drawn``.
        parameters : mapping, optional
            Dotted keys that override the base; drawn values and ``values`` override them.
        """
        return self.base.with_values(self.changes(seed, number, parameters))

    def changes(self, seed: int, number: int = 0, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the values in which a city differs from the base: dotted keys to values, with the structure."""
        drawn = self.drawn(seed, number)
        counties, wanted = int(drawn["counties"]), int(drawn["domains"])
        names = [f"County {place + 1}" for place in range(counties)]
        # No unit of an ordinary city is one of its departments.
        named = {key: {"en": named.en, "zh": named.zh} for key, named in self.base.departments.named.items()}
        structure = {
            "structure.units": self._rows(names, seed, number),
            "departments.named": named,
            "domains": self._domains(names, wanted, float(drawn["acute"]), seed, number),
            "instruction.cities": ("City",),
            "instruction.domain": None,
            "plan.table": None,
        }
        rest = {name: value for name, value in drawn.items() if name not in SHAPE}
        return structure | dict(parameters or {}) | rest | self.values

    def _rows(self, names: list[str], seed: int, number: int) -> tuple[dict[str, Any], ...]:
        rows: list[dict[str, Any]] = [
            {"unit": "Province", "parent": "", "tier": "province", "zh": "省"},
            {"unit": "City", "parent": "Province", "tier": "city", "zh": "市"},
        ]
        for place, name in enumerate(names):
            where = f"city {number}, {name}"
            population = int(self.draws["county_population"].at(_unit(seed, "county_population", where)))
            urban = float(self.draws["urban_share"].at(_unit(seed, "urban_share", where)))
            communities = max(2, round(population / PEOPLE_A_COMMUNITY))
            residential = min(max(1, round(urban * communities)), communities - 1)
            rows.append(
                {
                    "unit": name,
                    "parent": "City",
                    "tier": "county",
                    "zh": f"县{place + 1}",
                    "population": population,
                    "urban_share": round(urban, 4),
                    "residential": residential,
                    "villages": communities - residential,
                }
            )
            rows += self._towns(name, place, urban, communities, where, seed)
        return tuple(rows)

    def _towns(
        self, county: str, place: int, urban: float, communities: int, where: str, seed: int
    ) -> list[dict[str, Any]]:
        """Return a county's towns, no more than its communities, and as many subdistricts as its urban share implies.

        A subdistrict counts as urban, a town as one third urban, as in the shipped structures.
        """
        number = min(int(self.draws["towns"].at(_unit(seed, "towns", where))), communities)
        subdistricts = min(max(round(number * (3 * urban - 1) / 2), 0), number)
        return [
            {
                "unit": f"{county}, town {n + 1}",
                "parent": county,
                "tier": "town",
                "zh": f"县{place + 1}{'街道' if n < subdistricts else '镇'}{n + 1}",
                "kind": "subdistrict" if n < subdistricts else "town",
            }
            for n in range(number)
        ]

    def _domains(self, names: list[str], wanted: int, acute: float, seed: int, number: int) -> dict[str, Any]:
        """Return domains; in about the share ``acute`` of them one county, drawn by domain, is matched.

        Its lead and its supporting departments are drawn from those of the base.
        """
        domains: dict[str, Any] = {}
        departments = list(self.base.departments.named)
        for place in range(wanted):
            where = f"city {number}, domain {place + 1}"
            county = names[int(_unit(seed, "acute county", where) * len(names))]
            matched = (county,) if _unit(seed, "acute", where) < acute else ()
            draws = {name: _unit(seed, "department", f"{where}: {name}") for name in departments}
            lot = sorted(departments, key=draws.__getitem__)
            supporting = int(self.draws["supporting"].at(_unit(seed, "supporting", where)))
            domains[f"domain-{place + 1}"] = {
                "en": f"Domain {place + 1}",
                "zh": f"领域{place + 1}",
                "matched": matched,
                "lead": lot[0] if lot else None,
                "supporting": tuple(lot[1 : supporting + 1]),
            }
        return domains

    @property
    def identity(self) -> dict[str, Any]:
        """Plain data that describes the draws."""
        from simulation.experiments.running.task import ModelTask

        draws = {name: distribution.spec() for name, distribution in self.draws.items()}
        return {**ModelTask(self.base).identity, "draws": draws, "values": self.values}


def _unit(seed: int, purpose: str, name: str) -> float:
    # Only where cities are drawn: who but reads the distributions need not wait for the compiler.
    from simulation.compute.randomness import keys, name_keys, uniform

    return float(uniform(keys(seed, f"ensemble: {purpose}", name_keys([name])))[0])
