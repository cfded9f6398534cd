"""Every extension point works as `docs/extending.md` shows it: one file or one function, found without being listed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simulation import load_scenario, run
from simulation.metrics import METRICS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")


def example(heading: str) -> str:
    """Return the Python block under a heading of the page."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)[0]


@pytest.fixture
def copied(tmp_path) -> Path:
    """Return a folder with a copy of the package, to which files may be added."""
    shutil.copytree(ROOT / "simulation", tmp_path / "simulation")
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    return tmp_path


def in_copy(folder: Path, code: str, **environment: str) -> dict:
    """Run code with the copied package; the last line that it prints is JSON."""
    everything = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, env=everything, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


RUN = """
import json
from simulation import run, load_scenario
spec = load_scenario("classroom").with_values({values})
result = run(spec, seed=0)
print(json.dumps({{"path": __import__("simulation").__file__, "effect": result.summary["effectiveness"],
                  "stock": result.model.record.booked[:, 0, 3].max()}}))
"""


def test_a_plan_kind_is_one_file(copied):
    (copied / "simulation" / "agents" / "plans" / "worst_first.py").write_text(example("A plan kind"), "utf-8")
    code = """
import json
import numpy as np
from simulation.agents.plans import PlanTask, plan_kinds
from simulation.scenario import load_scenario, json_schema
perceived = np.array([[.1, .9], [.2, .8]])
task = PlanTask(("a", "b"), ("x", "y"), np.arange(2), 0, perceived, perceived, 1, {})
spec = load_scenario("classroom").with_values({"plan.kind": "worst_first"})
kinds = json_schema()["properties"]["plan"]["properties"]["kind"]["enum"]
print(json.dumps({"kind": spec.plan.kind, "kinds": kinds, "plan": plan_kinds()["worst_first"](task).tolist()}))
"""
    got = in_copy(copied, code)
    assert got["kind"] == "worst_first"
    assert "worst_first" in got["kinds"]
    assert got["plan"] == [[False, True], [False, True]]


def test_a_metric_is_one_function(monkeypatch):
    monkeypatch.setattr("simulation.metrics.METRICS", METRICS)
    before = dict(METRICS)
    try:
        exec(compile(example("A metric"), "example", "exec"), {"__name__": "example"})
        result = run("classroom", seed=0, weeks=30)
        assert result.summary["executed"] == pytest.approx(np.mean(result.model.state.has))
        assert 0 < result.weekly["executed"].iloc[-1] < 1
    finally:
        METRICS.clear()
        METRICS.update(before)


def test_a_stage_rule_is_one_file_and_the_ledger_still_balances(copied):
    stages = copied / "simulation" / "stages"
    (stages / "crowded.py").write_text(example("A stage rule"), "utf-8")
    front = stages / "__init__.py"
    text = front.read_text(encoding="utf-8")
    assert "trend.convert(rows, g, s)" in text
    text = text.replace("trend.convert(rows, g, s)", "crowded.convert(rows, g, s)")
    front.write_text(text.replace("import apply, authority, ", "import apply, authority, crowded, ", 1), "utf-8")
    values = {"structure.citizens": 60, "weeks": 12, "instruction.intensity": 4.0}
    # Plain Python runs twelve weeks of a tiny city sooner than the changed flow compiles.
    got = in_copy(copied, RUN.format(values=values), NUMBA_DISABLE_JIT="1")
    assert got["path"].startswith(str(copied))
    assert got["stock"] == pytest.approx(0.1)
    usual = run(load_scenario("classroom").with_values(values), seed=0)
    assert usual.model.record.booked[:, 0, 3].max() > 0.3


def changed_files(folder: Path) -> set[str]:
    """Return the code files of a copied package that differ from this one's, or are new."""
    return {
        str(path.relative_to(folder / "simulation"))
        for path in (folder / "simulation").rglob("*.py")
        if not (own := ROOT / path.relative_to(folder)).exists() or own.read_bytes() != path.read_bytes()
    }


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} has {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")


def labels(folder: Path, *keys: str) -> None:
    written = "".join(f'["{key}"]\nen = "{key}"\nzh = "{key}（新）"\n\n' for key in keys)
    (folder / "simulation" / "text" / "added.toml").write_text(written, encoding="utf-8")


TINY = {"structure.citizens": 60, "weeks": 30, "instruction.intensity": 4.0}


def test_a_mode_of_execution_is_one_file_and_labels(copied):
    modes = copied / "simulation" / "scenario" / "modes.py"
    change(modes, "class Symbolic(Mode):", example("A mode of execution") + "\n\nclass Symbolic(Mode):")
    change(modes, "    symbolic: Symbolic =", "    creative: Creative = Creative()\n    symbolic: Symbolic =")
    names = ("mode.creative", "account.creative", "metric.creative", "metric.creative.meaning")
    lost = ("metric.lost_creative", "metric.lost_creative.meaning")
    parameters = [f"parameter.execution.modes.creative.{name}" for name in ("effort", "yields")]
    labels(copied, *names, *lost, *parameters, "scenario.table.execution.modes.creative")
    code = f"""
import json
from simulation import load_scenario, run
from simulation.figures import draw
result = run(load_scenario("classroom").with_values({TINY!r}), seed=0)
flows, units = result.flows, result.units
draw("modes", result), draw("ledger_flow", result)
print(json.dumps({{
    "share": float(result.weekly["creative"].max()),
    "lost": float(flows.loc[flows["account"] == "creative", "amount"].sum()),
    "metric": result.summary["lost_creative"],
    "modes": sorted(set(units["mode"].dropna()) - {{""}}),
    "shares": float(result.weekly[["substantive", "adaptive", "creative", "symbolic", "selective"]].iloc[-1].sum()),
}}))
"""
    got = in_copy(copied, code, NUMBA_DISABLE_JIT="1", MPLBACKEND="Agg")
    assert changed_files(copied) == {"scenario/modes.py"}
    assert "creative" in got["modes"]
    assert got["share"] > 0
    assert got["lost"] == pytest.approx(got["metric"])
    assert got["lost"] > 0
    assert got["shares"] == pytest.approx(1)


def test_a_participation_rule_is_one_function_for_the_week_and_its_reference(copied):
    rules = copied / "simulation" / "citizens" / "rules.py"
    text = rules.read_text(encoding="utf-8")
    begin = text.index("def utility(")
    end = text.index("@kernel", begin)
    rules.write_text(text[:begin] + example("A participation rule") + "\n\n" + text[end:], encoding="utf-8")
    code = f"""
import json
import numpy as np
from simulation import MomentumModel, load_scenario
from simulation.citizens import reference, week
spec = load_scenario("classroom").with_values({TINY!r})
took = []
for run_week in (week.run_week, reference.run_week):
    model = MomentumModel(spec, rng=0)
    model.run_for(29)
    run_week(model.numbers, model.world, model.state, model.population, "logit", 29)
    took.append(model.population.took_part.tolist())
print(json.dumps({{"same": took[0] == took[1], "share": float(np.mean(took[0]))}}))
"""
    got = in_copy(copied, code, NUMBA_DISABLE_JIT="1")
    usual = run(load_scenario("classroom").with_values(TINY), seed=0)
    assert changed_files(copied) == {"citizens/rules.py"}
    assert got["same"]
    assert got["share"] < usual.summary["participation"]


def test_a_kind_of_institutional_agent_with_a_place_in_the_week_is_four_files(copied):
    package = copied / "simulation"
    (package / "agents" / "inspection.py").write_text(example("A kind of institutional agent"), encoding="utf-8")
    deputy = '    deputy: float = share(0.62, "A: a plausible world")\n'
    change(package / "scenario" / "windows.py", deputy, deputy + '    inspect: float = share(0.0, "A")\n')
    state = package / "world" / "state.py"
    change(
        state, "    plan_week: Ints", "    visits: Ints  # [c] visits of inspection teams so far\n    plan_week: Ints"
    )
    change(state, "        plan_week=never", "        visits=np.zeros(cities, np.int64),\n        plan_week=never")
    steps = package / "steps.py"
    change(steps, "    downward,\n", "    downward,\n    inspection,\n")
    change(steps, "    agenda.attend(rows, g, s, week)\n    town",
           "    inspection.visit(rows, g, s, week)\n    agenda.attend(rows, g, s, week)\n    town")  # fmt: skip
    labels(copied, "parameter.stages.authority.inspect")
    code = f"""
import json
from simulation import MomentumModel, load_scenario
made = []
for chance in (0.0, 1.0):
    spec = load_scenario("classroom").with_values({TINY!r} | {{"stages.authority.inspect": chance}})
    model = MomentumModel(spec, rng=0)
    model.compute(30)
    made.append([model.teams[0].visits, float(model.state.level[0, 1]), model.teams[0].name])
print(json.dumps({{"made": made, "kinds": [kind.__name__ for kind in model.agent_types]}}))
"""
    got = in_copy(copied, code, NUMBA_DISABLE_JIT="1")
    assert changed_files(copied) == {"agents/inspection.py", "scenario/windows.py", "world/state.py", "steps.py"}
    (idle, low, _), (visits, high, name) = got["made"]
    assert (idle, visits) == (0, 8)
    assert high > low
    assert name.endswith("team")
    assert "InspectionTeam" in got["kinds"]


def test_a_scenario_is_one_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('extends = "classroom"\ntitle = "Mine"\n[execution]\noversight = 0.1\n', encoding="utf-8")
    spec = load_scenario(path)
    assert (spec.name, spec.execution.oversight, spec.weeks) == ("mine", 0.1, 104)
    assert run(spec, seed=0, weeks=5).summary["level_1"] > 0


def test_a_shipped_scenario_is_found_by_its_file(copied):
    path = copied / "scenarios" / "added.toml"
    path.write_text('extends = "classroom"\ntitle = "Added"\n', encoding="utf-8")
    code = "import json\nfrom simulation.scenario import shipped\nprint(json.dumps({'names': list(shipped())}))"
    assert "added" in in_copy(copied, code)["names"]


def test_a_command_is_one_file(copied):
    (copied / "simulation" / "command" / "greet.py").write_text(example("A command"), "utf-8")
    code = """
import json
from typer.testing import CliRunner
from simulation.command.main import app, commands
runner = CliRunner()
said = {"help": runner.invoke(app, ["--help"]).output, "greet": runner.invoke(app, ["greet", "--lang", "zh"]).output}
print(json.dumps({**said, "order": list(commands())}))
"""
    got = in_copy(copied, code)
    assert re.search(r"^  run .*\n  branch .*\n  greet +Say hello\.\n  scenarios ", got["help"], re.MULTILINE)
    assert got["greet"] == "你好\n"
    assert got["order"][:4] == ["run", "branch", "greet", "scenarios"]


def test_a_figure_is_one_file(copied):
    source = copied / "simulation" / "figures"
    (source / "added.py").write_text((source / "stages.py").read_text(encoding="utf-8"), "utf-8")
    code = "import json\nfrom simulation import figures\nprint(json.dumps({'names': list(figures.figures())}))"
    assert "added" in in_copy(copied, code)["names"]
