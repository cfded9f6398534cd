"""A battery from files to a report: planned, resumable, and explicit about its runs."""

from __future__ import annotations

import math
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from kit.hypotheses import SMALL
from synthetic import battery, claim, hill, shifted, sometimes
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.files.errors import InputError
from simulation.hypotheses import Battery, Hypothesis
from simulation.hypotheses.evidence import complete
from simulation.hypotheses.pictures import figure_of
from simulation.hypotheses.report import write
from simulation.text import say

TEST = {"pilot": 10, "max_replicates": 60}
CURVE = {
    "id": "T2",
    "kind": "curve",
    "control": None,
    "treatment": None,
    "factor": "x",
    "values": [1, 2, 3, 4, 5],
    "shape": "inverted-u",
}


def loaded(task=shifted, **changes):
    return Hypothesis.load(claim(test=TEST, **changes), task)


def count(folder):
    total = 0
    for path in folder.glob("*.sqlite"):
        db = sqlite3.connect(path)
        total += db.execute("SELECT COUNT(*) FROM runs").fetchone()[0]
        db.close()
    return total


def test_an_effect_is_planned_for_found_and_reported(tmp_path):
    one = loaded(
        mechanism={"label": "off", "set": {"off": 1.0}},
        alternatives=[
            {"name": "stronger", "label": "stronger", "set": {"off": -0.2}},
            {"name": "turned", "label": "turned", "set": {"off": 2.5}},
        ],
    )
    found = battery(tmp_path, one).test()["T1"]
    assert (found.verdict, found.effect, found.label) == ("supported", "supported", "not-examined")
    assert found.part.low < 1.2 < found.part.high
    assert found.plan.replicates <= 60
    assert found.crn == pytest.approx(0.18 / 2.18, abs=0.06)
    assert found.mechanism_status == "vanishes"
    assert found.flips == ["turned"]
    assert found.robust_share == 0.5


def test_a_claim_that_stands_without_its_mechanism_is_refuted_although_its_effect_is_there(tmp_path):
    one = loaded(mechanism={"label": "irrelevant", "set": {"colour": 1}})
    found = battery(tmp_path, one).test()["T1"]
    assert (found.effect, found.verdict, found.mechanism_status) == ("supported", "refuted", "remains")
    assert found.left.low < 1.0 < found.left.high
    assert found.left.low > 0.5
    assert found.label is None
    assert found.would_take is None


def test_a_claim_without_an_effect_is_judged_without_its_mechanism(tmp_path):
    one = loaded(treatment={"shift": 0.001}, mechanism={"label": "irrelevant", "set": {"colour": 1}})
    found = battery(tmp_path, one).test()["T1"]
    assert (found.effect, found.verdict, found.mechanism_status, found.left) == ("refuted", "refuted", "moot", None)


def test_the_mechanism_runs_on_the_test_s_own_seeds_with_as_many_replicates(tmp_path):
    one = battery(tmp_path, loaded(mechanism={"label": "off", "set": {"off": 1.0}}))
    found = one.test()["T1"]
    assert found.mechanism.finding.replicates == found.replicates == found.plan.replicates
    assert count(tmp_path) == 2 * 2 * (10 + found.plan.replicates)
    (request,) = one._requests(type(one.trials[0]).wanted_for_test)
    assert len(set(map(frozenset, request[1].values()))) == 1


def test_the_test_runs_on_other_seeds_than_the_pilot(tmp_path):
    one = battery(tmp_path, loaded())
    plans = one.plan()
    before = count(tmp_path)
    one.test()
    assert before == 2 * 10
    assert count(tmp_path) == 2 * (10 + plans["T1"].replicates)


def test_a_finished_battery_runs_nothing_again_and_says_the_same(tmp_path):
    first = battery(tmp_path, loaded()).test().table()
    runs = count(tmp_path)
    again = battery(tmp_path, loaded()).test().table()
    assert count(tmp_path) == runs
    pd.testing.assert_frame_equal(first, again)


def test_a_stopped_battery_goes_on_and_ends_like_one_that_was_not_stopped(tmp_path):
    whole = battery(tmp_path / "whole", loaded()).test().table()
    stopping = Hypothesis(loaded().common, loaded().kind, Stops())
    with pytest.raises(KeyboardInterrupt):
        battery(tmp_path / "stopped", stopping).test()
    kept = count(tmp_path / "stopped")
    assert 0 < kept < count(tmp_path / "whole")
    pd.testing.assert_frame_equal(battery(tmp_path / "stopped", loaded()).test().table(), whole)


class Stops:
    """``shifted``, stopped by Ctrl-C at its fifteenth run."""

    __name__ = "shifted"
    identity = {"task": "synthetic.shifted"}  # noqa: RUF012 - read only

    def __init__(self):
        self.calls = 0

    def __call__(self, setting, seed):
        self.calls += 1
        if self.calls == 15:
            raise KeyboardInterrupt
        return shifted(setting, seed)


def test_a_smaller_plan_does_not_run_what_a_stopped_larger_one_left(tmp_path):
    stopping = Hypothesis(loaded().common, loaded().kind, Stops())
    with pytest.raises(KeyboardInterrupt):
        battery(tmp_path, stopping).test()
    small = Hypothesis.load(claim(test={"pilot": 5, "max_replicates": 5}), shifted)
    battery(tmp_path, small).test()
    assert count(tmp_path) <= 14 + 2 * (5 + 5)


def test_runs_of_another_task_are_refused_not_mixed_in(tmp_path):
    def impostor(setting, seed):
        return {"y": 0.0}

    impostor.__name__ = "shifted"
    battery(tmp_path, loaded()).plan()
    with pytest.raises(InputError):
        battery(tmp_path, loaded(impostor)).plan()


def test_failed_runs_are_not_done_again(tmp_path):
    battery(tmp_path, loaded(sometimes)).test()
    runs = count(tmp_path)
    battery(tmp_path, loaded(sometimes)).test()
    assert count(tmp_path) == runs


def test_hypotheses_share_runs(tmp_path):
    battery(tmp_path, loaded()).test()
    alone = count(tmp_path)
    both = battery(tmp_path, loaded(), loaded(id="T3"))
    plans = both.plan()
    both.test()
    # The second hypothesis has the same arms; only the correction for two asks for more replicates.
    assert count(tmp_path) == max(alone, 2 * (10 + plans["T3"].replicates))


def test_an_executor_gives_the_same_verdicts(tmp_path):
    serial = battery(tmp_path / "a", loaded()).test().table()
    with ThreadPoolExecutor(2) as pool:
        other = Battery([loaded()], store=tmp_path / "b", executor=pool, progress="quiet").test().table()
    pd.testing.assert_frame_equal(serial, other)


def test_a_curve_looks_for_its_break_on_the_pilot_alone(tmp_path):
    one = loaded(hill, **CURVE, mechanism={"label": "flat", "set": {"flat": 1.0}})
    found = battery(tmp_path, one).test()["T2"]
    assert found.looked["value"] == 3
    assert (found.verdict, found.mechanism_status) == ("supported", "vanishes")


def test_undefined_and_failed_runs_are_left_out_and_counted(tmp_path):
    findings = battery(tmp_path, loaded(sometimes)).test()
    found = findings["T1"]
    assert found.lost > 0
    assert found.replicates + found.lost == found.plan.replicates
    assert any("bad luck" in text for text in findings.warnings)


def test_too_few_replicates_leave_it_undecided_and_say_how_many_it_would_take(tmp_path):
    one = Hypothesis.load(
        claim(test={"pilot": 5, "max_replicates": 5}, treatment={"shift": 0.15}, smallest_effect=0.2), shifted
    )
    found = battery(tmp_path, one).test()["T1"]
    assert found.plan.capped
    assert found.verdict == "undecided"
    assert found.would_take > 5


def test_the_plan_is_told_before_the_test_runs(tmp_path):
    told = []
    made = battery(tmp_path, loaded(), say=lambda key, **values: told.append((key, count(tmp_path), values)))
    made.test()
    assert [(key, runs) for key, runs, _ in told] == [("begin", 0), ("planned", 20)]
    assert told[1][2]["runs"] == 2 * made.plan()["T1"].replicates


def test_the_most_runs_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("simulation.hypotheses.battery.MOST_RUNS", 60)
    one = Hypothesis.load(claim(test={"pilot": 10}, smallest_effect=0.05), shifted)
    plans = battery(tmp_path, one).plan()
    assert plans["T1"].runs <= 60
    assert plans["T1"].capped


def test_equal_ids_and_an_empty_battery_are_refused(tmp_path):
    for given in ([loaded(), loaded()], []):
        with pytest.raises(InputError):
            battery(tmp_path, *given)


def test_a_metric_that_no_run_returns_is_refused(tmp_path):
    with pytest.raises(InputError) as refused:
        battery(tmp_path, loaded(metric="z")).test()
    assert refused.value.key == "metric"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_holds_every_file_and_the_fixed_columns(tmp_path, lang):
    findings = battery(tmp_path / "runs", loaded(), loaded(hill, **CURVE)).test()
    folder = write(findings, tmp_path / "report", lang)
    table = pd.read_csv(folder / "battery.csv")
    assert list(table.columns)[:8] == [
        "id", "kind", "verdict", "estimate", "low", "high", "replicates", "robust_share",
    ]  # fmt: skip
    assert {"label", "share_of_worlds", "mechanism", "left", "effect"} <= set(table.columns)
    assert table["id"].tolist() == ["T1", "T2"]
    for name in ("report.md", "report.html", "battery.tex", "overview.png", "overview.svg", "T1.svg", "T2.png"):
        assert (folder / name).stat().st_size > 0
    text = (folder / "report.md").read_text(encoding="utf-8")
    page = (folder / "report.html").read_text(encoding="utf-8")
    for one in findings.values():
        assert one.hypothesis.common.claim[lang] in text
        assert one.hypothesis.common.claim[lang] in page
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", page), "the page asks nothing of a network"
    assert "default-src 'none'" in page
    assert page.count("<img") == 1 + len(findings)


def test_two_equal_batteries_write_equal_bytes(tmp_path):
    for name in ("a", "b"):
        write(battery(tmp_path / f"runs-{name}", loaded()).test(), tmp_path / name)
    for name in ("battery.csv", "report.md", "battery.tex", "T1.svg", "T1.png"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_report_never_replaces_somebody_elses_folder(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("words", encoding="utf-8")
    with pytest.raises(InputError):
        write(battery(tmp_path / "runs", loaded()).test(), folder)
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def run(*words):
    return CliRunner().invoke(app, ["hypothesis", *map(str, words)])


def test_the_command_runs_the_model_prints_the_plan_and_says_that_quick_decides_nothing(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(SMALL, encoding="utf-8")
    options = ("--quick", "--workers", 0, "--lang", "en", "--store", tmp_path / "runs")
    done = run(path, *options, "--report", tmp_path / "report", "--publish", tmp_path / "page.md")
    assert done.exit_code == 0, done.output
    assert "underpowered" in done.output
    assert "C1: 2 arms × 10 replicates" in done.output
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "QUICK RUN" in page
    assert f"wushi hypothesis {path} --quick" in page
    assert "QUICK" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")


def test_the_command_refuses_what_it_cannot_use_before_anything_runs(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(SMALL.replace('"effectiveness"', '"efectiveness"'), encoding="utf-8")
    done = run(path, "--store", tmp_path / "runs")
    assert isinstance(done.exception, InputError)
    assert done.exception.suggestion == "effectiveness"
    assert not (tmp_path / "runs").exists()


def test_a_hypothesis_can_be_tested_under_another_scenario_with_its_own_settings_over_it(tmp_path):
    one = Battery(["oversight"], scenario="zhaoqing-as-told", citizens=400, store=tmp_path).hypotheses[0]
    spec = one.task.scenario
    assert (one.common.scenario, spec.name) == ("zhaoqing-as-told", "zhaoqing-as-told")
    assert one.id == "H13"
    settings = list(one.settings().values())
    assert all(spec.with_values(setting).execution.q_half == 0.05 for setting in settings)
    assert len({spec.with_values(setting).execution.oversight for setting in settings}) == 2
    assert spec.digest != Hypothesis.load("oversight").task.scenario.digest


def test_an_unknown_scenario_for_a_battery_is_refused_with_the_nearest_name(tmp_path):
    with pytest.raises(InputError) as refused:
        Battery(["oversight"], scenario="zhaoqing-as-tol", store=tmp_path)
    assert refused.value.suggestion == "zhaoqing-as-told"


def failing(setting, seed):
    raise ValueError("nothing to see")


def undefined(setting, seed):
    return {"y": math.nan}


@pytest.mark.parametrize(
    ("options", "key"), [({"replicates_cap": 4}, "--replicates-cap"), ({"samples": -1}, "--samples")]
)
def test_a_battery_of_too_few_replicates_or_points_is_refused_before_anything_runs(tmp_path, options, key):
    with pytest.raises(InputError) as refused:
        battery(tmp_path, Hypothesis.load(claim(), shifted), **options)
    assert refused.value.key == key
    assert list(tmp_path.iterdir()) == []


def test_a_hypothesis_about_a_function_stays_as_it_is_under_another_scenario(tmp_path):
    one = Hypothesis.load(claim(), shifted)
    made = battery(tmp_path, one, scenario="classroom")
    assert made.hypotheses == [one]
    assert made.hypotheses[0].task is shifted


def test_a_battery_in_which_every_run_fails_says_why(tmp_path):
    with pytest.raises(InputError, match="nothing to see"):
        battery(tmp_path, Hypothesis.load(claim(), failing)).test()


def test_a_battery_in_which_nothing_is_defined_decides_nothing_and_is_reported(tmp_path):
    one = Hypothesis.load(claim(test=TEST), undefined)
    findings = battery(tmp_path / "runs", one).test()
    found = findings["T1"]
    assert (found.verdict, found.part, found.parts, found.details) == ("undecided", None, [], [])
    assert (found.replicates, found.lost) == (0, found.plan.replicates)
    assert math.isnan(found.crn)
    assert found.mechanism_status is None
    assert found.would_take is None
    assert len(complete(found.outcomes)) == 0
    (axes,) = figure_of(found).axes
    assert not axes.axison
    for lang in ("en", "zh"):
        write(findings, tmp_path / lang, lang)
        text = (tmp_path / lang / "report.md").read_text(encoding="utf-8")
        assert say("hypotheses.lost_text", lang, number=found.lost) in text
