"""A case's folder becomes a scenario: each table where it belongs, errors by name, digests by content."""

import math
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from simulation import InputError
from simulation.cases import Case, shipped_cases
from simulation.cases.laying import laid, week_of
from simulation.cases.observing import Observing
from simulation.cases.predicting import Predicting
from simulation.cases.prior import Prior
from simulation.cases.problems import ProblemsError
from simulation.cases.tables import MeetingRow, SignalRow, Tables, Where
from simulation.command.starter import make_case

HERE = Where("meetings.csv", 2)
START = date(2021, 3, 1)
PROVINCE = """extends = "guangdong"
start_date = 2020-03-02
weeks = 60
[stages.authority]
intensity = 0.0
[instruction]
wording = 0.0
[case]
city = "{city}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_case(tmp_path / "mine", "en")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8-sig")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def meetings(*rows: tuple[str, float, str]) -> Tables:
    made = [MeetingRow(HERE, date.fromisoformat(month), number, head, "") for month, number, head in rows]
    return Tables(meetings=tuple(made))


def test_every_table_lands_in_the_scenario(folder):
    spec = Case.load(folder).spec
    assert spec.structure.severities["Old Town"]["old-housing"] == 0.8
    assert spec.structure.capacities["West Woods"] == 0.8
    assert spec.structure.zeal == {"Old Town": 1.0, "New Harbour": 0.9, "East Hills": 0.7, "South Fields": 0.8}
    assert spec.instruction.intensity == 0
    (signal,) = spec.signals
    assert (signal.week, signal.issuer, signal.channel, signal.domain, signal.wording) == (
        0,
        "secretary",
        "written",
        "waste",
        0.7,
    )
    assert spec.stages.authority.meetings_per_year == 60
    assert [change.week for change in spec.changes] == [27, 44, 53]
    assert spec.changes[-1].set == {"stages.authority.meetings_per_year": 24.0, "stages.authority.rank": "deputy"}


def test_a_table_that_is_not_there_leaves_the_scenario_as_it_was(folder):
    for name in ("severity", "capacity", "signals", "meetings"):
        (folder / f"{name}.csv").unlink()
    spec = Case.load(folder).spec
    assert spec.structure.severities is None
    assert spec.instruction.intensity == 1
    assert spec.changes == ()


def test_weeks_are_counted_from_the_start():
    assert week_of(START, START) == 0
    assert week_of(date(2021, 3, 7), START) == 0
    assert week_of(date(2021, 3, 8), START) == 1
    assert week_of(date(2021, 2, 28), START) == -1


def test_a_month_begins_with_the_first_week_that_begins_in_it():
    values = laid(meetings(("2021-04-01", 3, "secretary")), START, 100, ())
    (change,) = values["changes"]
    assert change["week"] == 5  # 5 April, the first Monday of the month
    assert change["set"]["stages.authority.meetings_per_year"] == 36


def test_equal_months_make_one_change_and_a_gap_keeps_what_held():
    rows = (("2021-04-01", 3, "secretary"), ("2021-05-01", 3, "secretary"), ("2021-09-01", 1, "none"))
    values = laid(meetings(*rows), START, 100, ())
    assert [change["week"] for change in values["changes"]] == [5, 27]


def test_months_after_the_run_play_no_part_and_the_last_one_before_it_holds_at_its_beginning():
    rows = [("2019-04-01", 9, "none"), ("2020-11-01", 3, "secretary"), ("2029-01-01", 9, "none")]
    values = laid(meetings(*rows), START, 100, ())
    assert "changes" not in values
    assert (values["stages.authority.meetings_per_year"], values["stages.authority.rank"]) == (36, "secretary")
    values = laid(meetings(*rows, ("2021-03-01", 2, "deputy")), START, 100, ())
    assert "changes" not in values
    assert (values["stages.authority.meetings_per_year"], values["stages.authority.rank"]) == (24, "deputy")


def test_signals_come_in_the_order_of_their_days_and_keep_their_cities():
    where = Where("signals.csv", 2)
    one, two = (
        SignalRow(where, date.fromisoformat(day), "", "secretary", "speech", "", math.nan, cities, "")
        for day, cities in (("2021-06-02", ("B",)), ("2021-03-10", ()))
    )
    found = laid(Tables(signals=(one, two)), START, 100, ("A",))["signals"]
    assert [(signal["week"], signal["cities"]) for signal in found] == [(1, ("A",)), (13, ("B",))]


def test_the_check_tells_of_months_that_play_no_part_and_of_weeks_before_the_first(folder):
    (folder / "meetings.csv").write_text("month,meetings,head\n2021-06,2,deputy\n2030-01,2,none\n", encoding="utf-8")
    notes = [str(note) for note in Case.load(folder).check().notes]
    assert any("play no part: 1." in note for note in notes)
    assert any("first month of `meetings`: 14." in note and "rank `secretary`" in note for note in notes)
    (folder / "meetings.csv").write_text("month,meetings,head\n2020-06,3,deputy\n2021-01,3,deputy\n", encoding="utf-8")
    notes = [str(note) for note in Case.load(folder).check().notes]
    assert any("play no part: 1." in note for note in notes)
    assert not any("first month" in note for note in notes)


@pytest.mark.parametrize("start", ["2021-03-01", "2021-03-02", "2021-03-10", "2021-04-01"])
@pytest.mark.parametrize("weeks", [44, 45, 52])
def test_the_check_counts_the_months_that_lie_in_no_week_and_no_other(folder, start, weeks):
    file = folder / "case.toml"
    for table in ("observed", "signals"):
        (folder / f"{table}.csv").unlink()
    edit(file, "start_date = 2021-03-01", f"start_date = {start}")
    edit(file, "weeks = 110 ", f"weeks = {weeks} ")
    months = [f"{2021 + place // 12}-{place % 12 + 1:02}" for place in range(15)]
    rows = [f"{month},{place + 1},deputy\n" for place, month in enumerate(months)]
    (folder / "meetings.csv").write_text("month,meetings,head\n" + "".join(rows), encoding="utf-8")
    case = Case.load(folder)
    # No two months are alike, so each that counts is the beginning of the run or a change.
    laid_out = 1 + len(case.spec.changes)
    (note,) = [str(note) for note in case.check().notes if "play no part" in str(note)]
    assert note.endswith(f": {len(months) - laid_out}.")


def test_what_the_case_file_sets_is_searched_in_no_world(folder):
    before = Case.load(folder)
    assert before.settled == ()
    edit(folder / "case.toml", "[structure]", "[effect]\nwear = 0.123\n[structure]")
    case = Case.load(folder)
    assert case.settled == ("effect.wear",)
    assert set(Prior.of(case).names) == {*before.free, *before.searched} - {"effect.wear"}
    assert any("effect.wear" in str(note) for note in case.check().notes)
    vector = Prior.of(case).values(Prior.of(case).shape.draw(1, np.random.default_rng(0)))[0]
    assert case.scenario_for(vector).values["effect.wear"] == 0.123


@pytest.mark.parametrize("given", ["start", "free"])
def test_the_digest_follows_the_start_and_what_is_free(folder, given):
    before = Case.load(folder).digest
    edit(folder / "case.toml", *(("2021-03-01", "2021-03-02") if given == "start" else ("high = 0.95", "high = 0.9")))
    assert Case.load(folder).digest != before


def test_cases_of_two_cities_are_known_apart_in_fits_and_in_runs(tmp_path):
    made = []
    for city in ("Zhaoqing", "Foshan"):
        (tmp_path / "case.toml").write_text(PROVINCE.format(city=city), encoding="utf-8")
        (tmp_path / "observed.csv").write_text(
            "date,unit,domain,measure,value\n2020-12-31,Duanzhou,nimby,sites,8\n", encoding="utf-8"
        )
        made.append(Case.load(tmp_path))
    one, other = made
    assert one.spec.digest == other.spec.digest
    assert one.digest != other.digest
    for task in (Observing, Predicting):
        assert task(one).identity != task(other).identity


def test_infinity_is_the_same_free_value_as_a_number_and_as_a_word(folder):
    made = []
    edit(folder / "case.toml", "[case.free]", '[case.free]\n"stages.trend.length" = { values = [52, "inf"] }')
    made.append(Case.load(folder))
    edit(folder / "case.toml", '[52, "inf"]', "[52, inf]")
    made.append(Case.load(folder))
    assert [case.free["stages.trend.length"].ends() for case in made] == [(52, "inf")] * 2
    assert made[0].digest == made[1].digest


def test_in_a_province_meetings_and_signals_are_those_of_the_city():
    values = laid(meetings(("2021-03-01", 2, "deputy")), START, 100, ("A",))
    assert values["changes"][0]["cities"] == ("A",)


@pytest.mark.parametrize(
    ("old", "new", "key", "near"),
    [
        ('"execution.oversight" =', '"execution.oversigt" =', "case.free", "execution.oversight"),
        ("high = 0.95", "high = 1.95", "case.free.execution.oversight", None),
        ("effectiveness = 0.02", "effectivness = 0.02", "case.smallest", "effectiveness"),
        ("reported = 0.08", "reportd = 0.08", "case.sd", "reported"),
        ("reported = 0.08", "reported = 0", "case.sd.reported", None),
        ('"stages.authority.meetings_per_year" = 24', '"stages.authority.meetings" = 24', "case.counterfactuals", None),
        ("[case.forecast]", "[case.forcast]", "case", "forecast"),
        ("[case.free]", "[case]\nworlds = 10000\n[case.free]", "case.worlds", None),
        ("start_date = 2021-03-01", "", "start_date", None),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_case_file_is_named(folder, old, new, key, near):
    edit(folder / "case.toml", old, new)
    with pytest.raises(InputError) as caught:
        Case.load(folder)
    assert caught.value.file == str(folder / "case.toml")
    assert str(caught.value.key).startswith(key)
    if near:
        assert near in str(caught.value.suggestion)


def test_a_city_must_be_named_where_there_are_several(folder):
    for table in ("severity", "capacity", "signals", "observed"):
        (folder / f"{table}.csv").unlink()
    with (folder / "city.csv").open("a", encoding="utf-8") as handle:
        handle.write("Other City,Lake Province,city,,,,,,,,\nFar,Other City,county,,9000,0.5,2,2,,,\n")
    with pytest.raises(InputError) as caught:
        Case.load(folder)
    assert caught.value.key == "case.city"
    edit(folder / "case.toml", "[case.free]", '[case]\ncity = "柳湾市"\n[case.free]')
    assert Case.load(folder).city == "Willow City"
    edit(folder / "case.toml", "柳湾市", "Willow City")
    case = Case.load(folder)
    assert case.city == "Willow City"
    assert case.spec.changes[0].cities == ("Willow City",)


def test_wrong_places_hide_no_wrong_row(folder):
    edit(folder / "city.csv", "Old Town,Willow City,county", "Old Town,Willow City,conty")
    with (folder / "observed.csv").open("a", encoding="utf-8") as handle:
        handle.write("2021-13-31,Nobody knows,forest-fire,sites,2,,,\n")
    with (folder / "city.csv").open("a", encoding="utf-8") as handle:
        handle.write("Nowhere,Willow City,county,,many,0.5,2,2,,,\n")
    with pytest.raises(ProblemsError) as caught:
        Case.load(folder)
    files = [Path(str(one.file)).name for one in caught.value.problems]
    assert files == sorted(files)
    assert files.count("city.csv") == 2
    assert files.count("observed.csv") == 1
    assert all(str(one.problem) for one in caught.value.problems)


def test_places_wrong_together_hide_no_wrong_row(folder):
    edit(folder / "city.csv", "Old Town,Willow City,county", "Old Town,Willow Town,county")
    with (folder / "severity.csv").open("a", encoding="utf-8") as handle:
        handle.write("Nobody knows,forest-fire,7,,,\n")
    with pytest.raises(ProblemsError) as caught:
        Case.load(folder)
    assert [Path(str(one.file)).name for one in caught.value.problems] == ["city.csv", "severity.csv"]


def test_more_sites_than_communities_are_remarked_on(folder):
    assert not any("sites than the place has" in str(note) for note in Case.load(folder).check().notes)
    with (folder / "observed.csv").open("a", encoding="utf-8") as handle:
        handle.write("2021-12-31,New Harbour,forest-fire,sites,9999,,,\n")
    assert any("communities: 1 (first: row 40" in str(note) for note in Case.load(folder).check().notes)


def test_two_files_of_one_table_are_refused(folder):
    shutil.copy(folder / "city.csv", folder / "city.xlsx")
    with pytest.raises(InputError) as caught:
        Case.load(folder)
    assert "city.csv" in str(caught.value)
    assert "city.xlsx" in str(caught.value)


def test_no_case_is_no_case(tmp_path):
    with pytest.raises(InputError) as caught:
        Case.load("qinwgan")
    assert caught.value.suggestion == "qingwan"
    with pytest.raises(InputError):
        Case.load(tmp_path)


def test_a_shipped_case_is_found_by_name():
    assert "qingwan" in shipped_cases()
    assert Case.load("qingwan").name == "qingwan"


def test_the_digest_counts_what_bears_on_a_fit(folder):
    before = Case.load(folder).digest
    edit(folder / "case.toml", 'en = "Willow City"', 'en = "Another title"')
    assert Case.load(folder).digest == before
    edit(folder / "observed.csv", "work plan of the city", "another source")
    assert Case.load(folder).digest == before
    edit(folder / "case.toml", "reported = 0.08", "reported = 0.09")
    assert Case.load(folder).digest != before


@pytest.mark.parametrize(("table", "old", "new"), [("observed", ",0.3,", ",0.4,"), ("severity", ",0.08,", ",0.09,")])
def test_the_digest_follows_every_table(folder, table, old, new):
    before = Case.load(folder).digest
    edit(folder / f"{table}.csv", old, new)
    assert Case.load(folder).digest != before


def test_a_vector_is_laid_over_the_case_and_its_tables_stay(folder):
    case = Case.load(folder)
    spec = case.scenario_for({"execution.oversight": 0.33, "effect.wear": 0.07})
    assert spec.execution.oversight == 0.33
    assert spec.structure.capacities == case.spec.structure.capacities
    assert spec.changes == case.spec.changes


def test_uncertain_severities_are_drawn_by_seed_around_their_scores(folder):
    case = Case.load(folder)
    one, again, other = (case.scenario_for({}, seed).structure.severities for seed in (1, 1, 2))
    assert one == again != other
    assert case.scenario_for({}).structure.severities == case.spec.structure.severities
    drawn = [case.scenario_for({}, seed).structure.severities["New Harbour"]["old-housing"] for seed in range(200)]
    assert abs(sum(drawn) / len(drawn) - 0.5) < 4 * 0.08 / math.sqrt(200)
    assert all(0 <= value <= 1 for value in drawn)


def test_a_row_without_a_standard_deviation_gets_the_cases_or_the_measures(folder):
    case = Case.load(folder)
    by_measure = {row.measure: case.sd_of(row) for row in case.rows if math.isnan(row.sd)}
    assert by_measure["reported"] == 0.08
    assert by_measure["sites"] == 2.0


def test_a_case_can_be_fitted_only_where_something_is_observed(folder):
    (folder / "observed.csv").unlink()
    case = Case.load(folder)
    assert any("fitted" in str(note) for note in case.check().notes)
    with pytest.raises(InputError):
        case.fit(quick=True)


def test_check_says_what_is_there(folder):
    found = Case.load(folder).check()
    assert dict(zip(found.tables["table"], found.tables["rows"], strict=True)) == {
        "severity": 20, "capacity": 5, "signals": 1, "meetings": 24, "observed": 38,
    }  # fmt: skip
    assert found.measures["rows"].sum() == 38
    assert found.units.set_index("unit").loc["New Harbour"].sum() == sum(
        row.unit == "New Harbour" for row in Case.load(folder).rows
    )
    free = found.parameters[found.parameters["free"]]
    assert list(free["parameter"]) == ["execution.oversight", "scouting.breadth"]
