"""Shipped scenarios in which something changes on the way: their counterpart until then, and different after."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulation import run
from simulation.scenario import load_scenario
from simulation.scenario.changing import BY_CITY, EVERYWHERE, FIXED
from simulation.scenario.loading import shipped_folder

DOCS = Path(__file__).resolve().parents[2] / "docs"
#: Scenario to its counterpart and the first week in which the two may differ.
CHANGED = {
    "oversight-withdrawn": ("zhaoqing", 80),
    "unwatched-counties": ("zhaoqing", 80),
    "deputy-in-year-two": ("zhaoqing", 52),
    "rival-campaign": ("zhaoqing", 60),
    "second-signal": ("zhaoqing", 60),
    "institution-then-withdrawal": ("withdrawal-without-institution", 52),
}
SMALL = {"structure.citizens": 2000}
SEEDS = range(8)
TWO = ["Gaoyao", "Sihui"]


@functools.cache
def runs(name, **values):
    spec = load_scenario(name).with_values(SMALL | values)
    return tuple(run(spec, seed) for seed in SEEDS)


@functools.cache
def constant(oversight):
    spec = load_scenario("zhaoqing").with_values(SMALL | {"execution.oversight": oversight})
    return tuple(run(spec, seed) for seed in SEEDS)


def ends(results, metric="effectiveness"):
    return np.array([result.summary[metric] for result in results])


def series(results, metric="effectiveness"):
    return np.array([result.weekly[metric].to_numpy() for result in results])


@pytest.mark.parametrize("name", CHANGED)
def test_a_scenario_is_its_counterpart_until_its_week_and_differs_from_then_on(name):
    base, week = CHANGED[name]
    for before, after in zip(runs(base), runs(name), strict=True):
        pd.testing.assert_frame_equal(before.weekly[:week], after.weekly[:week], check_exact=True)
        assert not before.weekly[week : week + 13].equals(after.weekly[week : week + 13])


@pytest.mark.parametrize("name", sorted(set(CHANGED) - {"second-signal"}))
def test_the_changes_are_all_that_tells_a_scenario_from_its_counterpart(name):
    raw = tomllib.loads((shipped_folder() / f"{name}.toml").read_text(encoding="utf-8"))
    assert set(raw) == {"extends", "title", "question", "changes"}
    assert raw["extends"] == CHANGED[name][0]


def test_withdrawal_is_the_base_case_without_routine_until_the_group_is_dissolved():
    spec = load_scenario("zhaoqing").with_values(SMALL | {"execution.routine": 0.0})
    for seed, after in zip(SEEDS, runs("withdrawal-without-institution"), strict=True):
        before = run(spec, seed)
        pd.testing.assert_frame_equal(before.weekly[:104], after.weekly[:104], check_exact=True)
        assert after.summary["effectiveness"] < 0.3 * before.summary["effectiveness"]


def test_every_change_has_a_name_in_both_languages():
    for name in (*CHANGED, "withdrawal-without-institution", "oversight-campaigns"):
        for change in load_scenario(name).changes:
            assert change.title.label("en") != change.title.label("zh")


def test_when_oversight_is_withdrawn_hollow_execution_rises_at_once_and_effectiveness_falls_slowly():
    base, after = runs("zhaoqing"), runs("oversight-withdrawn")
    hollow, lost = series(after, "symbolic") - series(base, "symbolic"), series(base) - series(after)
    assert (hollow[:, 84] > 0.05).all()
    assert (lost[:, -1] > 0).all()
    assert lost[:, 92].mean() < 0.25 * lost[:, -1].mean()


def test_two_unwatched_counties_lose_and_the_others_hardly_notice():
    moved = pd.DataFrame(
        [
            after.cells.groupby("county")["effect"].mean() - before.cells.groupby("county")["effect"].mean()
            for before, after in zip(runs("zhaoqing"), runs("unwatched-counties"), strict=True)
        ]
    )
    inside, outside = moved[TWO].to_numpy().mean(), moved.drop(columns=TWO).to_numpy().mean()
    assert inside < -0.005
    assert abs(outside) < 0.2 * abs(inside)


def test_a_deputy_in_year_two_keeps_the_agenda_and_loses_some_effectiveness():
    base, after = runs("zhaoqing"), runs("deputy-in-year-two")
    assert ends(after, "agenda").tolist() == ends(base, "agenda").tolist()
    assert 0 < (ends(base) - ends(after)).mean() < 0.15 * ends(base).mean()


def test_the_first_instruction_counts_beside_the_second_signal_and_the_point_gains_too():
    base, after = runs("zhaoqing"), runs("second-signal")
    sent = after[0].ledger.query("account == 'instruction'").set_index("week")["amount"]
    assert sent[sent > 0].to_dict() == {0: 1.0, 60: 1.0}
    assert (ends(after) > ends(base)).all()
    assert ends(after, "core_effect").mean() > ends(base, "core_effect").mean()


def test_a_rival_campaign_halves_attention_for_half_a_year_and_its_loss_fades():
    (first, *_), base = runs("rival-campaign"), runs("zhaoqing")
    left = first.model.world.undivided[:, 0]
    assert (left[60:86] == 0.5).all()
    assert (np.delete(left, np.s_[60:86]) == 1.0).all()
    lost = (series(base) - series(runs("rival-campaign"))).mean(axis=0)
    assert lost[86] > lost[-1] > 0


def test_a_year_of_institutionalisation_keeps_more_and_still_most_is_lost():
    bare, built = (series(runs(name)) for name in ("withdrawal-without-institution", "institution-then-withdrawal"))
    kept = [(one[:, 155] / one[:, 103]).mean() for one in (bare, built)]
    assert kept[1] > 1.4 * kept[0]
    assert kept[1] < 0.5


def test_oversight_campaigns_come_and_go_at_reviews_that_find_a_tenth_of_tasks_symbolic():
    for result in runs("oversight-campaigns"):
        symbolic, spells = result.weekly["symbolic"], result.model.schedule.spells
        begun = {spell.first for spell in spells}
        assert 2 <= len(spells) <= 12
        assert all(spell.end == spell.first + 13 for spell in spells)
        for review in range(13, 155, 13):
            assert (review + 1 in begun) == (symbolic[review] > 0.1)


def test_oversight_in_campaigns_beats_weak_oversight_and_not_the_same_mean_held_evenly():
    campaigns = runs("oversight-campaigns")
    weeks = [sum(min(s.end, 156) - s.first for s in one.model.schedule.spells) for one in campaigns]
    even = round(0.2 + 0.6 * float(np.mean(weeks)) / 156, 3)
    assert 0.3 < even < 0.7
    assert ends(campaigns).mean() > ends(constant(0.2)).mean()
    assert ends(campaigns).mean() < ends(constant(even)).mean()


def test_an_oversight_campaign_never_begins_where_its_condition_cannot_hold():
    spec = load_scenario("oversight-campaigns").with_values(SMALL | {"changes.1.when": "symbolic > 1"})
    result = run(spec, seed=0)
    assert result.changes["week"].isna().all()
    assert result.summary == pytest.approx(constant(0.2)[0].summary, rel=0, abs=0, nan_ok=True)


@pytest.mark.parametrize("page", ["changes.md", "changes.zh.md", "odd.md"])
def test_the_pages_name_every_parameter_that_cannot_change(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    keys = {key.removeprefix("citizens.") for key in FIXED} if page == "odd.md" else set(FIXED)
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []


@pytest.mark.parametrize("page", ["changes.md", "changes.zh.md"])
def test_the_guide_names_every_parameter_that_holds_for_all_cities_and_leaves_those_of_a_city_to_the_message(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    assert [key for key in EVERYWHERE if f"`{key}`" not in text] == []
    assert set(BY_CITY).isdisjoint(EVERYWHERE)
