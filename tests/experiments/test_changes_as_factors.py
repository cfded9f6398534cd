"""A change's week, length and values are factors, and scenarios with changes are arms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.text import Text

from simulation import load_scenario, run
from simulation.experiments import ablate, compare, labels, sensitivity, sweep
from simulation.experiments.arms import combined, named_arms
from simulation.experiments.design.design import Design
from simulation.experiments.exporting import meanings
from simulation.experiments.running.task import ModelTask, throughout
from simulation.experiments.store.reading import read_store
from simulation.experiments.sweeping import prepare
from simulation.files.errors import InputError
from simulation.report.sweep import write_sweep_report
from simulation.scenario import parse_assignments

SMALL: dict[str, Any] = {"extends": "zhaoqing", "weeks": 60, "structure": {"citizens": 300}}
WITHDRAWN = {**SMALL, "changes": [{"week": 20, "set": {"execution.oversight": 0.2}}]}
WEEK, LEFT = "changes.1.week", "changes.1.set.execution.oversight"
LATER = "execution.oversight@12"


def design(factors: dict[str, Any], **entries: Any) -> dict[str, Any]:
    return {"sweep": {"scenario": WITHDRAWN, "metrics": ["effectiveness"], **entries}, "factors": factors}


@pytest.fixture(name="grid", scope="module")
def _grid(tmp_path_factory: pytest.TempPathFactory) -> Any:
    factors = {WEEK: [20, 40], LEFT: [0.0, 0.5], "changes.1.length": [12], LATER: [0.7]}
    path = tmp_path_factory.mktemp("changes") / "grid.sqlite"
    return sweep(design(factors, replicates=2), store=path, workers=0, progress="quiet")


def test_each_point_is_the_scenario_with_that_change(grid: Any) -> None:
    spec = load_scenario(WITHDRAWN)
    for row in grid.runs.to_dict("records"):
        settings = {name: row[name] for name in (WEEK, LEFT, "changes.1.length", LATER)}
        expected = run(spec.with_values(settings), seed=int(row["seed"])).summary["effectiveness"]
        assert row["effectiveness"] == expected
    assert grid.runs.groupby([WEEK, LEFT])["effectiveness"].mean().nunique() == 4


def test_a_store_keeps_names_and_whole_numbers_and_goes_on_where_it_was(grid: Any, tmp_path: Path) -> None:
    read, before = read_store(grid.path), grid.runs
    assert read.design.names == [WEEK, LEFT, "changes.1.length", LATER]
    assert read.runs[WEEK].tolist() == before[WEEK].tolist()
    assert all(isinstance(value, int) for value in read.design.factors[0].values())
    more = {WEEK: [20, 40], LEFT: [0.0, 0.5], "changes.1.length": [12], LATER: [0.7]}
    again = sweep(design(more, replicates=3), store=grid.path, workers=0, progress="quiet")
    first = again.runs[again.runs["replicate"] < 2].reset_index(drop=True)
    assert len(again.runs) == 12
    pd.testing.assert_series_equal(first["effectiveness"], before["effectiveness"], check_names=False)
    for name in ("runs.csv", "runs.parquet"):
        again.save(tmp_path / name)
    for table in (pd.read_csv(tmp_path / "runs.csv", comment="#"), pd.read_parquet(tmp_path / "runs.parquet")):
        assert table[WEEK].tolist() == again.runs[WEEK].tolist()
        assert table[LATER].tolist() == again.runs[LATER].tolist()


@pytest.mark.parametrize(("kind", "samples"), [("sobol", 4), ("morris", 3), ("lhs", 6), ("random", 6)])
def test_weeks_stay_whole_in_every_sampled_design(kind: str, samples: int) -> None:
    factors = {WEEK: {"low": 3, "high": 25, "integer": True}, LATER: {"low": 0.1, "high": 0.9}}
    made, task = prepare(design(factors, design=kind, samples=samples), None)
    weeks = [point[0] for point in made.points()]
    assert all(type(week) is int for week in weeks)
    assert len(set(weeks)) > 1
    for point in made.points():
        task.check_point(dict(zip(made.names, point, strict=True)))


def test_indices_name_the_week_of_a_change(tmp_path: Path) -> None:
    factors = {WEEK: {"low": 3, "high": 40, "integer": True}, LATER: {"low": 0.0, "high": 0.9}}
    plan = design(factors, design="morris", samples=4)
    made = sweep(plan, store=tmp_path / "m.sqlite", workers=0, progress="quiet")
    found = sensitivity(made, "effectiveness")
    assert set(found.table["factor"]) == {WEEK, LATER}
    assert (found.table["mu_star"] > 0).all()
    drawn = [" ".join(text.get_text().split()) for text in found.plot("indices", "en").findobj(Text)]
    assert "Week of change 1" in drawn


@pytest.mark.parametrize(
    ("factor", "value", "said"),
    [
        ("execution.oversigt@12", 0.1, "'execution.oversight@12'"),
        ("changes.1.set.execution.oversigt", 0.1, "'changes.1.set.execution.oversight'"),
        ("changes.1.wek", 3, "'week'"),
        ("changes.2.week", 3, "1 to 1"),
        ("structure.citizens@12", 300, "cannot change during a run"),
        ("execution.oversight@12", 3.0, "0 to 1"),
        ("changes.1.length", 0, "1"),
    ],
)
def test_a_factor_that_no_change_has_is_refused_with_what_is_meant(factor: str, value: Any, said: str) -> None:
    with pytest.raises(InputError) as refused:
        prepare(design({factor: [value]}), None)
    assert refused.value.key == f"factors.{factor}"
    assert said in str(refused.value)


def test_a_design_file_may_nest_the_names(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(
        '[sweep]\nscenario = "zhaoqing"\n[factors.execution]\n"oversight@80" = [0.1]\n'
        '[factors.changes.1]\nweek = [3]\nset.execution.oversight = [0.2]\n',
        encoding="utf-8",
    )  # fmt: skip
    assert Design.of(tmp_path / "d.toml").names == ["execution.oversight@80", WEEK, LEFT]


def test_factors_of_changes_are_told_in_both_languages() -> None:
    assert labels.factor_with_unit(WEEK, "en") == "Week of change 1"
    assert labels.factor_with_unit("changes.2.length", "zh") == "变动 2 的持续周数（周）"
    oversight = {lang: labels.factor("execution.oversight", lang) for lang in ("en", "zh")}
    assert labels.factor(LATER, "en") == f"From week 12: o{oversight['en'][1:]}"
    assert labels.factor(LATER, "zh") == f"从第 12 周起：{oversight['zh']}"
    assert labels.factor(LEFT, "zh") == f"变动 1：{oversight['zh']}"
    assert labels.value("stages.authority.rank@80", "deputy", "zh") == labels.value(
        "stages.authority.rank", "deputy", "zh"
    )
    assert set(meanings([WEEK, LATER, "other@12"], "en")) == {WEEK, LATER}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_names_the_factors_and_the_changes_that_are_not_varied(grid: Any, tmp_path: Path, lang: str) -> None:
    page = write_sweep_report(grid, tmp_path / "r.html", lang).read_text(encoding="utf-8")
    assert labels.factor(WEEK, lang) in page
    listed = labels.listed([{"week": 20, "set": {"execution.oversight": 0.2}}], lang)
    assert listed not in page, "its week and its value are factors"
    partly = sweep(design({LATER: [0.1, 0.9]}), store=tmp_path / "p.sqlite", workers=0, progress="quiet")
    assert listed in write_sweep_report(partly, tmp_path / "p.html", lang).read_text(encoding="utf-8")


def test_a_scenario_and_itself_with_a_change_are_compared_and_named_as_they_are_typed() -> None:
    texts = ["execution.oversight=0.2@12", "execution.oversight=0@12"]
    changes = combined([pair for text in texts for pair in parse_assignments([text]).items()])
    found = compare([SMALL], changes=changes, replicates=3, workers=0, progress="quiet")
    assert list(found.labels) == ["scenario", *(f"scenario, {text}" for text in texts)]
    name = labels.factor("execution.oversight", "en")
    assert found.label(f"scenario, {texts[0]}", "en").endswith(f"({name}: 0.2 from week 12)")
    assert "从第 12 周起" in found.label(f"scenario, {texts[0]}", "zh")
    assert (found.table["mean"] != 0).all()


def test_arms_with_listed_changes_are_told_in_words() -> None:
    several = ({"week": 12, "set": {"execution.oversight": 0.2}, "length": 5}, {"week": 20, "set": {"rivals.rate": 1}})
    arms = named_arms(["zhaoqing"], [{"changes": list(several)}, {"changes": []}])
    assert list(arms)[1] == "zhaoqing, oversight = 0.2 from week 12 for 5 weeks, rivals.rate = 1 from week 20"
    assert list(arms)[2] == "zhaoqing, no changes during the run"


def test_a_mechanism_that_is_switched_off_stays_off_through_the_changes() -> None:
    back = {**SMALL, "changes": [{"week": 10, "set": {"stages.trend.intensity": 1.0}}]}
    off = throughout(ModelTask(back), {"stages.trend.intensity": 0.0})
    spec = load_scenario(back).with_values(off)
    assert run(spec, seed=1).model.record.level[:, :, 0].max() == 0.0
    options: dict[str, Any] = {"replicates": 2, "workers": 0, "progress": "quiet"}
    plain, changed = (ablate(one, **options).runs["effectiveness"].tolist() for one in (SMALL, back))
    assert plain == changed


def test_a_world_is_laid_under_a_scenario_and_its_changes_stay() -> None:
    worlds = [{"execution.q_half": 0.02}, {"execution.q_half": 0.008}]
    options: dict[str, Any] = {"replicates": 2, "workers": 0, "progress": "quiet"}
    found = compare([WITHDRAWN], changes=[{WEEK: 5}], worlds=worlds, world_replicates=2, **options)
    assert found.worlds is not None
    assert sorted(found.worlds.table["world"].unique()) == [0, 1]
