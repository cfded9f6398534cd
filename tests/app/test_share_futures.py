"""Links with changes by week and kept futures: they read back to the same, and ask for no more than the page takes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shown import LIBRARY

from simulation import InputError
from simulation.app import share
from simulation.app.choice import Choice, Future
from simulation.app.controls import KEYS
from simulation.app.futures import LONGEST as LONGEST_NAME
from simulation.app.futures import MOST as MOST_FUTURES
from simulation.app.library import MOST_CITIZENS, MOST_WEEKS
from simulation.app.onward import MOST, reason

OVERSIGHT = "execution.oversight"
LATER = sorted(key for key in KEYS if not reason(key))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    OVERSIGHT: st.floats(0, 1),
    "transmission.follow": st.floats(0, 1),
    "agenda.span": st.sampled_from([3.5, float("inf")]),
    "plan.keep_point": st.booleans(),
    "plan.kind": st.sampled_from(["uniform", "point"]),
    "agenda.domains": st.sampled_from(["chosen", 2]),
    "stages.authority.intensity": st.sampled_from([0.0, "computed"]),
}


def settings_of(keys: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    pairs = keys.flatmap(lambda key: st.tuples(st.just(key), VALUES[key]))
    return st.lists(pairs, min_size=1, max_size=3).map(dict)


LATERS = st.dictionaries(st.integers(0, MOST_WEEKS), settings_of(st.sampled_from(sorted(VALUES))), max_size=4).map(
    lambda later: dict(sorted(later.items()))
)
NAMES = st.text(max_size=LONGEST_NAME).map(lambda name: share.clean(name))


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    futures = tuple(
        Future(number, draw(NAMES), draw(st.sampled_from(["classroom", "point-only"])), {"plan.kind": "point"}, later)
        for number, later in enumerate(draw(st.lists(LATERS, max_size=3)), 1)
    )
    compare = draw(st.sampled_from(["", "unchanged", "point-only", *(future.id for future in futures)]))
    return Choice("classroom", {}, draw(st.integers(0, 2**53 - 1)), 5, compare, "zh", draw(LATERS), futures)


@settings(max_examples=40)
@given(choices())
def test_a_link_with_changes_by_week_and_futures_reads_back_to_the_same_choice(choice: Choice) -> None:
    path = share.link(choice, LIBRARY)
    assert not share.shortened(choice, path)
    try:
        LIBRARY.load("classroom", {}, choice.later)
    except InputError:
        with pytest.raises(InputError):
            share.read(path.removeprefix("/?"), LIBRARY, "en")
        return
    assert share.read(path.removeprefix("/?"), LIBRARY, "en") == (choice, [])


def test_a_change_by_week_is_written_as_on_the_command_line() -> None:
    path = share.link(Choice("classroom", later={80: {OVERSIGHT: 0.2}}), LIBRARY)
    assert ("set", "execution.oversight=0.2@80") in parse_qsl(path)


def test_a_link_made_before_there_were_changes_by_week_still_works() -> None:
    link = "scenario=classroom&seed=5&week=50&compare=unchanged&set=plan.kind%3D%22uniform%22&lang=zh"
    choice, limited = share.read(link, LIBRARY, "en")
    assert choice == Choice("classroom", {"plan.kind": "uniform"}, 5, 50, "unchanged", "zh")
    assert limited == []


def packed(**fields: str) -> tuple[str, str]:
    return "future", urlencode({"number": "1", "scenario": "classroom", **fields})


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([("set", "structure.citizens=500@10")], "cannot change during a run"),
        ([("set", "structure.file='/etc/passwd'@10")], "no control|cannot change|unknown"),
        ([("set", "departments.turf=1@10")], "no control"),
        ([("set", f"execution.oversight=0.2@{MOST_WEEKS + 1}")], "cannot be used"),
        ([("set", "execution.oversight=7@10")], "execution.oversight"),
        ([("set", f"execution.oversight=0.5@{week}") for week in range(MOST + 1)], "too many changes"),
        ([("compare", "future:1")], "no such scenario"),
        ([packed(scenario="/etc/passwd")], "no such scenario"),
        ([packed(number="0")], "cannot be used"),
        ([packed(number=str(MOST_FUTURES + 1))], "cannot be used"),
        ([packed(), packed()], "cannot be used"),
        ([packed(number=str(number)) for number in range(1, MOST_FUTURES + 2)], "too many kept futures"),
        ([packed(set="departments.turf=1")], "no control"),
        ([("future", "&".join(["a=1"] * (share.MOST_FIELDS + 1)))], "too many values"),
    ],
)
def test_a_link_cannot_ask_for_more_than_the_page_can(pairs: list[tuple[str, str]], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        share.read(urlencode([("scenario", "classroom"), *pairs]), LIBRARY, "en")


def test_values_of_later_weeks_and_of_futures_are_kept_within_their_controls_bounds() -> None:
    link = urlencode([("scenario", "guangdong"), packed(set=f"structure.citizens={MOST_CITIZENS + 1}")])
    choice, limited = share.read(link, LIBRARY, "en")
    assert choice.futures[0].changes == {"structure.citizens": MOST_CITIZENS}
    assert len(limited) == 1


def test_the_name_of_a_future_in_a_link_is_cleaned() -> None:
    link = urlencode([("scenario", "classroom"), packed(name="<b>\u202ea\x00\n" + "x" * 500)])
    choice, _ = share.read(link, LIBRARY, "en")
    assert choice.futures[0].name == share.clean("<b> a " + "x" * 500)
    assert len(choice.futures[0].name) <= LONGEST_NAME


def test_a_link_too_long_leaves_out_futures_but_not_the_one_that_is_compared() -> None:
    # The longest that a tab can hold: every later change that the page takes, in each future.
    values = dict.fromkeys(LATER[:MOST], 0.123456789)
    full = {500: values}
    kept = tuple(
        Future(number, "名" * LONGEST_NAME, "classroom", values, full) for number in range(1, 1 + MOST_FUTURES)
    )
    choice = Choice("classroom", values, compare=kept[-1].id, later=full, futures=kept)
    path = share.link(choice, LIBRARY)
    assert share.shortened(choice, path)
    assert len(path.removeprefix("/?")) <= share.LONGEST
    numbers = [dict(parse_qsl(value))["number"] for key, value in parse_qsl(path.removeprefix("/?")) if key == "future"]
    assert numbers[0] == str(MOST_FUTURES)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["future", "set", "compare"]), st.text(max_size=80)), max_size=4))
def test_whatever_a_link_holds_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    try:
        choice, _ = share.read(urlencode([("scenario", "classroom"), *pairs]), LIBRARY, "en")
    except InputError:
        return
    assert {key for values in choice.later.values() for key in values} <= set(LATER)
