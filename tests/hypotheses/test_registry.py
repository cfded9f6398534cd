"""Claims are registered before their first test, and an edit afterwards shows."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from synthetic import battery, claim, shifted

from simulation.hypotheses import Hypothesis, registry
from simulation.hypotheses.planning import Plan
from simulation.hypotheses.registry import FOLDER, register
from simulation.hypotheses.report import content, write
from simulation.hypotheses.tables import battery_table

TEST = {"pilot": 5, "max_replicates": 20}
PLAN = Plan(5, 20, 20, 2, 0.05, 0.9)
START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(name="clock")
def _clock(monkeypatch):
    """Return a clock that stands still until its hand is moved."""
    clock = {"now": START}
    monkeypatch.setattr(registry, "_now", lambda: clock["now"])
    return clock


def loaded(**changes):
    return Hypothesis.load(claim(test=TEST, **changes), shifted)


def records(folder):
    return sorted((folder / FOLDER).iterdir())


def test_a_claim_is_registered_before_its_first_test_run_and_after_its_pilot(tmp_path, clock):
    log = tmp_path / "log"

    def watching(setting, seed):
        with log.open("a", encoding="utf-8") as lines:
            lines.write(f"{len(list((tmp_path / FOLDER).glob('*')))}\n")
        return shifted(setting, seed)

    one = Hypothesis.load(claim(test=TEST), watching)
    found = battery(tmp_path, one).test()["T1"]
    pilot, seen = 2 * 5, [int(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert seen[:pilot] == [0] * pilot
    assert set(seen[pilot:]) == {1}
    assert (found.registration.date, found.registration.first) == (START, START)
    assert not found.registration.edited
    (record,) = records(tmp_path)
    kept = json.loads(record.read_text(encoding="utf-8"))
    assert kept["plan"]["replicates"] == found.plan.replicates
    assert kept["fields"]["smallest_effect"] == 0.5
    assert kept["fields"]["treatment.shift"] == 1.2


def test_the_same_claim_again_leaves_the_register_as_it_is(tmp_path, clock):
    first = battery(tmp_path, loaded()).test()["T1"].registration
    before = [(path.name, path.read_bytes()) for path in records(tmp_path)]
    clock["now"] += timedelta(days=3)
    again = battery(tmp_path, loaded()).test()["T1"].registration
    assert again == first
    assert [(path.name, path.read_bytes()) for path in records(tmp_path)] == before


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_claim_that_is_edited_after_its_first_test_is_marked_with_both_dates_and_the_fields(tmp_path, clock, lang):
    battery(tmp_path / "runs", loaded()).test()
    clock["now"] += timedelta(days=3)
    findings = battery(tmp_path / "runs", loaded(smallest_effect=0.4, source="another", setting={"k": 1})).test()
    entry = findings["T1"].registration
    assert entry.edited
    assert (entry.first, entry.date) == (START, START + timedelta(days=3))
    assert entry.changed == ["source", "setting.k", "smallest_effect"]
    assert len(records(tmp_path / "runs")) == 2
    text = str(content(findings, lang))
    for words in ("2026-03-01 09:30 UTC", "2026-03-04 09:30 UTC", "smallest_effect"):
        assert words in text
    assert battery_table(findings, lang).rows[0][0] == "T1†"
    assert findings["T1"].verdict == "supported"


def test_a_claim_that_is_turned_back_to_its_first_form_is_not_edited(tmp_path, clock):
    battery(tmp_path, loaded()).test()
    clock["now"] += timedelta(days=1)
    battery(tmp_path, loaded(smallest_effect=0.4)).test()
    assert not battery(tmp_path, loaded()).test()["T1"].registration.edited


def test_other_replicates_or_citizens_are_no_edit(tmp_path, clock):
    battery(tmp_path, loaded()).test()
    found = battery(tmp_path, loaded(), replicates_cap=6).test()["T1"]
    assert not found.registration.edited
    assert len(records(tmp_path)) == 1


def test_a_quick_trial_is_not_registered(tmp_path):
    found = battery(tmp_path, loaded(), quick=True).test()["T1"]
    assert found.registration is None
    assert not (tmp_path / FOLDER).exists()


@pytest.mark.parametrize("damage", [b"", b'{"id": "T1", "fie', b"[1]", b'{"fields": {"id": "X"}}', b"\xff\xfe"])
def test_a_record_that_is_cut_or_damaged_keeps_its_date_and_loses_its_fields(tmp_path, clock, damage):
    register(tmp_path, loaded(), PLAN, {})
    (record,) = records(tmp_path)
    record.write_bytes(damage)
    assert not register(tmp_path, loaded(), PLAN, {}).edited
    clock["now"] += timedelta(days=1)
    edited = register(tmp_path, loaded(smallest_effect=0.4), PLAN, {})
    assert edited.edited
    assert (edited.first, edited.changed) == (START, None)
    assert record.read_bytes() == damage


def test_other_files_and_ids_that_begin_alike_are_no_records_of_a_claim(tmp_path, clock):
    register(tmp_path, loaded(id="T1-b", smallest_effect=0.3), PLAN, {})
    for name in ("T1-notes.json", "T1-20260101T000000Z.json", "T1-2026-x.json"):
        (tmp_path / FOLDER / name).write_text("{}", encoding="utf-8")
    clock["now"] += timedelta(days=1)
    assert not register(tmp_path, loaded(), PLAN, {}).edited
    assert not register(tmp_path, loaded(id="T1-b", smallest_effect=0.3), PLAN, {}).edited


def test_processes_that_register_at_once_agree(tmp_path, clock):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: register(tmp_path, loaded(), PLAN, {}), range(24)))
    assert len(set(map(str, found))) == 1
    assert len(records(tmp_path)) == 1
    assert json.loads(records(tmp_path)[0].read_text(encoding="utf-8"))["id"] == "T1"


def test_a_changed_scenario_counts_as_an_edit(tmp_path, clock):
    model = {"metric": "effectiveness", "treatment": {"plan.kind": "uniform"}, "control": {}}
    table = claim(**model, scenario={"extends": "classroom"})
    register(tmp_path, Hypothesis.load(table), PLAN, {})
    clock["now"] += timedelta(microseconds=1)
    other = Hypothesis.load({**table, "scenario": {"extends": "classroom", "weeks": 60}})
    assert register(tmp_path, other, PLAN, {}).changed == ["scenario.weeks", "scenario.digest"]


def test_dates_stay_out_of_the_table_of_a_battery(tmp_path, clock):
    tables = []
    for days in (0, 9):
        clock["now"] = START + timedelta(days=days)
        findings = battery(tmp_path / f"runs-{days}", loaded()).test()
        folder = write(findings, tmp_path / f"report-{days}")
        tables.append((folder / "battery.csv").read_bytes())
        kept = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        assert kept["hypotheses"]["T1"]["registered"]["date"] == clock["now"].isoformat()
    assert tables[0] == tables[1]
    assert "date" not in pd.read_csv(tmp_path / "report-0" / "battery.csv").columns
