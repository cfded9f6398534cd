"""Parameters that a case file may name: none that does nothing, and none that a table says too."""

from __future__ import annotations

import pytest
from fitted_cases import table, write

from simulation import InputError

SIGNALS = "date,rank,channel,wording\n2020-03-05,secretary,written,{wording}\n"
TABLES = {
    "signals": SIGNALS.format(wording=0.7),
    "meetings": "month,meetings,head\n2020-03,2,deputy\n",
    "severity": "unit,domain,severity\nAsh,nimby,0.5\n",
    "capacity": "unit,capacity\nAsh,0.5\n",
}
FREE = {"low": 0.1, "high": 0.2}


def loaded(folder, tables=(), **changes):
    for name in tables:
        (folder / f"{name}.csv").write_text(TABLES[name], encoding="utf-8")
    settings = {"free": {}, "counterfactuals": {}} | changes.pop("settings", {})
    return write(folder, case=table()["case"] | settings, **changes)


def refused(folder, tables=(), **changes):
    with pytest.raises(InputError) as caught:
        loaded(folder, tables, **changes)
    assert caught.value.file == str(folder / "case.toml")
    assert caught.value.in_language("zh") != caught.value.in_language("en")
    return caught.value


@pytest.mark.parametrize(
    ("tables", "key", "given"),
    [
        ((), "weeks", {"low": 10, "high": 39, "integer": True}),
        (("meetings",), "stages.authority.meetings_per_year", {"low": 2, "high": 12}),
        (("meetings",), "stages.authority.rank", {"values": ["secretary", "deputy"]}),
        (("meetings",), "stages.authority.intensity", FREE),
        (("signals",), "instruction.intensity", FREE),
        (("signals",), "instruction.wording", FREE),
    ],
)
def test_what_rows_rest_on_or_a_table_says_is_not_free(tables, key, given, tmp_path):
    found = refused(tmp_path, tables, settings={"free": {key: given}})
    assert (found.key, found.given, found.allowed) == ("case.free", key, None)


def test_a_wording_is_free_where_a_signal_leaves_it_open(tmp_path):
    (tmp_path / "signals.csv").write_text(SIGNALS.format(wording=""), encoding="utf-8")
    assert "instruction.wording" in loaded(tmp_path, settings={"free": {"instruction.wording": FREE}}).free


def test_equal_values_of_a_free_parameter_are_refused_before_a_fit(tmp_path):
    found = refused(tmp_path, settings={"free": {"execution.oversight": {"values": [0.3, 0.3]}}})
    assert found.key == "case.free.execution.oversight"


@pytest.mark.parametrize(
    ("tables", "values"),
    [((), {"weeks": 5}), ((), {"start_date": "2020-04-01"}), (("signals",), {"instruction.intensity": 0.0})],
)
def test_a_counterfactual_that_would_do_nothing_is_refused(tables, values, tmp_path):
    found = refused(tmp_path, tables, settings={"counterfactuals": {"mine": {"set": values}}})
    assert (found.key, found.given) == ("case.counterfactuals.mine.set", next(iter(values)))


@pytest.mark.parametrize(
    "values", [{"plan.per_county": 1}, {"instruction.wording": 0.7, "plan.per_county": 1}, {"title": {"en": "other"}}]
)
def test_a_counterfactual_that_says_what_the_case_says_is_refused(values, tmp_path):
    found = refused(tmp_path, settings={"counterfactuals": {"mine": {"set": values}}})
    assert found.key == "case.counterfactuals.mine.set"
    assert "nothing" in found.in_language("en")


@pytest.mark.parametrize(
    ("tables", "values", "changes"),
    [
        ((), {"plan.per_county": 1}, {"settings": {"free": {"plan.per_county": {"values": [1, 2]}}}}),
        ((), {"stages.authority.meetings_half": 14.0}, {}),
        ((), {"execution.oversight": 0.6}, {"changes": [{"week": 9, "set": {"execution.oversight": 0.9}}]}),
        (("signals",), {"instruction.wording": 0.7}, {"instruction": {"wording": 0.7}}),
        (("severity",), {"structure.severities": {"Ash": {"nimby": 0.5}}}, {}),
    ],
)
def test_the_cases_own_value_is_a_counterfactual_where_it_may_have_another(tables, values, changes, tmp_path):
    settings = changes.pop("settings", {}) | {"counterfactuals": {"mine": {"set": values}}}
    if tables == ("signals",):
        (tmp_path / "signals.csv").write_text(SIGNALS.format(wording=0.2), encoding="utf-8")
    if tables == ("severity",):
        (tmp_path / "severity.csv").write_text("unit,domain,severity,sd\nAsh,nimby,0.5,0.1\n", encoding="utf-8")
    assert loaded(tmp_path, settings=settings, **changes)


def test_a_counterfactual_that_an_end_of_a_free_range_rules_out_is_refused(tmp_path):
    free = {"execution.oversight": FREE, "transmission.meeting_cost": {"low": 0.001, "high": 0.004}}
    many = {"many": {"set": {"stages.authority.meetings_per_year": 300}}}
    found = refused(tmp_path, settings={"free": free, "counterfactuals": many})
    assert found.key == "case.counterfactuals.many.set"
    assert "transmission.meeting_cost = 0.004" in found.in_language("en")
    fewer = {"fewer": {"set": {"stages.authority.meetings_per_year": 200}}}
    assert loaded(tmp_path, settings={"free": free, "counterfactuals": fewer})


def test_a_counterfactual_that_only_all_high_ends_together_rule_out_is_refused(tmp_path):
    free = {
        "stages.authority.meetings_per_year": {"low": 10, "high": 300},
        "transmission.meeting_cost": {"low": 0.001, "high": 0.003},
    }
    settings = {"free": free, "counterfactuals": {"mine": {"set": {"execution.oversight": 0.1}}}}
    assert loaded(tmp_path, settings=settings), "the case itself may have values that exclude one another"
    crossed = {"citizens.threshold_low": {"low": 0.1, "high": 0.3}, "citizens.contacts": {"values": [4, 6]}}
    set_so = {"mine": {"set": {"citizens.threshold_high": 0.2}}}
    found = refused(tmp_path, settings={"free": crossed, "counterfactuals": set_so})
    assert "citizens.threshold_low = 0.3" in found.in_language("en")


def test_the_case_as_it_went_has_its_name_for_itself(tmp_path):
    one = {"set": {"execution.oversight": 0.1}}
    assert refused(tmp_path, settings={"counterfactuals": {"as-it-was": one}}).key == "case.counterfactuals.as-it-was"


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("signals", {"signals": [{"week": 3, "issuer": "governor"}]}),
        ("signals", {"instruction": {"intensity": 0.8}}),
        ("severity", {"structure": table()["structure"] | {"severities": {"Ash": {"nimby": 0.2}}}}),
        ("capacity", {"structure": table()["structure"] | {"capacities": {"Ash": 2.0}}}),
        ("meetings", {"stages": {"authority": {"intensity": 0.5}}}),
    ],
)
def test_what_a_table_says_does_not_stand_in_the_case_file_too(name, changes, tmp_path):
    assert f"{name}.csv" in str(refused(tmp_path, [name], **changes))
    (tmp_path / f"{name}.csv").unlink()
    assert loaded(tmp_path, **changes)


def test_zeal_stands_in_the_case_file_where_the_table_of_capacities_has_none(tmp_path):
    zeal = {"structure": table()["structure"] | {"zeal": {"Ash": 0.4}}}
    spec = loaded(tmp_path, ["capacity"], **zeal).spec
    assert (spec.values["structure.zeal"], spec.values["structure.capacities"]) == ({"Ash": 0.4}, {"Ash": 0.5})
    (tmp_path / "capacity.csv").write_text("unit,capacity,zeal\nAsh,0.5,0.3\n", encoding="utf-8")
    assert refused(tmp_path, **zeal).key == "structure.zeal"


def test_a_counterfactual_does_not_put_the_coded_months_out_of_force(tmp_path):
    own = {"mine": {"set": {"changes": []}}}
    found = refused(tmp_path, ["meetings"], settings={"counterfactuals": own})
    assert (found.key, found.given) == ("case.counterfactuals.mine.set", "changes")


def test_changes_of_the_case_file_stay_beside_those_of_meetings(tmp_path):
    own = [{"week": 10, "set": {"execution.oversight": 0.9}}]
    (tmp_path / "meetings.csv").write_text("month,meetings,head\n2020-04,2,deputy\n", encoding="utf-8")
    changes = loaded(tmp_path, changes=own).spec.changes
    assert [change.week for change in changes] == [10, 5]
    assert changes[0].set == {"execution.oversight": 0.9}


def test_a_structure_that_is_no_table_is_refused(tmp_path):
    loaded(tmp_path)
    file = tmp_path / "case.toml"
    text = file.read_text(encoding="utf-8")
    start = text.index("[structure]")
    file.write_text("structure = 5\n" + text[:start] + text[text.index("[domains") :], encoding="utf-8")
    (tmp_path / "city.csv").write_text("unit,parent,tier\n", encoding="utf-8")
    from simulation.cases.case import Case

    with pytest.raises(InputError) as caught:
        Case.load(tmp_path)
    assert "structure" in str(caught.value.key)
