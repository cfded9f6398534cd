"""Loading, extending, changing and identifying scenarios."""

from __future__ import annotations

import copy
import json
import math
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.scenario import InputError, Scenario, load_scenario, parameters, parse_assignments, shipped

OWN = {
    "structure": {
        "citizens": 200,
        "units": [
            {"unit": "C", "parent": "", "tier": "city"},
            {"unit": "K", "parent": "C", "tier": "county", "population": 900, "residential": 3},
        ],
    },
    "domains": {"water": {"en": "Water", "zh": "水"}, "air": {"en": "Air", "zh": "空气"}},
}


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_loads_and_asks_its_question_in_both_languages(name):
    spec = load_scenario(name)
    assert spec.name == name
    for words in (spec.title, spec.question):
        assert words.en.isascii()
        assert any("一" <= sign <= "鿿" for sign in words.zh)
    for domain in spec.domains.values():
        assert domain.en != domain.zh


def test_a_scenario_that_sets_nothing_has_the_defaults_of_the_parameter_table():
    spec = load_scenario(OWN)
    free = {"structure.units", "structure.citizens", "domains"}
    for info in parameters():
        if info.key not in free:
            default = list(info.default) if isinstance(info.default, tuple) else info.default
            assert spec.values[info.key] == default, info.key
            assert spec.origins[info.key] == "default"
        else:
            assert spec.origins[info.key] == "given"


def test_zhaoqing_differs_from_the_defaults_only_where_the_case_is_named():
    values = load_scenario("zhaoqing").values
    defaults = {info.key: info.default for info in parameters()}
    differing = {key for key, value in values.items() if value != defaults[key] and value != []}
    case = {"title", "question", "structure.file", "domains", "instruction.domain", "instruction.cities"}
    case |= {"departments.named", "start_date"}
    assert differing == case


def test_authority_computes_its_intensity_from_rank_coverage_and_meetings():
    given = load_scenario("zhaoqing").with_values(
        {"stages.authority.meetings_half": 12, "stages.authority.deputy": 0.6}
    )
    assert given.stages.authority.effective_intensity == pytest.approx(68 / 80)
    changed = given.with_values({"stages.authority.rank": "deputy", "stages.authority.coverage": 0.5})
    assert changed.stages.authority.effective_intensity == pytest.approx(0.6 * 0.5 * 68 / 80)
    fixed = changed.with_values({"stages.authority.intensity": 0.3})
    assert fixed.stages.authority.effective_intensity == 0.3
    again = fixed.with_values({"stages.authority.intensity": "computed"})
    assert again.stages.authority.effective_intensity == changed.stages.authority.effective_intensity


def test_extending_merges_tables_key_by_key_and_remembers_which_file_set_what(tmp_path):
    write(tmp_path / "base.toml", 'extends = "zhaoqing"\n[plan]\nper_county = 2\n[execution]\nh = 1.0\n')
    spec = load_scenario(write(tmp_path / "mine.toml", 'extends = "base.toml"\n[plan]\nkind = "uniform"\n'))
    assert (spec.plan.kind, spec.plan.per_county, spec.execution.h) == ("uniform", 2, 1.0)
    assert spec.origins["plan.kind"] == "mine.toml"
    assert spec.origins["plan.per_county"] == "base.toml"
    assert spec.origins["plan.pilot_share"] == "zhaoqing.toml"
    assert spec.structure.citizens == 20000


def test_domains_rows_and_plan_tables_replace_those_of_the_base_as_a_whole(tmp_path):
    write(
        tmp_path / "base.toml",
        'extends = "zhaoqing"\n[plan]\nkind = "table"\ntable = { Gaoyao = ["nimby"], Deqing = ["land"] }\n',
    )
    spec = load_scenario(
        write(
            tmp_path / "mine.toml",
            'extends = "base.toml"\ndomains = { land = { en = "L" } }\n'
            'instruction = { domain = "land" }\n[plan]\ntable = { Sihui = ["land"] }\n',
        )
    )
    assert list(spec.domains) == ["land"]
    assert spec.plan.table == {"Sihui": ("land",)}


def test_own_rows_take_the_place_of_the_base_file_and_the_other_way_round():
    rows = load_scenario({"extends": "zhaoqing", "structure": OWN["structure"]})
    assert rows.structure.file is None
    assert len(rows.structure.units) == 2
    back = rows.with_values({"structure.file": "structures/zhaoqing.csv"})
    assert back.structure.units is None
    assert back.with_values({"structure.units": OWN["structure"]["units"]}).structure.file is None


def test_a_structure_file_is_sought_beside_the_scenario_that_names_it(tmp_path):
    folder = tmp_path / "inner"
    folder.mkdir()
    write(folder / "city.csv", "unit,parent,tier\n")
    write(folder / "base.toml", 'domains = { d = {} }\n[structure]\nfile = "city.csv"\n')
    spec = load_scenario(write(tmp_path / "top.toml", 'extends = "inner/base.toml"\n'))
    assert spec.base_folder == folder


def test_changed_values_leave_the_original_alone_and_are_marked_as_given():
    spec = load_scenario("zhaoqing")
    changed = spec.with_values({"execution.capacity": 2, "stages.trend.start": 3, "weeks": np.int64(10)})
    assert (changed.execution.capacity, changed.stages.trend.start, changed.weeks) == (2.0, 3.0, 10)
    assert (spec.execution.capacity, spec.weeks) == (1.92, 156)
    assert changed.origins["execution.capacity"] == "given"
    assert changed.origins["execution.h"] == "zhaoqing.toml"
    assert changed.name == "zhaoqing"
    assert spec.with_values({}) == spec


def test_changing_to_the_present_value_changes_nothing_but_its_origin():
    spec = load_scenario("zhaoqing")
    same = spec.with_values({key: value for key, value in spec.values.items() if value is not None})
    assert same.values == spec.values
    assert same == spec


@given(st.sampled_from([info for info in parameters() if info.kind == "number" and not info.above]))
def test_the_lowest_value_of_every_range_is_accepted(info):
    low = {"citizens.threshold_high": 0.0, "structure.severity_high": 0.2}.get(info.key, info.low)
    assert load_scenario("zhaoqing").with_values({info.key: low}).values[info.key] == low


@given(st.sampled_from([info for info in parameters() if info.kind in ("number", "whole")]))
def test_values_beyond_every_range_are_refused_with_the_range(info):
    spec = load_scenario("zhaoqing")
    wrong = [info.low if info.above else info.low - 1]
    if info.high is not None:
        wrong.append(info.high + 1)
    for value in wrong:
        value = int(value) if info.kind == "whole" else value
        with pytest.raises(InputError) as caught:
            spec.with_values({info.key: value})
        assert caught.value.key == info.key
        assert caught.value.allowed == info.allowed


def test_the_digest_sees_values_and_places_but_not_titles_or_spelling(tmp_path):
    spec = load_scenario("zhaoqing")
    assert spec.with_values({"title": "Another"}).digest == spec.digest
    assert spec.with_values({"agenda.span": 16}).digest == spec.digest
    assert spec.with_values({"execution.h": 1}).digest != spec.digest
    copy_of = write(tmp_path / "city.csv", (spec.base_folder / "structures/zhaoqing.csv").read_text("utf-8"))
    assert spec.with_values({"structure.file": str(copy_of)}).digest == spec.digest
    write(copy_of, copy_of.read_text("utf-8").replace("678078", "678079"))
    assert spec.with_values({"structure.file": str(copy_of)}).digest != spec.digest


def test_the_order_of_domains_bears_on_the_digest():
    domains = OWN["domains"]
    turned = dict(reversed(domains.items()))
    assert load_scenario(OWN).digest != load_scenario(OWN | {"domains": turned}).digest


def test_a_scenario_survives_json_pickle_and_copying():
    spec = load_scenario("zhaoqing").with_values({"plan.kind": "point"})
    text = json.dumps(spec.to_dict(), allow_nan=False)
    assert load_scenario(json.loads(text)) == spec
    assert json.loads(text)["stages"]["leverage"]["length"] == "inf"
    there = pickle.loads(pickle.dumps(spec))
    assert there == spec
    assert (there.name, there.origins, there.base_folder) == (spec.name, spec.origins, spec.base_folder)
    assert copy.deepcopy(spec) is spec
    assert load_scenario(spec) is spec


def test_nothing_in_a_scenario_can_be_assigned():
    spec = load_scenario("classroom")
    with pytest.raises(ValueError, match="frozen"):
        spec.execution.capacity = 9
    with pytest.raises(ValueError, match="frozen"):
        spec.weeks = 9


def test_the_point_is_the_named_domain_or_the_first_and_leads_the_plan():
    spec = load_scenario(OWN)
    assert spec.point == "water"
    air = spec.with_values({"instruction.domain": "air"})
    assert air.point == "air"
    assert air.planned_domains == ("air", "water")
    assert air.with_values({"agenda.domains": 1}).planned_domains == ("air",)


def test_assignments_are_read_as_toml_and_else_as_text():
    parsed = parse_assignments(
        ["plan.kind=uniform", "weeks=52", "execution.h = 1.5", 'title="x"', "stages.trend.length=inf",
         "instruction.cities=['A=B']"]
    )  # fmt: skip
    assert parsed == {
        "plan.kind": "uniform",
        "weeks": 52,
        "execution.h": 1.5,
        "title": "x",
        "stages.trend.length": math.inf,
        "instruction.cities": ["A=B"],
    }


def test_a_file_may_begin_with_a_byte_order_mark_and_a_title_may_be_one_text(tmp_path):
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbf" + 'extends = "classroom"\ntitle = "一"\n'.encode())
    assert load_scenario(path).title.label("en") == "一"
    assert load_scenario(str(path)).name == "marked"


def test_loading_a_scenario_imports_none_of_the_heavy_libraries():
    heavy = "{'mesa', 'networkx', 'pandas', 'matplotlib', 'scipy', 'numba'}"
    code = f"import sys; from simulation.scenario import load_scenario; load_scenario('zhaoqing').digest; " \
           f"print(sorted({heavy} & set(sys.modules)))"  # fmt: skip
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"


def test_scenarios_with_equal_content_are_equal_and_hash_alike():
    one, other = load_scenario("classroom"), load_scenario("classroom")
    assert one == other
    assert len({one, other}) == 1
    assert one != one.with_values({"weeks": 3})
    assert isinstance(one, Scenario)
    assert one != "classroom"


def test_a_scenario_that_counts_as_loaded_is_the_same_and_has_no_overrides():
    spec = load_scenario("zhaoqing").with_values({"effect.wear": 0.1})
    made = spec.as_loaded()
    assert (made, made.origins, made.overrides) == (spec, spec.origins, {})
    assert list(made.with_values({"effect.wear": 0.2}).overrides) == ["effect.wear"]
