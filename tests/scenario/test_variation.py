"""Another configuration has a folder and a title of its own; the same one has the same again."""

from __future__ import annotations

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from simulation.scenario import load_scenario, parameters
from simulation.scenario.variation import folder_name, with_changes

SPEC = load_scenario("zhaoqing")
VALUES = st.one_of(
    st.text(max_size=60),
    st.integers(),
    st.floats(allow_nan=False).map(lambda x: x + 0.0),
    st.booleans(),
    st.lists(st.text(max_size=5)),
)
KEYS = st.sampled_from([info.key for info in parameters()])


def named(values: dict[str, object], seed: int = 0) -> str:
    changed = SPEC.with_values(values)
    return folder_name(changed.name, changed.overrides, seed)


def test_a_scenario_as_it_is_has_its_own_name_and_another_seed_another() -> None:
    assert SPEC.overrides == {}
    assert folder_name("zhaoqing", {}, 0) == "zhaoqing"
    assert folder_name("zhaoqing", {}, 7) == "zhaoqing--seed-7"


def test_changes_are_told_by_the_last_words_of_their_keys_that_no_other_key_has() -> None:
    assert named({"stages.authority.rank": "deputy"}) == "zhaoqing--rank-deputy"
    assert named({"stages.authority.start": 6}, 3) == "zhaoqing--authority-start-6--seed-3"
    assert named({"structure.citizens": "all", "weeks": 30}) == "zhaoqing--citizens-all--weeks-30"


def test_a_value_that_the_scenario_has_already_is_no_change() -> None:
    assert named({"plan.kind": SPEC.plan.kind}) == "zhaoqing"
    assert named({"stages.authority.rank": "deputy", "plan.kind": SPEC.plan.kind}) == "zhaoqing--rank-deputy"


def test_changes_add_up_and_a_change_that_is_taken_back_is_none() -> None:
    once = SPEC.with_values({"weeks": 30})
    assert once.with_values({"structure.citizens": 500}).overrides == {"weeks": 30, "structure.citizens": 500}
    assert once.with_values({"weeks": SPEC.weeks}).overrides == {}


def test_what_does_not_fit_into_a_name_is_told_by_a_digest() -> None:
    one = folder_name("x", {"domains": {"a": 1}})
    assert re.fullmatch(r"x--domains-[a-z0-9+_.-]+--[0-9a-f]{8}", one)
    assert one != folder_name("x", {"domains": {"A": 1}})
    long = folder_name("x", {info.key: 1 for info in parameters()})
    assert len(long) < 100
    assert long != folder_name("x", {info.key: 1 for info in parameters()} | {"weeks": 2})


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), st.integers(0, 99))
def test_a_folders_name_is_short_safe_and_the_same_again(changes, seed) -> None:
    name = folder_name("zhaoqing", changes, seed)
    assert re.fullmatch(r"zhaoqing(--[a-z0-9+_-]+([.-][a-z0-9+_-]+)*)+", name)
    assert len(name) <= 100
    assert name == folder_name("zhaoqing", dict(reversed(changes.items())), seed)


@given(st.dictionaries(KEYS, VALUES, max_size=3), st.dictionaries(KEYS, VALUES, max_size=3))
def test_two_configurations_never_share_a_folder(one, two) -> None:
    # A whole number is the same with and without a nought after its point.
    first, second = ({key: repr(value).removesuffix(".0") for key, value in each.items()} for each in (one, two))
    same = first == second
    assert (folder_name("x", one) == folder_name("x", two)) == same


def test_a_title_names_the_first_changes_and_counts_the_rest() -> None:
    assert with_changes("Zhaoqing", {}, "en") == "Zhaoqing"
    assert with_changes("Zhaoqing", {"weeks": 30}, "en") == "Zhaoqing", "the weeks stand beside every title"
    told = with_changes("Zhaoqing", {"stages.authority.rank": "deputy"}, "en")
    assert told == "Zhaoqing, with stages.authority.rank = deputy"
    many = {"a": 1, "b": 2.5, "c": True, "d": 4, "e": 5}
    assert with_changes("Zhaoqing", many, "en") == "Zhaoqing, with a = 1, b = 2.5, c = true and 2 more"
    assert with_changes("肇庆", many, "zh") == "肇庆（改动：a = 1、b = 2.5、c = true等，另有 2 项）"
    assert with_changes("Zhaoqing", {"a": math.inf}, "en") == with_changes("Zhaoqing", {"a": "inf"}, "en")


def titled(values: dict[str, object], lang: str = "en") -> str:
    return with_changes({"en": "Zhaoqing", "zh": "肇庆"}[lang], SPEC.with_values(values).overrides, lang)


LATER = {"execution.oversight@80": 0.2}
FOR_A_WHILE = {"week": 80, "length": 26, "set": {"execution.oversight": 0.2}}
WHEN = {"when": "effectiveness > .2", "set": {"execution.oversight": 0.2}, "length": 1, "repeat": True}


def test_a_change_during_the_run_is_told_in_words_in_titles() -> None:
    assert titled(LATER) == "Zhaoqing, with oversight = 0.2 from week 80"
    assert titled(LATER, "zh") == "肇庆（改动：从第 80 周起，oversight = 0.2）"
    both = titled(LATER | {"stages.authority.rank@80": "deputy", "rivals.campaigns@90": 1})
    assert both == "Zhaoqing, with oversight = 0.2, rank = deputy from week 80; campaigns = 1 from week 90"
    assert titled({"changes": [FOR_A_WHILE]}) == "Zhaoqing, with oversight = 0.2 from week 80 for 26 weeks"
    assert titled({"changes": [FOR_A_WHILE]}, "zh").endswith("从第 80 周起，oversight = 0.2，持续 26 周）")
    assert titled({"changes": [WHEN]}).endswith("oversight = 0.2 whenever effectiveness > .2 for 1 week")
    once = {"when": "breadth >= 4", "set": {"execution.oversight": 0.2}, "cities": ["Zhaoqing"]}
    assert titled({"changes": [once]}).endswith("oversight = 0.2 in Zhaoqing once breadth >= 4")
    named = FOR_A_WHILE | {"title": {"en": "Oversight withdrawn", "zh": "撤出督查"}}
    assert titled({"changes": [named]}) == "Zhaoqing, with “Oversight withdrawn” from week 80 for 26 weeks"
    assert "“撤出督查”" in titled({"changes": [named]}, "zh")


def test_a_scenario_whose_changes_were_taken_out_says_so() -> None:
    changed = load_scenario({"extends": "zhaoqing", "changes": [FOR_A_WHILE]})
    assert with_changes("X", changed.overrides, "en") == "X"
    without = changed.with_values({"changes": ()})
    assert with_changes("X", without.overrides, "en") == "X, with no changes during the run"
    moved = changed.with_values({"changes.1.week": 90})
    assert with_changes("X", moved.overrides, "en") == "X, with oversight = 0.2 from week 90 for 26 weeks"


def test_a_change_during_the_run_is_part_of_a_folder_s_name() -> None:
    assert named(LATER) == "zhaoqing--oversight-0.2-from-80"
    assert named({"changes": [FOR_A_WHILE]}) == "zhaoqing--oversight-0.2-from-80-for-26"
    both = LATER | {"stages.authority.rank@80": "deputy", "rivals.campaigns@90": 1}
    several = "oversight-0.2-rank-deputy-from-80--campaigns-1-from-90"
    assert named(both, 7) == f"zhaoqing--{several}--seed-7"
    stem = "zhaoqing--oversight-0.2-when-effectiveness-2-for-1"
    assert re.fullmatch(f"{re.escape(stem)}--[0-9a-f]{{8}}", named({"changes": [WHEN]}))


SETS = st.dictionaries(
    st.sampled_from(["execution.oversight", "rivals.campaigns", "transmission.base", "plan.pilot_share"]),
    st.sampled_from([0, 0.2, 0.25, 1]),
    min_size=1,
    max_size=2,
)
TIMED = st.fixed_dictionaries({"week": st.integers(0, 30), "set": SETS}, optional={"length": st.integers(1, 9)})
WAITING = st.fixed_dictionaries(
    {"when": st.sampled_from(["effectiveness > .2", "effectiveness < .2", "effectiveness > 2"]), "set": SETS},
    optional={"length": st.integers(1, 3), "cities": st.just(["Zhaoqing"]), "title": st.sampled_from(["One", "one"])},
)
LISTS = st.lists(TIMED | WAITING, min_size=1, max_size=3)


@given(LISTS, LISTS)
def test_two_lists_of_changes_never_share_a_folder(one, two) -> None:
    names = [folder_name("x", {"changes": each}) for each in (one, two)]
    assert (names[0] == names[1]) == (one == two)
    for name in names:
        assert re.fullmatch(r"x(--[a-z0-9+_-]+([.-][a-z0-9+_-]+)*)+", name)
        assert len(name) <= 100
