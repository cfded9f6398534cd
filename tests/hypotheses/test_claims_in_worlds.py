"""Claims in plausible worlds: what a world may change, in how many a claim holds, and where it turns around."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from synthetic import battery, claim, hill, outcomes, shifted
from test_battery import CURVE
from test_regimes import ORDER, ranked

from simulation.experiments.turning import turning
from simulation.files.errors import InputError
from simulation.files.extras import missing
from simulation.hypotheses import Battery, Hypothesis
from simulation.hypotheses.elsewhere import VariantFinding, share_of, spread_of
from simulation.hypotheses.evidence import MODES, Evidence, Rule
from simulation.hypotheses.kinds import kinds
from simulation.hypotheses.kinds.regime import modes_evidence
from simulation.hypotheses.pictures import overview
from simulation.hypotheses.report import content, write
from simulation.hypotheses.robustness import RANGES, WORLD, Variant, worlds
from simulation.hypotheses.schema import Pair
from simulation.hypotheses.sections import section
from simulation.hypotheses.tables import battery_table
from simulation.scenario import load_scenario
from simulation.text import say

TEST = {"pilot": 10, "max_replicates": 30}


def weakened(setting, seed):
    """Return ``shifted``, its effect weaker by a share ``w``."""
    return {"y": shifted(setting, seed)["y"] - setting.get("shift", 0.0) * setting.get("w", 0.0)}


def loaded(**changes):
    return Hypothesis.load(claim(test=TEST, **changes), weakened)


@pytest.fixture(name="thirty", scope="module")
def _thirty(tmp_path_factory):
    vectors = [{"w": number / 30, "other": number % 4} for number in range(30)]
    return battery(tmp_path_factory.mktemp("thirty"), loaded(), worlds=vectors).test()


def test_the_share_of_worlds_is_that_in_which_the_estimate_lies_beyond_the_smallest_effect(thirty):
    found = thirty["T1"]
    estimates = np.array([one.part.estimate for one in found.worlds])
    assert found.share_of_worlds == (estimates > 0.5).mean()
    # The effect is 1.2·(1 − w): beyond .5 for w below .58, but for the chance of eight runs.
    assert found.share_of_worlds == pytest.approx(0.58, abs=0.12)
    assert found.over_worlds == pytest.approx(tuple(np.quantile(estimates, [0.05, 0.5, 0.95])))
    shares = [found.share_judged(verdict) for verdict in ("supported", "refuted", "undecided")]
    assert sum(shares) == pytest.approx(1)
    assert min(shares) > 0
    assert {one.replicates for one in found.worlds} == {8}
    row = found.row()
    assert (row["worlds"], row["share_of_worlds"]) == (30, found.share_of_worlds)


def test_a_verdict_in_a_world_is_that_of_its_own_runs_at_the_uncorrected_rate(thirty):
    for one in thirty["T1"].worlds:
        wanted = "supported" if one.part.low > 0.5 else "refuted" if one.part.high < 0.5 else "undecided"
        assert one.verdict == wanted


@pytest.mark.skipif(missing("worlds") != [], reason="needs the extra 'worlds'")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_says_where_the_result_turns_around(thirty, lang):
    found = thirty["T1"]
    points = pd.DataFrame([one.variant.setting for one in found.worlds])
    words = turning(points, [one.holds for one in found.worlds], lang)
    assert "`w`" in words[0]
    text = str(section(found, lang))
    assert all(sentence in text for sentence in words)
    first = dict(zip(battery_table(thirty, lang).head, battery_table(thirty, lang).rows[0], strict=True))
    assert first[say("hypotheses.where", lang)] == found.turning.where(lang)
    assert "`w`" in found.turning.where(lang)


def test_the_pictures_and_the_table_show_the_worlds(thirty, tmp_path):
    folder = write(thirty, tmp_path / "report")
    assert pd.read_csv(folder / "battery.csv")["worlds"].tolist() == [30]
    assert f"{thirty['T1'].share_of_worlds:.0%} |" in (folder / "report.md").read_text(encoding="utf-8")
    dots = [line for line in overview(thirty).axes[0].lines if line.get_marker() == "."]
    assert [len(line.get_xdata()) for line in dots] == [30]


def test_without_worlds_nothing_is_said_of_them(tmp_path):
    findings = battery(tmp_path, loaded()).test()
    found = findings["T1"]
    assert found.worlds == []
    assert math.isnan(found.share_of_worlds)
    assert all(math.isnan(value) for value in found.over_worlds)
    assert say("hypotheses.worlds", "en") not in str(section(found, "en"))
    assert "plausible worlds;" not in str(content(findings, "en"))


def test_a_world_leaves_alone_what_the_claim_varies_sets_or_removes():
    one = loaded(
        setting={"own": 1.0},
        mechanism={"label": "m", "set": {"off": 1.0}},
        direct={"label": "d", "set": {"product": 0.0}},
    )
    vector = {"own": 2.0, "shift": 9.0, "off": 0.3, "product": 0.5, "w": 0.1}
    (world,) = worlds(one, [vector])
    assert world.setting == {"w": 0.1}
    assert (world.name, world.kind) == ("world-1", WORLD)
    assert world.label.en != world.label.zh


def test_a_world_leaves_alone_what_the_claim_s_scenario_sets_itself_and_lays_the_rest_under_it():
    one = Hypothesis.load("overreach")
    shipped = load_scenario("zhaoqing").values
    key, rank = "execution.q_half", "stages.authority.rank"
    vector = {key: shipped[key] * 1.2, rank: "governor", "agenda.span": shipped["agenda.span"] * 1.1}
    (world,) = worlds(one, [{name: value for name, value in vector.items() if name != rank}])
    assert world.setting[key] == vector[key]
    assert "agenda.span" not in world.setting, "the claim removes it as its mechanism"
    own = Hypothesis.load({**_table("matching"), "scenario": {"extends": "zhaoqing", "execution": {"q_half": 0.03}}})
    assert worlds(own, [{key: vector[key]}])[0].setting == {}


def _table(name):
    import tomllib

    from simulation.hypotheses.claim import folder

    return tomllib.loads((folder() / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("vector", "key"), [({"execution.qhalf": 0.1}, "execution.qhalf"), ({"execution.h": -1.0}, "worlds.2.execution.h")]
)
def test_a_world_that_the_model_cannot_have_is_refused_before_anything_runs(tmp_path, vector, key):
    with pytest.raises(InputError) as refused:
        Battery(["oversight"], worlds=[{}, vector], store=tmp_path)
    assert key in refused.value.key
    assert list(tmp_path.iterdir()) == []


def test_worlds_take_the_place_of_points_drawn_from_the_ranges_unless_these_are_asked_for(tmp_path):
    def kinds_of(**options):
        (trial,) = Battery(["oversight"], store=tmp_path, **options).trials
        return {one.kind for one in trial.elsewhere}

    assert RANGES in kinds_of()
    assert RANGES not in kinds_of(worlds=[{}])
    assert {RANGES, WORLD} <= kinds_of(worlds=[{}], samples=2)


def test_a_curve_looks_for_its_break_in_every_world_and_an_order_gets_few_replicates(tmp_path):
    curve = Hypothesis.load(claim(test=TEST, **CURVE), hill)
    other = Hypothesis.load(claim(**ORDER | {"test": TEST}), ranked)
    made = battery(tmp_path, curve, other, worlds=[{"a_world": 1.0}])
    findings = made.test()
    assert [findings[name].worlds[0].holds for name in ("T2", "O1")] == [True, True]
    looks = [numbers for variant, numbers in made.trials[0].wanted_elsewhere() if variant.kind == WORLD]
    assert looks[1] == range(8)
    made.trials[1].plan = made.trials[1].plan.__class__(10, 16, 16, 120, 0.05, 0.9)
    (numbers,) = [numbers for variant, numbers in made.trials[1].wanted_elsewhere() if variant.kind == WORLD]
    assert len(numbers) == 3


def test_the_planned_number_of_runs_counts_the_worlds_and_is_the_number_that_runs(tmp_path):
    told = []
    made = battery(
        tmp_path, loaded(), worlds=[{"w": 0.1}, {"w": 0.2}], say=lambda key, **values: told.append((key, values))
    )
    findings = made.test()
    plan = findings["T1"].plan
    planned = dict(told)["planned"]
    assert planned["runs"] == planned["missing"] == 2 * plan.replicates + 2 * 2 * 8
    assert findings.runs == planned["runs"] + 2 * plan.pilot
    assert planned["worlds"] == 2


def test_a_quick_trial_in_worlds_takes_few_runs(tmp_path):
    found = battery(tmp_path, loaded(), quick=True, worlds=[{"w": 0.1}] * 1).test()["T1"]
    assert [one.replicates for one in found.worlds] == [4]


def finding(*parts):
    return VariantFinding(Variant("a", Pair(en="a", zh="a"), {}, WORLD), "undecided", None, list(parts), 8)


def test_a_claim_of_several_parts_holds_in_a_world_only_with_all_of_them():
    high, low = Evidence("x", 2.0, 1, 3, 1, 1, bound=1.0), Evidence("y", 0.5, 0, 1, 1, 1, bound=1.0)
    rank = Evidence("rank", 3.0, 1, 9, 1, 1, unit="rank", bound=4)
    held = [finding(high, rank), finding(high, low), finding()]
    assert [one.holds for one in held] == [True, False, None]
    assert share_of(held) == 0.5
    assert spread_of(held, "x") == (2.0, 2.0, 2.0)
    assert math.isnan(spread_of(held, "z")[0])
    assert math.isnan(share_of([finding()]))


def test_two_modes_do_not_hold_in_a_world_for_their_distance_alone():
    rng = np.random.default_rng(12)
    rule = Rule(0.05, 1.0)
    one = modes_evidence(rng.normal(0, 1, 60), rule)
    two = modes_evidence(np.concatenate([rng.normal(0, 0.3, 30), rng.normal(4, 0.3, 30)]), rule)
    assert one.name == two.name == MODES
    assert one.estimate > 1.0
    assert (one.holds, two.holds) == (False, True)
    assert two.p_support < 0.05
    far = modes_evidence(np.concatenate([rng.normal(0, 0.3, 30), rng.normal(4, 0.3, 30)]), Rule(0.05, 5.0))
    assert far.p_support == 1.0
    assert far.p_refute < 0.05


def test_claims_of_two_modes_get_as_many_replicates_in_a_world_as_two_modes_need(tmp_path):
    fields = {"kind": "regime", "factor": "x", "values": [0.0], "by": "modes", "control": None, "treatment": None}
    one = Hypothesis.load(claim(**fields, test={"pilot": 5, "max_replicates": 80}), shifted)
    made = battery(tmp_path, one, worlds=[{"w": 0.1}])
    made.plan()
    (numbers, *_) = [numbers for variant, numbers in made.trials[0].wanted_elsewhere() if variant.kind == WORLD]
    assert len(numbers) == one.kind.fewest == 60


def test_a_rank_holds_up_to_the_worst_that_counts():
    kind = kinds()["order"](keys=["a", "b", "c"], slots=[1, 2, 3], rank_at_most=2)
    rng = np.random.default_rng(13)
    for place, holds in ((0, True), (1, True), (2, False)):
        means = [9.0, 10, 11, 0, 0, 0]
        means[0] = (12.0, 10.5, 9.5)[place]
        rank = kind.evidence(outcomes(rng, means, 20, own=0.1), {}, "increase", Rule(0.05, 0.1))[1]
        assert (rank.bound, rank.holds) == (2, holds)
