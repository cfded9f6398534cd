"""Pictures are drawn from matplotlib's defaults and the house's style, whatever the user's own settings say."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

import simulation
from simulation.drawing.sheet import Sheet
from simulation.figures import draw

ODD = {
    "axes.facecolor": "red",
    "axes.grid": True,
    "axes.spines.top": True,
    "figure.dpi": 300.0,
    "font.size": 30.0,
    "lines.linewidth": 9.0,
    "path.sketch": (1, 100, 2),
    "savefig.bbox": "tight",
    "savefig.dpi": 50,
    "svg.fonttype": "none",
    "svg.hashsalt": "x",
    "text.usetex": True,
}
#: Draws in an own process, whose settings come from a file and the environment.
SCRIPT = """
import hashlib, io
from simulation.drawing.colours import ramp
from simulation.drawing.sheet import Sheet
sheet = Sheet("own", "en", 3.0, 2.0)
with sheet.styled():
    axes = sheet.subplots()
    axes.imshow([[0.0, 0.4], [0.7, 1.0]], cmap=ramp())
    axes.plot([0, 1], [0, 1])
    sheet.head("A title, 10 $")
for kind in ("svg", "png", "pdf"):
    buffer = io.BytesIO()
    sheet.savefig(buffer, format=kind)
    print(kind, hashlib.sha256(buffer.getvalue()).hexdigest())
"""
#: Imports each module in a process of its own, forked before matplotlib is there.
IMPORTS = """
import os, sys, importlib
import numpy, pandas, scipy.stats, mesa, numba
assert "matplotlib" not in sys.modules
for name in sys.argv[1:]:
    child = os.fork() if hasattr(os, "fork") else 0  # where there is none the first module stands for all
    if not child:
        try:
            importlib.import_module(name)
            assert "matplotlib" in sys.modules, name
        except BaseException as problem:
            print(name, repr(problem), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def drawn(result: simulation.RunResult, folder: Path) -> dict[str, str]:
    found = {}
    for name in ("stages", "effect_map", "modes", "surface"):
        draw(name, result).save(folder / name, ("svg", "png", "pdf"))
        for file in sorted(folder.glob(f"{name}.*")):
            found[file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    assert len(found) == 12
    return found


def test_no_setting_of_the_user_changes_a_byte_of_a_picture_or_stops_it(small_run, tmp_path) -> None:
    plain = drawn(small_run, tmp_path / "plain")
    with mpl.rc_context(ODD):
        assert drawn(small_run, tmp_path / "odd") == plain


def test_drawing_leaves_the_users_settings_as_they_were(small_run, tmp_path) -> None:
    with mpl.rc_context({"font.size": 30.0, "axes.grid": True}):
        before = dict(mpl.rcParams)
        draw("stages", small_run).save(tmp_path / "stages", ("svg", "png"))
        assert dict(mpl.rcParams) == before


def test_a_sheet_inside_a_sheet_gives_the_style_back() -> None:
    outer, inner = Sheet("outer", "en", 2.0, 2.0), Sheet("inner", "en", 2.0, 2.0)
    before = dict(mpl.rcParams)
    with outer.styled():
        with inner.styled(), inner.styled():
            assert mpl.rcParams["svg.hashsalt"] == "wushi-inner"
        assert mpl.rcParams["svg.hashsalt"] == "wushi-outer"
    assert dict(mpl.rcParams) == before


def in_own_process(script: str, *words: str, **environment: str) -> str:
    kept = {key: value for key, value in os.environ.items() if key not in ("MPLBACKEND", "MATPLOTLIBRC")}
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        text=True,
        env=kept | {"PYTHONPATH": str(Path(simulation.__file__).parents[1])} | environment,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_settings_file_and_an_unknown_backend_change_nothing(tmp_path) -> None:
    file = tmp_path / "matplotlibrc"
    file.write_text("text.usetex: True\nfigure.dpi: 300\nsvg.hashsalt: x\nimage.lut: 8\nsavefig.bbox: tight\n", "utf-8")
    plain = in_own_process(SCRIPT)
    assert plain.count("\n") == 3
    assert in_own_process(SCRIPT, MATPLOTLIBRC=str(file), MPLBACKEND="nonsense") == plain


def test_a_backend_that_matplotlib_knows_stays_in_force() -> None:
    script = "import simulation.drawing, matplotlib; print(matplotlib.rcParams['backend'])"
    assert in_own_process(script, MPLBACKEND="svg").strip().lower() == "svg"


# Each module is the first to import matplotlib in a process of its own, which takes half a second.
@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.thorough)])
def test_no_module_that_draws_fails_to_be_imported_under_an_unknown_backend(every: int) -> None:
    root = Path(simulation.__file__).parent
    files = [file for file in root.rglob("*.py") if "\nfrom matplotlib" in file.read_text(encoding="utf-8")]
    names = [".".join(["simulation", *file.relative_to(root).with_suffix("").parts]) for file in files]
    names = [name.removesuffix(".__init__") for name in names]
    assert len(names) > 10
    assert in_own_process(IMPORTS, *sorted(names)[::every], MPLBACKEND="nonsense") == ""
