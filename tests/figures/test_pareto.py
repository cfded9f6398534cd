"""Breadth against the core: the runs behind the picture, and which agendas nothing beats."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulation import load_scenario, run
from simulation.figures import draw
from simulation.figures.front import MOST, agenda_front
from simulation.figures.pareto import undominated
from simulation.text import say

POINTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8)
SMALL = {"structure.citizens": 300, "weeks": 40}


@given(POINTS)
def test_every_dominated_point_is_beaten_by_one_that_is_not(points):
    best = undominated(points)
    kept = [point for point, good in zip(points, best, strict=True) if good]
    assert kept
    for (x, y), good in zip(points, best, strict=True):
        beaten = any(a >= x and b >= y and (a, b) != (x, y) for a, b in kept)
        assert beaten != good


def test_the_front_runs_every_agenda_and_the_chosen_one_on_the_same_seeds():
    spec = load_scenario("classroom").with_values(SMALL)
    front = agenda_front(spec, seeds=(0, 1), citizens=300)
    assert [taken.forced for taken in front] == [1, 2, 3, 4, None]
    assert [set(taken.agenda) for taken in front[:-1]] == [{1.0}, {2.0}, {3.0}, {4.0}]
    for taken in front:
        wanted = "chosen" if taken.forced is None else taken.forced
        ends = [run(spec.with_values({"agenda.domains": wanted}), seed).summary for seed in (0, 1)]
        assert taken.core == tuple(end["core_effect"] for end in ends)
        assert taken.gain == tuple(end["effectiveness"] for end in ends)


def test_of_many_domains_only_so_many_agendas_are_run_the_smallest_and_all_among_them():
    domains = {f"d{k}": {"en": f"D {k}", "zh": f"域{k}"} for k in range(30)}
    base = load_scenario("classroom").to_dict()
    spec = load_scenario({"structure": base["structure"], "domains": domains, "weeks": 3})
    forced = [taken.forced for taken in agenda_front(spec, seeds=(0,), citizens=200)]
    assert len(forced) == MOST + 1
    assert (forced[0], forced[-2]) == (1, 30)


def test_the_picture_names_the_chosen_agenda_and_says_when_it_is_only_a_path(classroom):
    front = agenda_front(classroom.spec.with_values({"weeks": 40}), seeds=(0, 1), citizens=300)
    shown = [text.get_text() for axis in draw("pareto", classroom, front=front).axes for text in axis.texts]
    mean = sum(front[-1].agenda) / 2
    assert say("figure.pareto.chosen", "en", agenda=f"{mean:.1f}") in shown
    assert {"1", "2", "3", "4"} <= set(shown)
    path = draw("pareto", classroom)
    note = path._supxlabel.get_text().replace("\n", " ")
    assert note.startswith(say("figure.pareto.path_note", "en"))
