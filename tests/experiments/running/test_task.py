"""Tasks: their labels, and several as the arms of one."""

from __future__ import annotations

import known_functions as known

from simulation import load_scenario
from simulation.experiments.running.task import Arms, label_of


def broken(parameters, seed):
    raise ValueError("no such luck")


def test_a_scenario_in_memory_is_labelled_by_its_name_and_a_nameless_thing_all_the_same():
    assert label_of(load_scenario("classroom")) == load_scenario("classroom").name
    assert label_of(broken) == "broken"
    assert label_of(object()) == "scenario"


def test_arms_warm_up_every_task_that_offers_to():
    class Cold:
        warm = 0

        def __call__(self, parameters, seed):
            return {"y": 0.0}

        def warm_up(self):
            self.warm += 1

    first, second = Cold(), Cold()
    Arms({"first": first, "plain": known.plain, "second": second}).warm_up()
    assert (first.warm, second.warm) == (1, 1)
