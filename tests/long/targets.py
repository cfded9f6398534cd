"""The fuzz targets: for each loader its claim about any bytes, its seeds, and the words of its format."""

from __future__ import annotations

import functools
import itertools
import json
import math
import tomllib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.odd import told
from long.spoiling import as_toml

from simulation.evidence import Calibration
from simulation.evidence.expression import Expression
from simulation.experiments.design.design import Design, from_spec, identity
from simulation.experiments.design.factors import check_factors
from simulation.experiments.running.task import ModelTask
from simulation.experiments.store.database import StoreError
from simulation.experiments.store.reading import read_store
from simulation.experiments.store.store import Store
from simulation.files.output import is_ours
from simulation.hypotheses.hypothesis import Hypothesis
from simulation.model import MomentumModel
from simulation.places import building
from simulation.places.hierarchy import load_hierarchy
from simulation.places.sampling import sample
from simulation.results import TABLES, RunResult, run
from simulation.scenario import load_scenario, parameters, parse_assignments, shipped_folder

SMALL = {"structure.citizens": 200, "structure.communities": None}
#: Larger structures and samples are allowed and only take longer; a fuzzer should not spend its time on them.
FEW = 3000
METRICS = ["breadth", "effectiveness", "core_effect"]


@dataclass(frozen=True)
class Target:
    """One loader under test.

    Parameters
    ----------
    claim : callable
        Takes bytes and an empty folder to work in; raises when the loader neither accepts nor raises InputError, or
        when an accepted input cannot be used.
    seeds : callable
        Returns inputs to start from.
    form : {"toml", "json", "text"}
        Kind of mutations beside those of bytes.
    words : tuple of str
        The format's own words.
    """

    claim: Callable[[bytes, Path], None]
    seeds: Callable[[], list[bytes]]
    form: str = "text"
    words: tuple[str, ...] = ()


def accepted[T](load: Callable[[], T]) -> T | None:
    """Return the value that a loader accepts; None when it refuses with an InputError."""
    kept: list[T] = []
    told(lambda: kept.append(load()))
    return kept[0] if kept else None


def plain(value: Any) -> Any:
    """Return a value as JSON gives it back."""
    return json.loads(json.dumps(value, allow_nan=False))


def small(spec: Any) -> Any:
    """Return the scenario's places unless it asks for very many."""
    before = building.MOST_COMMUNITIES
    building.MOST_COMMUNITIES = FEW
    try:
        return load_hierarchy(spec)
    finally:
        building.MOST_COMMUNITIES = before


def scenario(content: bytes, folder: Path) -> None:
    path = folder / "any.toml"
    path.write_bytes(content)
    spec = accepted(lambda: load_scenario(path))
    if spec is None:
        return
    hierarchy = accepted(lambda: small(spec))
    if hierarchy is not None:
        assert load_scenario(plain(spec.to_dict())).to_dict() == spec.to_dict()
        assert len(spec.digest) == 64
        told(lambda: sample(hierarchy, 200, None))


def model(content: bytes, folder: Path) -> None:
    path = folder / "any.toml"
    path.write_bytes(content)

    def weeks() -> MomentumModel | None:
        spec = load_scenario(path).with_values(SMALL)
        if len(small(spec).communities) * len(spec.domains) > FEW:
            return None
        made = MomentumModel(spec, rng=0)
        made.run_for(min(spec.weeks, 6))
        return made

    made = accepted(weeks)
    if made is not None:
        result = RunResult.of(made)
        assert all(math.isfinite(value) or math.isnan(value) for value in result.summary.values())
        result.save(folder / "out")
        assert RunResult.load(folder / "out").spec.to_dict() == made.spec.to_dict()


def structure(content: bytes, folder: Path) -> None:
    path = folder / "any.csv"
    path.write_bytes(content)
    spec = load_scenario({"domains": {"d": {}}, "structure": {"file": str(path)}})
    hierarchy = accepted(lambda: small(spec))
    if hierarchy is not None:
        assert len(hierarchy.graph) == len(set(hierarchy.graph))
        assert (hierarchy.community_population > 0).all()
        told(lambda: sample(hierarchy, 50, None))


def design(content: bytes, folder: Path) -> None:
    path = folder / "any.toml"
    path.write_bytes(content)
    made = accepted(lambda: Design.of(path))
    if made is not None:
        _usable(made)
        told(lambda: check_factors(made.factors, ModelTask("classroom" if made.scenario is None else made.scenario)))


def _usable(made: Design) -> None:
    spec = plain(made.spec())
    assert from_spec(spec).spec() | {"rows": ""} == made.spec() | {"rows": ""}
    k = len(made.factors)
    if made.kind in ("grid", "list") or made.samples * (2 * k + 2) <= FEW:
        for values in itertools.islice(made.points(), 50):
            assert len(identity(made.names, values)) == 16


def points(content: bytes, folder: Path) -> None:
    (folder / "points.csv").write_bytes(content)
    path = folder / "list.toml"
    path.write_text('[sweep]\ndesign = "list"\nfile = "points.csv"\n', encoding="utf-8")
    made = accepted(lambda: Design.of(path))
    if made is not None:
        _usable(made)
        told(lambda: check_factors(made.factors, ModelTask("classroom")))


def hypothesis(content: bytes, folder: Path) -> None:
    path = folder / "any.toml"
    path.write_bytes(content)
    made = accepted(lambda: Hypothesis.load(path))
    if made is not None:
        arms = made.kind.arms()
        assert len(made.settings()) == len(arms) >= 2
        for contrast in made.kind.contrasts({}, made.common.expected):
            assert len(contrast.weights) == len(arms)
        assert set(made.varied())


def target(content: bytes, folder: Path) -> None:
    path = folder / "any.toml"
    path.write_bytes(content)
    made = accepted(lambda: Calibration.of(path))
    if made is not None:
        for one in made.targets.values():
            plain(one.spec)
            assert isinstance(one.distance(one.expression.value(dict.fromkeys(one.expression.names, 1.0))), float)
        for place in made.settings.values():
            if place.ensemble is not None:
                told(lambda place=place: small(place.ensemble.city(0)))
        for prior in made.parameters.values():
            plain(prior.spec())
            assert all(math.isfinite(prior.at(unit)) for unit in (0.0, 0.3, 1.0))


def expression(content: bytes, folder: Path) -> None:
    parsed = accepted(lambda: Expression.parse(content.decode("utf-8", "surrogateescape"), METRICS))
    if parsed is not None:
        for value in (0.0, -1.0, 1e308, math.nan, math.inf):
            assert isinstance(parsed.value(dict.fromkeys(parsed.names, value)), float)


def assignment(content: bytes, folder: Path) -> None:
    text = content.decode("utf-8", "surrogateescape")
    told(lambda: load_scenario("classroom").with_values(parse_assignments(text.split("\n\n"))))


@functools.cache
def a_store() -> bytes:
    """Return the bytes of a small store with one run."""
    import tempfile

    from simulation.experiments.sweeping import sweep

    given = {"sweep": {"weekly": ["b"], "metrics": ["a"]}, "factors": {"x": [1, 2.5], "y": ["one", True]}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sqlite"
        sweep(given, task=_numbers, store=path, workers=0, progress="quiet")
        return path.read_bytes()


def _numbers(parameters: dict[str, Any], seed: int) -> tuple[dict[str, float], dict[str, list[float]]]:
    return {"a": float(seed % 7)}, {"b": [1.0, 2.0]}


def store(content: bytes, folder: Path) -> None:
    """The first byte says which part of a store the rest replaces: one of its JSON texts, or a stretch of the file."""
    import sqlite3

    path, (part, rest) = folder / "any.sqlite", (content[:1], content[1:])
    whole = a_store()
    if part == b"R" and len(rest) > 3:
        at = int.from_bytes(rest[:3], "little") % len(whole)
        path.write_bytes(whole[:at] + rest[3:] + whole[at + len(rest) - 3 :])
    else:
        path.write_bytes(whole)
        key, value = "task" if part == b"T" else "design", rest.decode("utf-8", "replace")
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = OFF")
            db.execute("UPDATE experiment SET value = ? WHERE key = ?", (value, key))
    try:
        told(lambda: _read_all(path))
        told(lambda: Store(path, Design.of({"factors": {"x": [1, 2.5], "y": ["one", True]}}), {}).close())
    except StoreError:
        assert part == b"R"


def _read_all(path: Path) -> None:
    stored = read_store(path)
    assert len(stored.runs) >= 0
    assert len(stored.points) >= 0
    assert repr(stored)
    if stored.design.weekly:
        assert len(stored.weekly) >= 0


RESULT_FILES = ("provenance.json", "summary.json", *(f"{name}.csv" for name in TABLES))


@functools.cache
def a_result() -> dict[str, bytes]:
    """Return the files of a small saved run."""
    import tempfile

    units = [
        {"unit": "P", "parent": "", "tier": "province"},
        {"unit": "C", "parent": "P", "tier": "city"},
        {"unit": "A", "parent": "C", "tier": "county", "population": 900, "residential": 2},
    ]
    given = {"weeks": 2, "structure": {"units": units, "citizens": 20}, "domains": {"d": {}}}
    given |= {"changes": [{"week": 1, "set": {"execution.oversight": 0.5}}]}
    with tempfile.TemporaryDirectory() as folder:
        result = run(given)
        result.save(Path(folder) / "out")
        files = {path.name: path.read_bytes() for path in (Path(folder) / "out").iterdir()}
        result.weekly.iloc[:, :4].to_parquet(Path(folder) / "weekly.parquet", index=False)
        files["weekly.parquet"] = (Path(folder) / "weekly.parquet").read_bytes()
    return files


def provenance(content: bytes, folder: Path) -> None:
    _result(folder, {"provenance.json": content})


def result(content: bytes, folder: Path) -> None:
    """The first byte says which file of a saved run the rest replaces."""
    number = content[0] % (len(RESULT_FILES) + 1) if content else 0
    if number == len(RESULT_FILES):
        _result(folder, {"weekly.parquet": content[1:]}, left_out="weekly.csv")
    else:
        _result(folder, {RESULT_FILES[number]: content[1:]})


def _result(folder: Path, changed: dict[str, bytes], left_out: str = "weekly.parquet") -> None:
    for name, content in (a_result() | changed).items():
        if name != left_out:
            (folder / name).write_bytes(content)
    loaded = accepted(lambda: RunResult.load(folder))
    is_ours(folder)
    if loaded is not None:
        assert all(isinstance(value, float) for value in loaded.summary.values())
        assert len(loaded.weekly) >= 0
        told(lambda: loaded.save(folder / "again"))


def _tables(*patterns: str) -> list[bytes]:
    """Return shipped files, written compactly."""
    found = sorted(itertools.chain.from_iterable(shipped_folder().glob(pattern) for pattern in patterns))
    return [as_toml(tomllib.loads(path.read_text(encoding="utf-8"))) for path in found]


def _keys() -> tuple[str, ...]:
    return tuple(sorted({part for info in parameters() for part in (info.key, *info.key.split("."))}))


COLUMN_WORDS = ("unit,", "parent", "tier", "population", "urban_share", "residential", "villages", "platforms", "zh",
                "kind", "pilot", "code", "province", "city", "county", "department", "town", "community", "resident",
                "village", "subdistrict", "\u53bf", "1e9", "nan", "inf", "0.5", ",,,", "\r\n", '"')  # fmt: skip
SWEEP_WORDS = ("sweep", "factors", "design", "grid", "list", "random", "lhs", "sobol", "morris", "samples",
               "replicates", "metrics", "weekly", "seed", "paired", "levels", "second_order", "file", "spread",
               "low", "high", "integer", "true", "assumptions", "scenario")  # fmt: skip
CLAIM_WORDS = ("id", "claim", "source", "kind", "difference", "curve", "regime", "order", "interaction", "setting",
               "control", "treatment", "treatments", "metric", "expected", "increase", "decrease", "none",
               "smallest_effect", "smallest_because", "direct", "none", "refuted_if", "test", "alpha", "power", "pilot",
               "robustness", "ranges", "alternatives", "mechanism", "values", "shape", "monotone", "inverted-u",
               "threshold", "keys", "slots", "rank_at_most", "factor", "set", "label", "name")  # fmt: skip
TARGET_WORDS = ("title", "include", "calibration", "parameters", "settings", "targets", "claim", "setting",
                "expression", "value", "range", "tolerance", "source", "scenario", "ensemble", "values", "low", "high",
                "scale", "log", "mean", "sd", "weights", "keep", "budget", ".peak", ".year_after", "inf")  # fmt: skip
CITY = (
    "unit,parent,tier,population,urban_share,residential,villages,zh,kind,pilot,platforms\n"
    "P,,province,,,,,,,,\nC,P,city,,,,,\u57ce,,,\nA,C,county,900,.5,2,2,\u53bf,,,\nD,C,department,,,,,,,,\n"
    "T,A,town,,,,,,town,d,\nS,A,town,,,,,,subdistrict,,\nv,T,community,20,,,,,village,,0.5\n"
)
INLINE = {
    "extends": "classroom",
    "structure": {
        "units": [
            {"unit": "P", "parent": "", "tier": "province"},
            {"unit": "C", "parent": "P", "tier": "city"},
            {"unit": "A", "parent": "C", "tier": "county", "population": 900, "urban_share": 0.5, "residential": 2},
            {"unit": "T", "parent": "A", "tier": "town", "kind": "town", "zh": "镇", "note": "n"},
        ]
    },
    "domains": {"d": {"en": "d"}, "e": {"matched": ["A"]}},
    "plan": {"kind": "table", "table": {"A": ["d", "e"]}},
}


def _scenarios() -> list[bytes]:
    return [*_tables("*.toml"), as_toml(INLINE)]


def _designs() -> list[bytes]:
    listed = {
        "sweep": {"design": "lhs", "samples": 4},
        "factors": {"plan.per_county": [1, 2], "x": {"low": 1, "high": 2}},
    }
    return [*_tables("sweeps/*.toml"), as_toml(listed)]


def _specs() -> list[bytes]:
    spec = Design.of(
        {"sweep": {"weekly": ["b"], "metrics": ["a"]}, "factors": {"x": [1, 2.5], "y": ["one", True]}}
    ).spec()
    ranges = spec | {"design": "sobol", "samples": 4, "factors": {"x": {"low": 0, "high": 1}, "y": [1]}}
    return [b"D" + json.dumps(spec).encode(), b"D" + json.dumps(ranges).encode(), b"T{}", b"R\x10\x20\x00abc"]


def _results() -> list[bytes]:
    files = a_result()
    found = [bytes([number]) + files[name][:3000] for number, name in enumerate(RESULT_FILES)]
    return [*found, bytes([len(RESULT_FILES)]) + files["weekly.parquet"]]


TARGETS: dict[str, Target] = {
    "scenario": Target(scenario, _scenarios, "toml", _keys()),
    "model": Target(model, _scenarios, "toml", _keys()),
    "structure": Target(structure, lambda: [CITY.encode(), CITY.encode("gb18030")], "text", COLUMN_WORDS),
    "design": Target(design, _designs, "toml", (*SWEEP_WORDS, *_keys())),
    "points": Target(points, lambda: [b"plan.per_county,weeks\n1,20\n2,30\n", b'a,"b"\n1,x\n'], "text", _keys()),
    "hypothesis": Target(hypothesis, lambda: _tables("hypotheses/*.toml"), "toml", (*CLAIM_WORDS, *_keys())),
    "target": Target(target, lambda: _tables("targets/*.toml"), "toml", (*TARGET_WORDS, *_keys())),
    "expression": Target(
        expression, lambda: [b"breadth / (core_effect.peak + 1e3)", b"min(1, -breadth, max(2, breadth.year_after))"],
        "text", (*METRICS, ".peak", ".year_after", "min(", "max(", "1e308", "**", "//", "not ", "0x"),
    ),
    "assignment": Target(
        assignment, lambda: [b"weeks=5", b"plan.kind=uniform\n\ntitle={en='a',zh='b'}"], "text", _keys()
    ),
    "store": Target(store, _specs, "json", (*SWEEP_WORDS, *(f'"{word}"' for word in SWEEP_WORDS))),
    "result": Target(result, _results, "json", ("week", "effectiveness", "NaN", "Infinity", "null", "1e999", "PAR1")),
    "provenance": Target(
        provenance, lambda: [a_result()["provenance.json"]], "json",
        ("tool", "wushi", "seed", "scenario", "extends", *_keys()),
    ),
}  # fmt: skip
