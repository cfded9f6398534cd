"""Facts held out: how they are measured, predicted without being known, and compared by one rule."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from simulation import InputError
from simulation.evidence.beginnings import BEGINNINGS, Beginnings, Place, distances
from simulation.evidence.comparing import Fact, Prediction, share_of_possible, verdict
from simulation.evidence.holdouts import HoldoutForm, HoldoutsFile, all_holdouts
from simulation.evidence.measuring import Setting
from simulation.evidence.predicting import Predicting, pooled, value_and_error
from simulation.evidence.worlds import Worlds
from simulation.files.forms import validated
from simulation.model import MomentumModel

ROOT = Path(__file__).resolve().parents[2]
INF, NAN = np.inf, np.nan
FEW = {"structure.citizens": 1000}


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("making_holdouts", ROOT / "docs" / "making" / "holdouts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


making = script()


def predicted(low: float, median: float, high: float, worlds: int = 40) -> Prediction:
    return Prediction(median, low, high, 0.01, worlds, 40)


def cities(begun, told=None, places=()) -> Beginnings:
    begun = np.array(begun, float)
    told = np.full(len(begun), INF) if told is None else np.array(told, float)
    return Beginnings(begun, told, np.empty(0), np.empty(0, np.int64), np.zeros(1), tuple(places))


# --- the rule ---


@pytest.mark.parametrize(
    ("fact", "interval", "expected"),
    [
        (Fact(0.13, 0.09, 0.18), (0.10, 0.12, 0.20), "met"),
        (Fact(0.13, 0.09, 0.18), (0.13, 0.15, 0.20), "met"),
        (Fact(0.13, 0.09, 0.18), (0.15, 0.20, 0.30), "not contradicted"),
        (Fact(0.13, 0.09, 0.18), (0.0, 0.05, 0.09), "not contradicted"),
        (Fact(0.13, 0.09, 0.18), (0.19, 0.25, 0.30), "not met"),
        (Fact(0.13, 0.09, 0.18), (0.0, 0.0, 0.0), "not met"),
        (Fact(None, 0.16, 0.47), (0.0, 0.30, 0.90), "met"),
        (Fact(None, 0.16, 0.47), (0.0, 0.10, 0.20), "not contradicted"),
        (Fact(None, 0.01, INF), (-0.2, -0.1, 0.0), "not met"),
    ],
)
def test_a_prediction_is_met_not_contradicted_or_not_met(fact, interval, expected) -> None:
    assert verdict(fact, predicted(*interval)) == expected


def test_a_prediction_that_few_worlds_make_is_none() -> None:
    assert verdict(Fact(0.13, 0.09, 0.18), predicted(0.1, 0.12, 0.2, worlds=19)) == "no prediction"
    assert verdict(Fact(0.13, 0.09, 0.18), predicted(0.1, 0.12, 0.2, worlds=20)) == "met"
    nothing = Prediction.over(np.full(5, NAN), np.full(5, NAN))
    assert (nothing.worlds, nothing.of) == (0, 5)
    assert verdict(Fact(0.13, 0.09, 0.18), nothing) == "no prediction"


def test_a_prediction_that_covers_most_of_what_is_possible_says_little_even_if_it_is_right() -> None:
    wide, narrow = predicted(0.1, 0.5, 0.8), predicted(0.1, 0.2, 0.4)
    assert share_of_possible(wide, 0.0, 1.0) == pytest.approx(0.7)
    assert making.words("met", share_of_possible(wide, 0.0, 1.0)) == "met, but says little"
    assert making.words("met", share_of_possible(narrow, 0.0, 1.0)) == "met"
    assert making.words("not met", share_of_possible(wide, 0.0, 1.0)) == "**not met**"


def test_a_prediction_is_the_median_and_the_ninety_per_cent_interval_of_the_worlds_with_a_value() -> None:
    one = Prediction.over(np.append(np.arange(101) / 100, NAN), np.append(np.full(101, 0.02), NAN))
    assert (one.low, one.median, one.high) == pytest.approx((0.05, 0.50, 0.95))
    assert (one.error, one.worlds, one.of) == (0.02, 101, 102)


# --- from runs to a world's value ---


def test_a_worlds_value_is_the_weighted_mean_of_its_runs() -> None:
    assert pooled([0.2, 0.8], [1, 3]) == pytest.approx(0.65)
    assert pooled([0.2, NAN], [1, 1]) == pytest.approx(0.2)
    assert np.isnan(pooled([0.2, NAN, NAN], [1, 1, 1]))


def test_variance_lies_between_runs_wholly_where_all_of_a_run_is_alike_and_not_at_all_by_chance() -> None:
    assert pooled([0.0, 1.0], [20, 20], [0.0, 1.0]) == pytest.approx(1.0)
    draws = np.random.default_rng(3).normal(50, 9, size=(400, 20))
    shares = [pooled(part.mean(axis=1), np.full(8, 20), (part**2).mean(axis=1)) for part in draws.reshape(50, 8, 20)]
    assert abs(np.mean(shares)) < 3 * np.std(shares) / np.sqrt(50)
    assert np.isnan(pooled([1.0, 1.0], [20, 20], [1.0, 1.0])), "nothing varies"


def test_the_error_of_a_plain_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(1).random(9)
    form = all_holdouts().holdouts["surface-at-three-years"]
    mean, error = value_and_error({"key": values.tolist()}, "key", form)
    assert (mean, error) == pytest.approx((values.mean(), values.std(ddof=1) / 3))


# --- what is taken from a run ---


def test_a_city_acts_before_it_is_told_only_if_it_began_earlier() -> None:
    told = [0, 104, 104, 104]
    assert BEGINNINGS["before_told"](cities([0, 53, 104, INF], told)) == 0.25
    assert np.isnan(BEGINNINGS["before_told"](cities([0, INF])))


def test_the_share_that_has_begun_counts_whole_years_from_the_first_week() -> None:
    b = cities([0, 51, 52, 155, 156, INF])
    assert [BEGINNINGS[f"begun_by_{years}"](b) for years in (1, 2, 3)] == pytest.approx([2 / 6, 3 / 6, 4 / 6])


def test_the_capital_is_first_only_in_an_earlier_year_than_every_other_city_that_nobody_told() -> None:
    places = [Place(1, 0, 0, capital=True), *[Place(1, 0, 0)] * 3]
    first = BEGINNINGS["capital_first"]
    told = [INF, 0, INF, INF]
    assert first(cities([51, 0, 60, 70], told, places)) == 1
    assert first(cities([40, 0, 51, 70], told, places)) == 0, "the same year"
    assert first(cities([80, 0, 51, 70], told, places)) == 0
    assert np.isnan(first(cities([51, 0, INF, INF], told, places))), "no other began"
    assert np.isnan(first(cities([INF, 0, 3, 4], told, places)))


def test_the_lag_of_a_tier_is_counted_from_the_signal() -> None:
    b = Beginnings(
        begun=np.array([10.0, 5.0]), told=np.array([10.0, INF]), sited=np.array([12.0, 14.0, INF, 5.0]),
        city=np.array([0, 0, 0, 1]), executed=np.zeros(1),
    )  # fmt: skip
    assert BEGINNINGS["tier_lag"](b) == 5.0, "the median of three counties has a site in week 14, the fifth"
    assert np.isnan(BEGINNINGS["tier_lag"](cities([3, 4]))), "nobody was told"


def test_pairs_of_cities_tell_whether_the_richer_one_is_first() -> None:
    places = [Place(gdp, 0, 0) for gdp in (4, 3, 2, 1)]
    assert BEGINNINGS["richer_first"](cities([1, 2, 3, INF], places=places)) == 1.0
    assert BEGINNINGS["richer_first"](cities([INF, 3, 2, 1], places=places)) == 0.0
    assert BEGINNINGS["richer_first"](cities([2, 2, 1, 1], places=places)) == 0.0
    assert np.isnan(BEGINNINGS["richer_first"](cities([2, 2, 2, 2], places=places)))


def test_nearness_is_below_a_half_where_near_cities_begin_first_and_above_where_far_ones_do() -> None:
    places = [Place(1, float(east), 30) for east in range(5)]
    told = [0, INF, INF, INF, INF]
    near = BEGINNINGS["nearness"](cities([0, 1, 2, 3, 4], told, places))
    far = BEGINNINGS["nearness"](cities([0, 4, 3, 2, 1], told, places))
    assert near < 0.35 < 0.5 < far
    assert np.isnan(BEGINNINGS["nearness"](cities([0, INF, INF, INF, INF], told, places)))


def test_distances_are_those_on_the_sphere() -> None:
    # Guangzhou and Shenzhen, some 105 km apart.
    apart = distances((Place(1, 113.27, 23.14), Place(1, 114.06, 22.55)))
    assert apart[0, 1] == pytest.approx(104, abs=3)
    assert apart[0, 0] == 0


def test_the_beginnings_of_a_run_are_those_of_its_cities_clocks() -> None:
    form = all_holdouts().settings["told"]
    model = MomentumModel(spec=Setting("told", form.scenario, form.values | FEW).scenario({}, 1), rng=1)
    model.compute(model.spec.weeks)
    found = Beginnings.of(model, all_holdouts().known_places)
    assert found.begun.tolist() == model.state.origin.tolist()
    assert (found.begun < 104).sum() > 1, "some follow before the province tells all"
    at = model.hierarchy.cities.index("Zhaoqing")
    assert found.told[at] == 0
    assert set(np.delete(found.told, at)) == {104.0}
    assert not found.untold[at]
    assert found.places[at].gdp == 2312


# --- predictions ---


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[dict, HoldoutsFile]:
    """Predictions by two worlds, small and short of seeds."""
    folder = tmp_path_factory.mktemp("holdouts")
    known = Worlds([{"effect.gain": 30.0, "execution.q_half": 0.01}, {"effect.gain": 25.0, "execution.q_half": 0.012}])
    asked = all_holdouts()
    rows = making.predict_facts(known, folder, 2, 2, Predicting(asked, FEW), workers=0, progress="quiet")
    making.write_predictions("holdouts", rows, known, asked.question, folder / "predictions.toml")
    return tomllib.loads((folder / "predictions.toml").read_text(encoding="utf-8")), asked


def test_every_fact_can_be_predicted(made) -> None:
    predictions, asked = made
    assert list(predictions["holdouts"]) == list(asked.holdouts)
    for key, row in predictions["holdouts"].items():
        if key != "province-share-whether":  # where all cities begin there is no variance to explain
            assert row["worlds"] > 0, key
            low, high = asked.holdouts[key].possible
            assert low <= row["low90"] <= row["median"] <= row["high90"] <= high, key


def test_predictions_say_nothing_of_the_facts(made) -> None:
    predictions, _ = made
    assert set(predictions) == {"edition", "set", "question", "made", "holdouts"}
    said = {"median", "low90", "high90", "error", "worlds", "of", "runs"}
    assert all(set(row) == said for row in predictions["holdouts"].values())


def test_another_fact_is_the_same_question_and_another_quantity_is_not() -> None:
    asked = all_holdouts()
    table = asked.model_dump()
    table["holdouts"]["bottom-up-cities"] |= {"value": 0.9, "range": (0.8, 1.0)}
    assert validated(HoldoutsFile, table).question == asked.question
    table["holdouts"]["bottom-up-cities"]["expression"] = "begun_by_1"
    assert validated(HoldoutsFile, table).question != asked.question


def test_the_page_gets_a_row_and_a_verdict_per_fact(made) -> None:
    predictions, asked = made
    block = making.compared(predictions, asked)
    rows = [line for line in block.splitlines() if line.startswith("| ") and "| ---" not in line][1:]
    assert len(rows) == len(asked.holdouts)
    assert all(f"({key})" in row for key, row in zip(asked.holdouts, rows, strict=True))
    verdicts = [row.split(" | ")[3] for row in rows]
    lag = verdicts[list(asked.holdouts).index("cascade-lag")]
    assert lag == "**not met**", "no tier of the model takes time, so it predicts exactly 1"
    assert f"Of {len(rows)} facts" in block
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    assert block in making.put(page, block), "the page has a place for it"


@pytest.mark.parametrize(
    ("page", "facts", "findings"),
    [
        (
            "README.md",
            r"predicted (?P<of>\d+) facts.*?Of the facts (?P<met>\d+) is met, (?P<open>\d+) are not contradicted, "
            r"(?P<missed>\d+) are not met, and (?P<none>\d+) has no prediction",
            r"predict that one: (?P<right>\d+) of (?P<of>\d+) are met, but (?P<little>\d+) of these say little",
        ),
        (
            "README.zh.md",
            r"对 (?P<of>\d+) 项.*?：(?P<met>\d+) 项符合，(?P<open>\d+) 项未被否定，(?P<missed>\d+) 项不符合，"
            r"(?P<none>\d+) 项无从预测",
            r"：(?P<of>\d+) 项中有 (?P<right>\d+) 项符合，但其中 (?P<little>\d+) 项说明不了多少",
        ),
    ],
)
def test_the_readme_counts_predictions_as_the_page_does(page, facts, findings) -> None:
    measured = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    said = " ".join((ROOT / page).read_text(encoding="utf-8").split())

    def counted(what: str) -> dict[str, int]:
        total, parts = re.search(rf"^Of (\d+) {what}: (.+)\.$", measured, re.MULTILINE).groups()
        kinds = {kind: int(number) for number, kind in (part.split(" ", 1) for part in parts.split("; "))}
        return {"all": int(total), **kinds}

    found, wanted = re.search(facts, said), counted("facts")
    names = {"of": "all", "met": "met", "open": "not contradicted", "missed": "not met", "none": "no prediction"}
    assert {kind: int(found[name]) for name, kind in names.items()} == wanted
    found, wanted = re.search(findings, said), counted("findings")
    assert int(found["of"]) == wanted["all"]
    assert int(found["little"]) == wanted["met, but says little"]
    assert int(found["right"]) == wanted["met"] + wanted["met, but says little"]


def test_a_finding_left_out_is_judged_by_its_range_and_tolerance() -> None:
    row = {
        "median": 0.35, "low90": 0.30, "high90": 0.37, "error": 0.01, "worlds": 24, "of": 24, "looked_at": 30,
        "searched_median": 0.2, "searched_low90": 0.0, "searched_high90": 0.9,
    }  # fmt: skip
    predictions = {"made": "2026-01-01", "set": "0" * 64, "findings": {"trial-rollout": row}}
    block = making.compared(predictions, all_holdouts())
    assert "| not contradicted |" in block, ".35 lies below .40 − .04, .37 does not"
    assert "Of 1 findings: 1 not contradicted." in block


# --- a comparison comes after its prediction ---


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def test_predictions_that_are_not_committed_are_refused(tmp_path) -> None:
    file = tmp_path / "predictions.toml"
    assert "predict first" in making.refusal(file)
    file.write_text("a = 1\n")
    assert "not committed" in making.refusal(file), "no repository"
    git(tmp_path, "init")
    assert "not committed" in making.refusal(file), "not tracked"
    git(tmp_path, "add", file.name)
    assert "not committed" in making.refusal(file), "only staged"
    git(tmp_path, "commit", "-m", "predictions")
    assert making.refusal(file) is None
    file.write_text("a = 2\n")
    assert "not committed" in making.refusal(file), "changed since"
    git(tmp_path, "add", file.name)
    assert "not committed" in making.refusal(file), "changed and staged"


def test_predictions_of_another_set_or_another_question_are_refused() -> None:
    asked, known = all_holdouts(), Worlds([{"effect.gain": 30.0}], digest="abc")
    good = {"set": "abc", "question": asked.question}
    assert making.outdated(good, known, asked) is None
    assert "another set" in making.outdated(good | {"set": "abd"}, known, asked)
    assert "predict anew" in making.outdated(good | {"question": "0"}, known, asked)


def test_a_part_is_kept_only_with_the_set_and_the_question_that_it_belongs_to(tmp_path) -> None:
    file, row = tmp_path / "predictions.toml", {"key": {"median": 1.0}}
    known, other = (Worlds([{"effect.gain": 30.0}], digest=digest) for digest in ("abc", "abd"))
    making.write_predictions("holdouts", row, known, "q", file)
    making.write_predictions("findings", row, known, "q", file)
    assert {"holdouts", "findings"} <= tomllib.loads(file.read_text()).keys()
    making.write_predictions("findings", row, other, "q", file)
    assert "holdouts" not in tomllib.loads(file.read_text())


# --- the file ---


def test_no_fact_held_out_is_a_finding_and_each_says_where_it_comes_from() -> None:
    from simulation.evidence.findings import finding_keys

    asked = all_holdouts()
    assert not set(asked.holdouts) & set(finding_keys())
    assert {"bottom-up-cities", "surface-at-three-years", "capitals-first", "cascade-lag"} <= set(asked.holdouts)
    assert all(one.source.startswith("S: ") for one in asked.holdouts.values())
    assert set(asked.settings) == {one.setting for one in asked.holdouts.values()}


def test_every_city_of_the_province_is_known_and_one_is_its_capital() -> None:
    asked = all_holdouts()
    model = MomentumModel(spec=Setting("p", "guangdong", FEW | {"weeks": 1}).scenario({}, 0), rng=0)
    assert sorted(asked.places) == sorted(model.hierarchy.cities)
    assert [name for name, place in asked.places.items() if place.capital] == ["Guangzhou"]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"range": (0.5, 0.2)}, "range"),
        ({"range": (NAN, 0.2)}, "range"),
        ({"value": 0.5}, None),
        ({"possible": (1.0, 0.0)}, "possible"),
        ({"expression": "begun_by_9"}, "expression"),
        ({"expression": "begun_by_1.peak"}, "expression"),
        ({"weight": "untolt"}, "weight"),
        ({"more": 1}, "more"),
    ],
)
def test_a_fact_that_makes_no_sense_is_refused(change, key) -> None:
    given = all_holdouts().holdouts["bottom-up-cities"].model_dump() | change
    with pytest.raises(InputError) as caught:
        validated(HoldoutForm, given).expressions  # noqa: B018
    assert key is None or caught.value.key == key
