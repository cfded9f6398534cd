"""The contents that a hypothesis file may have, and the one message for each mistake."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from kit.odd import told
from synthetic import claim, shifted

from simulation.files.errors import InputError
from simulation.hypotheses import Hypothesis, shipped_hypotheses
from simulation.hypotheses.claim import folder
from simulation.hypotheses.kinds import kinds
from simulation.hypotheses.robustness import direct, mechanism, shared, variants
from simulation.scenario import shipped_folder

CURVE = {"kind": "curve", "control": None, "treatment": None, "shape": "inverted-u"}
MODEL = {
    "metric": "effectiveness",
    "control": {"plan.kind": "division"},
    "treatment": {"plan.kind": "uniform"},
}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"claim": None}, "claim"),
        ({"claim": {"en": "only"}}, "claim.zh"),
        ({"kind": None}, "kind"),
        ({"kind": "diference"}, "kind"),
        ({"smallest_effect": 0}, "smallest_effect"),
        ({"smallest_effect": "much"}, "smallest_effect"),
        ({"status": "emergent"}, "status"),
        ({"smallest_because": {"en": "only"}}, "smallest_because.zh"),
        ({"direct": {}}, "direct"),
        ({"direct": {"label": "a"}}, "direct"),
        ({"direct": {"set": {"a": 1}}}, "direct"),
        ({"direct": {"none": "a", "set": {"a": 1}}}, "direct"),
        ({"direct": {"none": "a", "label": "b"}}, "direct"),
        ({"direct": {"label": "a", "set": {}}}, "direct.set"),
        ({"direct": {"labl": "a"}}, "direct.labl"),
        ({"expected": "up"}, "expected"),
        ({"id": "a b"}, "id"),
        ({"treatmnt": {"shift": 1}}, "treatmnt"),
        ({"test": {"alpha": 0}}, "test.alpha"),
        ({"test": {"alpha": 1.0}}, "test.alpha"),
        ({"test": {"power": 1}}, "test.power"),
        ({"test": {"power": -0.5}}, "test.power"),
        ({"test": {"pilot": 2}}, "test.pilot"),
        ({"treatment": {"shift": 0.0}}, "treatment"),
        ({"treatment": None}, "treatment"),
        ({**CURVE, "factor": "x", "values": [1, 2]}, "values"),
        ({**CURVE, "factor": "x", "values": [1, 2, 3]}, "values"),
        ({**CURVE, "factor": "x", "values": [1, 3, 2, 4]}, "values"),
        ({**CURVE, "factor": "x", "values": [1, 2, 3, 4], "shape": "wave"}, "shape"),
        ({**CURVE, "values": [1, 2, 3, 4]}, "factor"),
        ({**CURVE, "factor": "x", "values": [1, 2, 3, 4], "expected": "decrease"}, "expected"),
        ({"kind": "order", "control": None, "treatment": None, "keys": ["a", "b"], "slots": [1, 2]}, "keys"),
        ({"kind": "order", "control": None, "treatment": None, "keys": ["a", "b", "c"], "slots": [1, 2]}, "slots"),
        ({"kind": "interaction", "control": None, "treatment": None, "factors": {"a": [0, 1]}}, "factors"),
        (
            {"kind": "interaction", "control": None, "treatment": None, "factors": {"a": [0, 1], "b": [1, 1]}},
            "factors.b",
        ),
        ({"kind": "regime", "control": None, "treatment": None, "factor": "x", "values": [1]}, "high"),
        ({**MODEL, "metric": "efectiveness"}, "metric"),
        ({**MODEL, "treatment": {"plan.kid": "uniform"}}, "plan.kid"),
        ({**MODEL, "treatment": {"plan.kind": "unifrom"}}, "plan.kind"),
        ({**MODEL, "setting": {"execution.oversight": 2}}, "execution.oversight"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_its_key(changes, key):
    task = None if "metric" in changes else shifted
    with pytest.raises(InputError) as refused:
        Hypothesis.load(claim(**changes), task)
    assert refused.value.key == key


def test_a_near_miss_is_suggested():
    for changes, near in (
        ({**MODEL, "metric": "efectiveness"}, "effectiveness"),
        ({"kind": "diference"}, "difference"),
        ({"smalest_effect": 1}, "smallest_effect"),
    ):
        with pytest.raises(InputError) as refused:
            Hypothesis.load(claim(**changes), None if "metric" in changes else shifted)
        assert refused.value.suggestion == near


def test_an_unknown_name_a_missing_file_and_bad_toml_are_refused(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("id = ", encoding="utf-8")
    for given in ("overexpnsion", tmp_path / "none.toml", broken):
        with pytest.raises(InputError):
            Hypothesis.load(given)


def test_a_message_names_the_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('id = "X"\nkind = "curve"\n', encoding="utf-8")
    with pytest.raises(InputError) as refused:
        Hypothesis.load(path)
    assert refused.value.file == str(path)


def test_nested_tables_and_dotted_keys_say_the_same():
    flat = Hypothesis.load(claim(**MODEL, setting={"structure.citizens": 400}))
    nested = Hypothesis.load(
        claim(
            metric="effectiveness",
            control={"plan": {"kind": "division"}},
            treatment={"plan": {"kind": "uniform"}},
            setting={"structure": {"citizens": 400}},
        )
    )
    assert flat.settings() == nested.settings()


def test_an_alternative_that_sets_what_is_varied_is_refused():
    own = {"alternatives": [{"name": "a", "label": "a", "set": {"shift": 3}}]}
    with pytest.raises(InputError) as refused:
        variants(Hypothesis.load(claim(**own), shifted))
    assert refused.value.given == "shift"


def test_the_five_kinds_are_found():
    assert list(kinds()) == ["curve", "difference", "interaction", "order", "regime"]


def test_every_shipped_hypothesis_has_an_id_of_its_own_and_says_what_it_rests_on():
    names = shipped_hypotheses()
    assert len(names) == len(list(folder().glob("*.toml"))) >= 16
    loaded = [Hypothesis.load(name) for name in names]
    assert len({one.id for one in loaded}) == len(names)
    assert {one.kind.name for one in loaded} == set(kinds())
    for one in loaded:
        assert one.common.claim.en != one.common.claim.zh
        assert one.common.setting["structure.citizens"] >= 4000


@pytest.mark.parametrize("name", shipped_hypotheses())
def test_a_shipped_hypothesis_has_alternatives_and_what_it_removes_changes_its_model(name):
    one = Hypothesis.load(name)
    assert len({variant.name for variant in variants(one)}) >= 20
    models = [one.task.scenario.with_values(setting).values for setting in one.settings().values()]
    for removed in filter(None, (mechanism(one), direct(one))):
        assert any(values[key] != value for values in models[:2] for key, value in removed.setting.items())


def test_a_file_that_still_states_a_status_is_told_that_it_is_measured_now():
    with pytest.raises(InputError) as refused:
        Hypothesis.load(claim(status="emergent"), shifted)
    assert "measured" in str(refused.value)
    assert "[direct]" in str(refused.value)


def test_a_shared_alternative_changes_the_plain_model():
    plain = Hypothesis.load("matching").task.scenario.values
    for one in shared()[0]:
        assert any(plain[key] != value for key, value in one.set.items())


def test_the_order_has_all_permutations_with_the_claimed_one_first():
    arms = Hypothesis.load("order").kind.arms()
    assert len(arms) == 120
    assert list(next(iter(arms.values())).values()) == [0, 4, 8, 16, 20]
    assert len({tuple(sorted(setting.items())) for setting in arms.values()}) == 120


TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "hypotheses-tutorial.md"


def test_every_file_in_the_tutorial_can_be_used():
    blocks = [
        tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.S)
    ]
    whole, *kinds_shown = blocks
    Hypothesis.load(dict(whole))
    own = {"kind", "factor", "values", "shape"}
    rest = {key: value for key, value in whole.items() if key not in own}
    for block in kinds_shown:
        Hypothesis.load({**rest, **block})
    assert {block["kind"] for block in blocks} == set(kinds())


ONLY = {"control": None, "treatment": None}


ORDER = {**ONLY, "kind": "order", "keys": ["a", "b", "c"], "slots": [1, 2, 3]}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({**ORDER, "rank_at_most": 0}, "rank_at_most"),
        ({**ORDER, "rank_at_most": 6}, "rank_at_most"),
        ({**ORDER, "expected": "none"}, "expected"),
        ({"treatment": None, "treatments": {"control": {"shift": 1.0}}}, "treatments.control"),
        ({"treatment": None, "treatments": {f"t{n}": {"shift": 1.0 + n} for n in range(720)}}, "treatments"),
    ],
)
def test_a_claim_that_cannot_be_compared_is_refused_by_its_key(changes, key):
    with pytest.raises(InputError) as refused:
        Hypothesis.load(claim(**changes), shifted)
    assert refused.value.key == key


def test_the_most_treatments_and_the_last_rank_are_not_refused():
    most = Hypothesis.load(claim(treatment=None, treatments={f"t{n}": {"shift": 1.0 + n} for n in range(719)}), shifted)
    assert len(most.kind.arms()) == 720
    assert Hypothesis.load(claim(**ORDER, rank_at_most=5), shifted).kind.rank_at_most == 5


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("kind", ["curve", "regime"])
@pytest.mark.parametrize(
    ("values", "said"), [([1.0, 1.0000001, 2.0, 3.0, 4.0], "seventh digit"), ([*range(1, 2000)], "too many")]
)
def test_values_of_a_hypothesis_that_would_share_an_arm_or_are_too_many_are_refused(
    kind: str, values: list[float], said: str
) -> None:
    table = tomllib.loads((shipped_folder() / "hypotheses/tipping.toml").read_text(encoding="utf-8"))
    for key in ("kind", "factor", "values", "low", "high", "by", "shape"):
        table.pop(key, None)
    own: dict[str, Any] = {"shape": "monotone"} if kind == "curve" else {"by": "modes"}
    table |= {"kind": kind, "factor": "instruction.intensity", "expected": "increase", **own}
    assert said in str(told(lambda: Hypothesis.load({**table, "values": values})))
    assert len(Hypothesis.load({**table, "values": [1.0, 1.00001, 2.0, 3.0, 4.0]}).settings()) == 5


@pytest.mark.usefixtures("no_hang")
def test_the_overview_s_own_name_is_no_id() -> None:
    table = tomllib.loads((shipped_folder() / "hypotheses/matching.toml").read_text(encoding="utf-8"))
    assert "own picture" in str(told(lambda: Hypothesis.load({**table, "id": "Overview"})))
