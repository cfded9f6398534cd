"""Sessions, links, controls and predictions: all parts of the page that need no browser."""

from __future__ import annotations

import gc
import io
import math
import weakref
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shown import LIBRARY, at

from simulation import InputError, RunResult, run
from simulation.app import downloads, share, switchoffs
from simulation.app.choice import UNCHANGED, Choice
from simulation.app.controls import GROUPS, KEYS, STAGES, SWITCHES, Control, is_on, marks, switched
from simulation.app.library import MOST_CITIZENS, Library
from simulation.app.predict import LOSSES, QUESTIONS, largest_loss
from simulation.app.track import WATCHED, Track
from simulation.ledger.accounts import accounts

CONTROLS = [control for group in GROUPS.values() for control in group]
SMALL = {"structure.citizens": 400}


def same(one: Track, two: Track) -> bool:
    return all(np.array_equal(one.series[name], two.series[name], equal_nan=True) for name in WATCHED)


def test_a_track_shows_the_metrics_of_an_ordinary_run() -> None:
    result = run("classroom", 4, weeks=60)
    track = Track(LIBRARY.load("classroom"), 4)
    track.step(13)
    track.step(47)
    for name in WATCHED:
        assert track.series[name] == pytest.approx(result.weekly[name].tolist(), nan_ok=True, abs=1e-12)


def test_a_change_gives_what_a_run_with_it_from_the_first_week_gives() -> None:
    session = at(40)
    session.set_value("plan.kind", "uniform")
    session.finish()
    assert session.week == 40
    assert same(session.a, at(40, changes={"plan.kind": "uniform"}).a)
    session.set_value("plan.kind", "division")
    assert session.choice.changes == {}


def test_going_back_and_forth_ends_where_going_straight_ends() -> None:
    session = at(30)
    session.ask(12)
    session.finish()
    session.ask(30)
    session.finish()
    assert session.a.now("effectiveness") == at(30).a.now("effectiveness")


def test_a_refused_change_leaves_everything_as_it_was() -> None:
    session = at(20)
    track, before = session.a, dict(vars(session.choice))
    with pytest.raises(InputError):
        session.apply(seed=-1)
    assert session.a is track
    assert vars(session.choice) == before


def test_the_second_run_differs_in_the_scenario_alone() -> None:
    session = at(30, changes={"plan.kind": "uniform", **SMALL}, compare=UNCHANGED, seed=9)
    assert session.b is not None
    assert session.b.model.seed == 9
    assert session.b.model.spec.plan.kind == "division"
    assert len(session.b.model.citizens) == len(session.a.model.citizens)
    assert session.b.week == session.a.week
    twin = at(30, compare="classroom")
    assert twin.b is not None
    assert same(twin.a, twin.b)


def test_what_does_not_exist_cannot_be_picked() -> None:
    session = at(1)
    nowhere = ("unit:99", "unit:-1", "unit:x", "community:²", "city:1", "town:4", "department:0", "group:1")
    for what in (*nowhere, "", "unit", "nonsense:0"):
        session.pick(what)
        assert session.picked == ""
    for what in ("unit:0", "town:3", "group:0", "community:0"):
        session.pick(what)
        assert session.picked == what


def test_a_restart_lets_the_last_model_go() -> None:
    session = at(5)
    gone = []
    for _ in range(10):
        gone.append(weakref.ref(session.a.model))
        session.ask(0)
        session.ask(5)
        session.finish()
    gc.collect()
    assert [model() for model in gone] == [None] * 10


def test_what_is_taken_home_is_the_week_in_which_it_was_asked_for() -> None:
    def read(result: RunResult) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(downloads.data(result))) as archive:
            return {name: archive.read(name) for name in archive.namelist() if name != "provenance.json"}

    playing, stopped = at(30).a, at(30).a
    kept = downloads.taken(playing)
    playing.step(20)
    files = read(kept)
    assert files == read(RunResult.of(stopped.model))
    assert len(files["weekly.csv"].splitlines()) == 1 + 30
    with pytest.raises(LookupError):
        kept.model  # noqa: B018


def test_every_offered_scenario_can_be_played_small() -> None:
    for name in LIBRARY.names:
        spec = LIBRARY.load(name)
        assert spec.structure.citizens != "all"
        assert int(spec.structure.citizens) <= MOST_CITIZENS
        Track(LIBRARY.load(name, SMALL), 0).step(1)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "mine.toml" for folder in "ab"]
    for path in paths:
        path.parent.mkdir()
        path.write_text('extends = "classroom"\n', encoding="utf-8")
    assert "mine" in Library(paths[:1]).names
    with pytest.raises(InputError) as caught:
        Library(paths)
    assert caught.value.file == str(paths[1])


def test_only_listed_names_are_read() -> None:
    for name in ("/etc/passwd", "../zhaoqing", "scenarios/zhaoqing.toml", ""):
        with pytest.raises(InputError):
            LIBRARY.load(name)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.key)
def test_a_sliders_ends_are_accepted_by_the_scenario(control: Control) -> None:
    ends: list[Any] = [True, False] if control.flag else [*control.words]
    if not ends or control.listed:
        ends += [control.low, control.high]
    spec = LIBRARY.load("zhaoqing")
    for end in ends:
        if end == "table":
            continue
        value = control.parsed(end)
        assert value is not None
        assert spec.with_values({control.key: value}).values[control.key] == value


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.key)
def test_what_the_parameter_forbids_is_not_taken(control: Control) -> None:
    wrong: list[Any] = [math.nan, None, "nonsense", -math.inf, *([0, 1, "true"] if control.flag else [True])]
    if not control.flag and (control.listed or not control.words):
        low, high = control.bounds()
        wrong += [low - 1, *([] if math.isinf(high) else [high + 1])]
    for value in wrong:
        assert control.parsed(value) is None


@pytest.mark.parametrize("stage", STAGES)
def test_a_switch_turns_a_stage_off_and_on_again(stage: str) -> None:
    session = at(0)
    session.set_value(SWITCHES[stage], switched(session.original, stage, False))
    assert not is_on(session.a.model.spec, stage)
    session.set_value(SWITCHES[stage], switched(session.original, stage, True))
    assert is_on(session.a.model.spec, stage)
    assert session.choice.changes == {}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_a_scenario_leaves_out_can_be_switched_on(stage: str) -> None:
    left_out = LIBRARY.load("classroom", {SWITCHES[stage]: 0.0})
    spec = left_out.with_values({SWITCHES[stage]: switched(left_out, stage, True)})
    assert spec.stages.in_order()[STAGES.index(stage)].effective_intensity > 0


def numbers(control: Control) -> st.SearchStrategy[tuple[str, Any]]:
    if control.flag:
        values: st.SearchStrategy[Any] = st.booleans()
    elif control.listed:
        values = st.sampled_from([*control.words, *range(int(control.low), int(control.high) + 1)])
    elif control.words:
        values = st.sampled_from([word for word in control.words if word != "table"])
    elif control.whole:
        values = st.integers(int(control.low), int(control.high))
    else:
        values = st.floats(control.low, control.high, allow_nan=False)
    return st.tuples(st.just(control.key), values)


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(CONTROLS).flatmap(numbers), max_size=5),
    st.integers(0, 2**53 - 1),
    st.integers(0, 104),
    st.sampled_from(["", UNCHANGED, "point-only"]),
    st.sampled_from(["en", "zh"]),
)
def test_a_link_reads_back_to_the_same_choice(
    pairs: list[tuple[str, Any]], seed: int, week: int, compare: str, lang: str
) -> None:
    choice = Choice("classroom", dict(pairs), seed, week, compare, lang)
    query = share.link(choice, LIBRARY).removeprefix("/?")
    try:
        LIBRARY.load("classroom", choice.changes)
    except InputError:
        with pytest.raises(InputError):
            share.read(query, LIBRARY, "en")
        return
    assert share.read(query, LIBRARY, "en") == (choice, [])


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_query_is_read_or_refused(query: str) -> None:
    try:
        choice, _ = share.read(query, LIBRARY, "en")
    except InputError:
        return
    assert choice.scenario in LIBRARY.names
    assert set(choice.changes) <= KEYS


def test_predictions_are_answered_by_the_run() -> None:
    track = at(104).a
    for question in QUESTIONS:
        assert 0 <= question.answer(track) < len(question.choices)
    by_key = {question.key: question for question in QUESTIONS}
    assert [by_key["effectiveness"].choose(value) for value in (0.0, 0.1, 0.3, 0.9)] == [0, 1, 2, 3]
    assert by_key["gap"].choose(math.nan) == 0


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({"plan.kind": "point"}, "point"),
        ({"agenda.domains": 4}, "half"),
        ({"agenda.domains": 5}, "most"),
        ({"agenda.domains": "all"}, "all"),
    ],
)
def test_the_predicted_agenda_is_the_one_that_the_run_ends_with(values: dict[str, Any], answer: str) -> None:
    track = Track(LIBRARY.load("zhaoqing", {**SMALL, **values}), 0)
    track.step(40)
    question = next(question for question in QUESTIONS if question.key == "agenda")
    assert question.choices[question.answer(track)] == answer


def test_every_loss_on_the_way_to_the_sites_belongs_to_one_answer() -> None:
    asked = [account for names in LOSSES.values() for account in names]
    assert sorted(asked) == sorted(set(accounts("sink")) - {"idle"})


@pytest.mark.parametrize(("turf", "passed"), [(100.0, True), (-100.0, False)])
def test_most_is_lost_to_buck_passing_where_no_department_co_operates_and_not_where_all_do(
    turf: float, passed: bool
) -> None:
    track = Track(LIBRARY.load("zhaoqing", SMALL).with_values({"departments.turf": turf}), 0)
    track.step(100)
    assert (list(LOSSES)[int(largest_loss(track))] == "buck_passing") is passed


def test_switching_need_off_is_the_difference_of_two_runs() -> None:
    session = at(40, changes=SMALL)
    now = session.a.now("effectiveness")
    without = Track(session.a.model.spec.with_values({"execution.unlock": 0}), 0)
    without.step(40)
    change = switchoffs.change(session.a.model.spec, 0, 40, "need", now)
    assert change == without.now("effectiveness") - now
    assert change < 0
    assert set(switchoffs.by_account({"execution": 0.1})) == {"adaptive", "symbolic", "selective"}


def test_marks_are_read_off_a_source() -> None:
    assert marks("P: kinds; A: 1, .6 and 0") == ["P", "A"]
    assert marks("computed from the four below") == ["A"]


def test_what_is_picked_is_let_go_when_the_next_scenario_has_no_such_unit() -> None:
    session = at(0, "guangdong", changes={"structure.citizens": 2000})
    last = f"unit:{len(session.a.model.units) - 1}"
    session.pick(last)
    assert session.picked == last
    session.apply(scenario="classroom", changes={})
    assert session.picked == ""


def test_a_town_that_the_next_run_does_not_have_is_let_go_and_not_taken_for_another() -> None:
    session = at(0, "zhaoqing", changes=SMALL)
    first = next(town.index for town in session.a.model.towns if not town.is_staff)
    session.pick(f"town:{first}")
    session.set_value("execution.capacity", 3.0)
    assert session.picked == f"town:{first}"
    session.set_value("structure.towns", "none")
    assert first < len(session.a.model.towns)
    assert session.picked == ""


def test_a_city_is_drawn_when_it_is_picked_and_explains_nothing() -> None:
    session = at(0, "guangdong", changes={"structure.citizens": 2000})
    session.pick("city:2")
    assert (session.city, session.picked) == (2, "")
    session.apply(scenario="classroom", changes={})
    assert session.city == 0
