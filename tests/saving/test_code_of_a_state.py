"""The code that a state goes on with is all in the digest that the state holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from simulation.saving.writing import ROOMS

#: Parts of the package that a run imports, and in which another line makes no other run.
ELSEWHERE = {
    "__init__.py": "it hands names out",
    "_version.py": "the header of a state has its content",
    "files": "it reads and writes files and words errors; what was read is in the state, under digests of its own",
    "text": "words that people see",
}
RUN = """
import json, sys
from simulation.model import MomentumModel
model = MomentumModel(json.loads(sys.argv[1]), rng=5)
model.compute(15)
print(json.dumps({name: module.__file__ for name, module in sys.modules.items() if name.startswith("simulation")}))
"""


def test_every_module_that_a_run_imports_is_in_the_digest_or_decides_nothing():
    change = {"when": "effectiveness >= 0", "set": {"execution.oversight": 0.1}}
    spec = {"extends": "classroom", "weeks": 30, "changes": [change]}
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(spec)], capture_output=True, text=True, check=True, timeout=300
    )
    files = {name: Path(file) for name, file in json.loads(done.stdout).items()}
    package = files["simulation"].parent
    parts = {file.relative_to(package).parts[0] for file in files.values()}
    assert {"schedule.py", "interventions.py", "world", "model.py"} <= parts
    assert parts - set(ROOMS) == set(ELSEWHERE)


def test_every_part_in_the_digest_is_there():
    import simulation

    package = Path(simulation.__file__).parent
    assert [room for room in ROOMS if not (package / room).exists()] == []
