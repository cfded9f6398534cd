"""Wrong input is refused with one message: file, key, the given value, the allowed values, the nearest valid word."""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import pytest
from kit.odd import told

from simulation.places.hierarchy import load_hierarchy
from simulation.scenario import InputError, load_scenario, parse_assignments


def refusal(spec) -> InputError:
    with pytest.raises(InputError) as caught:
        load_scenario(spec)
    assert "\n" not in caught.value.message
    return caught.value


def changed(**tables):
    return {"extends": "zhaoqing", **tables}


@pytest.mark.parametrize(
    ("tables", "key", "near"),
    [
        ({"excution": {"capacity": 1}}, "excution", "execution"),
        ({"plan": {"knd": "point"}}, "plan.knd", "plan.kind"),
        ({"capacity": 3}, "capacity", ("departments.capacity", "execution.capacity")),
        ({"oversite": 0.3}, "oversite", "execution.oversight"),
        ({"excution": {"capcity": 3}}, "excution", "execution"),
        ({"stages": {"trnd": {}}}, "stages.trnd", "stages.trend"),
        ({"stages": {"trend": {"strat": 1}}}, "stages.trend.strat", "stages.trend.start"),
        ({"domains": {"d": {"mached": []}}}, "domains.d.mached", "domains.d.matched"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_one(tables, key, near):
    error = refusal(changed(**tables))
    assert (error.problem, error.key, error.suggestion) == ("unknown key", key, near)


@pytest.mark.parametrize(
    ("tables", "key"),
    [
        ({"weeks": "many"}, "weeks"),
        ({"weeks": True}, "weeks"),
        ({"weeks": 2.5}, "weeks"),
        ({"weeks": 0}, "weeks"),
        ({"execution": {"oversight": True}}, "execution.oversight"),
        ({"execution": {"oversight": "0.5"}}, "execution.oversight"),
        ({"execution": {"oversight": math.nan}}, "execution.oversight"),
        ({"execution": {"oversight": 1.01}}, "execution.oversight"),
        ({"execution": {"capacity": 0}}, "execution.capacity"),
        ({"execution": {"capacity": math.inf}}, "execution.capacity"),
        ({"execution": {"capacity": 10**400}}, "execution.capacity"),
        ({"stages": {"trend": {"length": math.nan}}}, "stages.trend.length"),
        ({"stages": {"trend": {"length": -1}}}, "stages.trend.length"),
        ({"stages": {"trend": {"start": math.inf}}}, "stages.trend.start"),
        ({"stages": {"authority": {"rank": "boss"}}}, "stages.authority.rank"),
        ({"structure": {"citizens": 0}}, "structure.citizens"),
        ({"structure": {"citizens": "al"}}, "structure.citizens"),
        ({"plan": {"kind": "unifrm"}}, "plan.kind"),
        ({"plan": {"domains": 9}}, "plan.domains"),
        ({"plan": {"domains": 0}}, "plan.domains"),
        ({"plan": {"table": {"Gaoyao": 3}}}, "plan.table.Gaoyao"),
        ({"plan": {"table": {"Gaoyao": ["nimbi"]}}}, "plan.table.Gaoyao"),
        ({"plan": {"table": {"Gaoyao": []}}}, "plan.table.Gaoyao"),
        ({"plan": {"table": {"Gaoyao": ["land", "land"]}}}, "plan.table.Gaoyao"),
        ({"plan": {"kind": "table"}}, "plan.table"),
        ({"plan": 3}, "plan"),
        ({"domains": {}}, "domains"),
        ({"domains": 3}, "domains"),
        ({"domains": {"a.b": {}}}, "domains"),
        ({"instruction": {"domain": "nimbi"}}, "instruction.domain"),
        ({"instruction": {"cities": "Zhaoqing"}}, "instruction.cities"),
        ({"instruction": {"cities": ["Zhaoqing", "Zhaoqing"]}}, "instruction.cities"),
        ({"citizens": {"contacts": 7}}, "citizens.contacts"),
        ({"citizens": {"threshold_low": 0.8, "threshold_high": 0.2}}, "citizens.threshold_low"),
        ({"structure": {"severity_low": 0.9}}, "structure.severity_low"),
        ({"structure": {"citizens": "all", "communities": 50}}, "structure.communities"),
        ({"structure": {"file": "a.csv", "units": []}}, "structure.file"),
        ({"transmission": {"assure": 1.5}}, "transmission.assure"),
        ({"transmission": {"meeting_cost": 0.02}}, "transmission.meeting_cost"),
        ({"stages": {"settlement": {"convert": 0.999}}}, "stages.settlement.convert"),
        ({"stages": {"trend": {"build": 0.98}}}, "stages.trend.build"),
        ({"effect": {"wear": 0.5, "rebound": 0.6}}, "effect.rebound"),
        ({"title": 3}, "title"),
        ({"extends": 3}, "extends"),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(tables, key):
    assert refusal(changed(**tables)).key == key


def test_a_wrong_value_is_shown_with_what_is_allowed_and_the_file_that_holds_it(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('extends = "zhaoqing"\n[execution]\ncapacity = -1\n', encoding="utf-8")
    error = refusal(path)
    assert (error.file, error.key, error.given) == (str(path), "execution.capacity", -1)
    assert error.allowed == "a number above 0, up to 1000"


def test_a_misspelt_choice_suggests_the_nearest():
    assert refusal(changed(plan={"kind": "unifrm"})).suggestion == "uniform"


def test_a_wrong_value_in_the_base_is_blamed_on_the_base(tmp_path):
    base = tmp_path / "base.toml"
    base.write_text('extends = "zhaoqing"\nweeks = 0\n', encoding="utf-8")
    top = tmp_path / "top.toml"
    top.write_text('extends = "base.toml"\n', encoding="utf-8")
    assert refusal(top).file == str(base)


def test_a_wrong_value_given_in_python_is_not_blamed_on_the_file_that_it_extends(tmp_path):
    base = tmp_path / "base.toml"
    base.write_text('extends = "zhaoqing"\nweeks = 10\n', encoding="utf-8")
    assert refusal({"extends": str(base), "weeks": 0}).file is None


def test_a_table_replaces_a_single_value_that_the_base_has_in_its_place(tmp_path):
    base = tmp_path / "base.toml"
    base.write_text('extends = "zhaoqing"\nplan = 3\n', encoding="utf-8")
    spec = load_scenario({"extends": str(base), "plan": {"kind": "point"}})
    assert (spec.plan.kind, spec.origins["plan.kind"], spec.plan.per_county) == ("point", "given", 1)
    assert refusal({"extends": "zhaoqing", "plan": 3}).problem == "must be a table"


@pytest.mark.parametrize("tables", [{"plan.kind": "point"}, {"stages.trend": {"start": 1}}, {"stages": {"a.b": 1}}])
def test_a_dotted_key_in_quotation_marks_is_no_key_of_a_scenario(tables):
    error = refusal(changed(**tables))
    assert error.problem == "unknown key"
    assert error.key in ("plan.kind", "stages.trend.start", "stages.a.b")


def test_a_scenario_without_places_or_domains_is_refused():
    assert refusal({}).key == "domains"
    assert refusal({"domains": {"d": {}}}).key == "structure.file"


def test_missing_scenarios_suggest_the_nearest_name(tmp_path):
    assert refusal("zhaoqin").suggestion == "zhaoqing"
    assert refusal("nowhere/zhaoqin.toml").suggestion == "zhaoqing"
    path = tmp_path / "a.toml"
    path.write_text('extends = "point-onyl"\n', encoding="utf-8")
    error = refusal(path)
    assert (error.file, error.key, error.suggestion) == (str(path), "extends", "point-only")


def test_scenarios_that_extend_each_other_are_refused_by_name(tmp_path):
    for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{one}.toml").write_text(f'extends = "{other}.toml"\n', encoding="utf-8")
    assert "a -> b -> c -> a" in refusal(tmp_path / "a.toml").problem
    (tmp_path / "self.toml").write_text('extends = "./self.toml"\n', encoding="utf-8")
    assert "self -> self" in refusal(tmp_path / "self.toml").problem


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"weeks = ", "TOML"),
        (b"\xff\xfe\x00weeks", "UTF-8"),
        (b"a = " + b"[" * 100_000, "deep"),
        (b"# " + b"x" * 1_000_001, "large"),
    ],
)
def test_an_unreadable_scenario_file_is_refused_by_name(tmp_path, content, word):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    error = refusal(path)
    assert error.file == str(path)
    assert word in error.problem


def test_a_folder_is_no_scenario(tmp_path):
    assert refusal(tmp_path).problem == "not a file"


@pytest.mark.parametrize("spec", [3, None, 2.5, ["zhaoqing"], {3: 4}])
def test_what_is_no_scenario_at_all_is_refused(spec):
    assert refusal(spec).problem


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"plan.knd": 1}, "plan.knd"),
        ({"plan": {}}, "plan"),
        ({"execution.capacity": None}, "execution.capacity"),
        ({"stages.trend.convert": 0.99}, "stages.trend.convert"),
        ({"domains": {}}, "domains"),
    ],
)
def test_changes_are_checked_like_files(values, key):
    with pytest.raises(InputError) as caught:
        load_scenario("zhaoqing").with_values(values)
    assert caught.value.key == key


@pytest.mark.parametrize("text", ["plan.kind", "=3", "plan.knd=3", "plan=3"])
def test_wrong_assignments_are_refused(text):
    with pytest.raises(InputError):
        parse_assignments([text])


@pytest.mark.parametrize(
    ("tables", "key", "near"),
    [
        ({"plan": {"kind": "table", "table": {"Gaoyau": ["nimby"]}}}, "plan.table", "Gaoyao"),
        ({"domains": {"nimby": {"matched": ["Gaoyau"]}}}, "domains.nimby.matched", "Gaoyao"),
        ({"instruction": {"cities": ["Zhaoqin"]}}, "instruction.cities", "Zhaoqing"),
    ],
)
def test_a_unit_or_city_that_the_structure_lacks_is_refused_with_the_nearest(tables, key, near):
    spec = load_scenario(changed(**tables))
    with pytest.raises(InputError) as caught:
        load_hierarchy(spec)
    assert (caught.value.key, caught.value.suggestion) == (key, near)


def test_an_error_travels_between_processes_with_its_fields():
    error = refusal(changed(plan={"kind": "unifrm"}))
    there = pickle.loads(pickle.dumps(error))
    assert there.message == error.message
    assert there.__dict__ == error.__dict__


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("table", ["instruction.cities", "domains.nimby.matched", "plan.table.Gaoyao"])
def test_a_list_of_a_hundred_thousand_names_is_refused_without_comparing_each_with_each(table: str) -> None:
    names = [f"n{number}" for number in range(60_000)]
    given: dict[str, Any] = {"extends": "zhaoqing"}
    place = given
    *above, last = table.split(".")
    for key in above:
        place = place.setdefault(key, {})
    place[last] = names
    assert "no such" in str(told(lambda: load_hierarchy(load_scenario(given))))
    place[last] = [*names, names[-1]]
    assert "twice" in str(told(lambda: load_scenario(given)))


@pytest.mark.usefixtures("no_hang")
def test_a_file_of_unknown_keys_is_refused_without_comparing_each_with_each(tmp_path: Path) -> None:
    path = tmp_path / "many.toml"
    path.write_text("[execution]\n" + "\n".join(f"k{number} = 1" for number in range(80_000)), encoding="utf-8")
    assert "unknown key" in str(told(lambda: load_scenario(path)))


@pytest.mark.parametrize("sign", ["\r", "\n", "\t", "\x00"])
def test_a_name_with_a_control_sign_is_refused_because_no_table_gives_it_back(sign):
    place = {"units": [{"unit": "P", "tier": "province"}, {"unit": f"C{sign}D", "parent": "P", "tier": "city"}]}
    for given, key in (
        ({"domains": {f"a{sign}b": {}}}, "domains"),
        ({"departments": {"named": {f"a{sign}b": {}}}}, "departments.named"),
    ):
        with pytest.raises(InputError) as refused:
            load_scenario({"extends": "classroom"} | given)
        assert refused.value.key == key
    with pytest.raises(InputError, match="control character"):
        load_hierarchy(load_scenario({"structure": place, "domains": {"x": {}}}))


def test_what_a_signal_may_hold_is_said_for_each_of_its_values():
    for signal, allowed in (
        ({"week": 3, "issuer": "secretarry"}, "'secretary'"),
        ({"week": "x"}, "a whole number from 0 to 104000"),
        ({"week": 3, "intensity": float("nan")}, "a number from 0 to 1000"),
        ({"issuer": "centre"}, "a whole number from 0 to 104000"),
    ):
        with pytest.raises(InputError) as refused:
            load_scenario({"extends": "classroom", "signals": [signal]})
        assert allowed in refused.value.allowed


def test_a_department_is_one_unit_per_city():
    base = load_scenario("zhaoqing")
    named = {key: entry.model_dump() for key, entry in base.departments.named.items()}
    named["works"] = {"units": ["City Procuratorate", "Gaoyao"]}
    spec = base.with_values({"departments.named": named})
    with pytest.raises(InputError, match="one unit of a city") as refused:
        load_hierarchy(spec)
    assert refused.value.key == "departments.named.works.units"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("key", ["domains.nimby.matched", "plan.table.Gaoyao", "departments.named.police.units"])
def test_a_part_of_what_is_set_as_a_whole_is_named_with_the_lines_that_set_it(key, lang):
    with pytest.raises(InputError) as caught:
        parse_assignments([f"{key}=['A']"])
    table, _, leaf = key.rpartition(".")
    assert caught.value.suggestion is None
    assert f"[{table}]" in caught.value.in_language(lang)
    assert f"{leaf} = ..." in caught.value.in_language(lang)


def test_a_table_that_nothing_is_near_to_gets_the_list_of_tables_and_no_suggestion():
    error = refusal(changed(events={"a": 1}))
    assert (error.key, error.problem, error.suggestion) == ("events", "unknown key", None)
    assert {"signals", "stages", "weeks"} <= set(error.allowed.split(", "))


@pytest.mark.parametrize(
    ("given_value", "near"), [(98, "0.98"), (5, "0.05"), (50.5, "0.505"), (2, None), (101, None), (-5, None)]
)
def test_a_percentage_in_the_place_of_a_share_is_led_to_the_share(given_value, near):
    error = refusal(changed(execution={"oversight": given_value}))
    assert (error.key, error.suggestion) == ("execution.oversight", near)
    assert (error.problem == "must be a share, not a percentage") == (near is not None)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("city.csv", "file = 'city.csv'"),
        ("places.xlsx", "file = 'places.xlsx'"),
        ("places.ods", "saved as .xlsx or CSV"),
        ("runs.sqlite", "wushi export"),
        ("zhaoqing.yaml", ".toml"),
    ],
)
@pytest.mark.parametrize("there", [True, False])
def test_a_file_that_is_no_scenario_says_what_it_is_good_for(name, part, there, tmp_path):
    if there:
        (tmp_path / name).write_text("unit,parent,tier\n", encoding="utf-8")
    error = refusal(tmp_path / name)
    assert part in error.allowed
    assert "情景" in error.in_language("zh")
    own = tmp_path / "own.toml"
    own.write_text(f'extends = "{name}"', encoding="utf-8")
    assert (refusal(own).file, refusal(own).key) == (str(own), "extends")


def test_entries_of_a_list_count_from_1_whichever_check_finds_them():
    by_form = refusal(changed(signals=[{"week": 0}, {"week": 2, "intensity": -1}]))
    by_check = refusal(changed(signals=[{"week": 3}, {"week": 2}]))
    assert (by_form.key, by_check.key) == ("signals[2].intensity", "signals[2].week")
    assert "signals, entry 2: week: " in by_check.message


def test_a_scenario_unit_or_domain_named_in_chinese_is_led_to_its_name():
    assert "zhaoqing" in refusal("肇庆").suggestion
    assert refusal("全面铺开").suggestion == "all-at-once"
    domains = load_scenario("zhaoqing").domains
    name, entry = next(iter(domains.items()))
    assert refusal(changed(instruction={"domain": entry.zh})).suggestion == name
    places = load_hierarchy(load_scenario("zhaoqing"))
    with pytest.raises(InputError) as caught:
        load_hierarchy(load_scenario(changed(instruction={"cities": [places.label("Zhaoqing", "zh")]})))
    assert caught.value.suggestion == "Zhaoqing"


def test_what_no_file_says_although_one_must_is_told_of_the_file_that_was_asked_for(tmp_path):
    (tmp_path / "base.toml").write_text("weeks = 10\n", encoding="utf-8")
    (tmp_path / "mine.toml").write_text('extends = "base.toml"\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_scenario(tmp_path / "mine.toml")
    assert (caught.value.file, caught.value.key) == (str(tmp_path / "mine.toml"), "domains")
    with pytest.raises(InputError) as caught:
        load_scenario({"extends": "zhaoqing", "signals": [{"issuer": "secretary"}]})
    assert caught.value.file is None
