"""What seldom happens: other operating systems, full disks, racing writers, empty pictures, links that lead nowhere."""

from __future__ import annotations

import base64
import ctypes
import errno
import importlib.util
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np
import psutil
import pytest
from matplotlib.figure import Figure

from simulation import InputError, MomentumModel, RunResult, load_scenario, run
from simulation.agents.citizens import Citizen
from simulation.citizens.network import given_graph
from simulation.citizens.week import _told_by_contacts, city_means
from simulation.compute import kernel as compiled
from simulation.compute import memory
from simulation.drawing import pages as page
from simulation.drawing.numbers import amount
from simulation.drawing.sheet import Sheet
from simulation.figures import draw, ledger_flow, tree
from simulation.figures.animation import _writer, animate
from simulation.figures.names import chinese_places
from simulation.figures.side_by_side import _titles
from simulation.files import exchange as exchanging
from simulation.files import leftovers, output, provenance
from simulation.files.exchange import exchange
from simulation.files.output import fresh_folder
from simulation.ledger.accounts import FLOWS
from simulation.ledger.balance import balanced
from simulation.places.hierarchy import load_hierarchy
from simulation.report import run_folder
from simulation.report import run_pictures as drawing
from simulation.scenario import Scenario
from simulation.scenario.fields import Table
from simulation.scenario.keys import walk
from simulation.stages.authority import convert
from simulation.text import say
from simulation.verification.patterns import ratio
from simulation.world.sites import mark_site
from simulation.world.state import NEVER

SMALL = {"structure.citizens": 200, "weeks": 12}


@pytest.fixture(scope="module")
def result() -> RunResult:
    return run(load_scenario("classroom").with_values(SMALL), seed=1)


# Folders that change places ------------------------------------------------------------------------------------------


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    return tmp_path / "one", tmp_path / "two"


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_a_system_without_the_call_says_so_and_moves_nothing(
    folders: tuple[Path, Path], system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging.sys, "platform", system)
    assert exchange(*folders) is False
    assert (folders[0] / "one").exists()


def refusing(number: int) -> Any:
    """Return a system library whose exchange of names fails for one reason."""

    def renameat2(*_: object) -> int:
        ctypes.set_errno(number)
        return -1

    return lambda *_, **__: SimpleNamespace(renameat2=renameat2, renamex_np=renameat2)


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_cannot_exchange_is_no_error(
    folders: tuple[Path, Path], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging.ctypes, "CDLL", refusing(number))
    assert exchange(*folders) is False


def test_an_exchange_that_is_refused_names_the_path_and_the_reason(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging.ctypes, "CDLL", refusing(errno.EACCES))
    with pytest.raises(PermissionError) as refused:
        exchange(*folders)
    assert refused.value.filename == str(folders[1])


def write(target: Path, text: str) -> None:
    with fresh_folder(target) as made:
        (made / "file.txt").write_text(text)
        (made / "provenance.json").write_text(json.dumps({"tool": "wushi"}))


def test_a_folder_is_replaced_whole_where_two_cannot_be_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "out", "old")
    monkeypatch.setattr(output, "exchange", lambda *_: False)
    write(tmp_path / "out", "new")
    assert (tmp_path / "out" / "file.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_who_is_overtaken_between_two_moves_tries_again_and_stands_there_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, raced, replace = tmp_path / "out", [], Path.replace
    write(target, "old")

    def overtaken(path: Path, goal: Path) -> Path:
        if goal == target and not raced:
            raced.append(path)
            target.mkdir()
            (target / "provenance.json").write_text(json.dumps({"tool": "wushi"}))
            (target / "file.txt").write_text("another's")
        return replace(path, goal)

    monkeypatch.setattr(output, "exchange", lambda *_: False)
    monkeypatch.setattr(Path, "replace", overtaken)
    write(target, "new")
    assert len(raced) == 1
    assert (target / "file.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_who_is_overtaken_every_time_gives_up_and_leaves_the_others_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def overtaken(*_: Path) -> bool:
        tried.append(1)
        raise OSError(errno.ENOTEMPTY, "not empty")

    write(tmp_path / "out", "old")
    monkeypatch.setattr(output, "exchange", overtaken)
    with pytest.raises(OSError, match="not empty"):
        write(tmp_path / "out", "new")
    assert len(tried) == 10
    assert (tmp_path / "out" / "file.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_is_said_in_one_message_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No space left"), fresh_folder(tmp_path / "out"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == []


def test_without_file_locks_nothing_is_marked_and_nothing_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "fcntl", None)
    left = tmp_path / ".out-abcdefgh"
    left.mkdir()
    with leftovers.marked(left):
        assert list(left.iterdir()) == []
    leftovers.remove_leftovers(tmp_path / "out")
    assert left.is_dir()


# Other machines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("machine", "container", "found"),
    [
        (8 * 2**30, None, 8 * 2**30),
        (8 * 2**30, "max\n", 8 * 2**30),
        (8 * 2**30, f"{2**30}\n", 2**30),
        (8 * 2**30, f"{2**40}\n", 8 * 2**30),
        (None, f"{2**30}\n", 2**30),
        (None, None, None),
        (0, "0\n", None),
    ],
)
def test_memory_is_the_machines_or_its_containers_and_no_answer_is_unknown(
    machine: int | None, container: str | None, found: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> Any:
        if machine is None:
            raise OSError("the machine does not say")
        return SimpleNamespace(total=machine)

    if container is not None:
        (tmp_path / "memory.max").write_text(container, encoding="ascii")
    monkeypatch.setattr(psutil, "virtual_memory", told)
    monkeypatch.setattr(memory, "CONTAINER", tmp_path / "memory.max")
    assert memory.physical_memory.__wrapped__() == found


def test_the_model_runs_alike_where_processes_cannot_fork(result: RunResult) -> None:
    code = f"""
import os
import mesa, networkx, numba, pandas, scipy.stats
from pydantic import PrivateAttr
del os.register_at_fork
from simulation import load_scenario, run
print(run(load_scenario("classroom").with_values({SMALL!r}), seed=1).summary["effectiveness"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == result.summary["effectiveness"]


def test_outside_a_checkout_there_is_no_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "simulation" / "provenance.py"))
    assert provenance.revision.__wrapped__() is None


def test_a_fault_of_the_compiler_is_not_taken_for_a_folder_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no such target")

    monkeypatch.setattr(compiled, "COMPILING", True)
    monkeypatch.setattr(compiled, "_cached", broken)
    with pytest.raises(RuntimeError, match="no such target"):
        compiled.kernel(lambda: None)


def test_a_machine_of_one_processor_draws_without_a_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing.os, "cpu_count", lambda: 1)
    with drawing.run_pictures(load_scenario("classroom"), "en") as pictures:
        assert pictures._helper is None


def test_a_first_run_says_that_it_compiles_and_draws_everything_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(run_folder, "compiled_before", lambda: False)
    monkeypatch.setattr(drawing, "SEEDS", range(1))
    monkeypatch.setattr(drawing, "run_pictures", lambda *given: asked.append(given))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    spec = load_scenario("classroom").with_values({**SMALL, "weeks": 3})
    run_folder.make_run_folder(spec, 0, tmp_path / "out", lang="en")
    assert asked == []
    assert "compil" in capsys.readouterr().err.lower()
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000
    assert len(list((tmp_path / "out" / "figures").glob("*.svg"))) > 5


# Results and model ---------------------------------------------------------------------------------------------------


def test_a_table_that_was_not_saved_is_missed_only_when_it_is_asked_for(result: RunResult, tmp_path: Path) -> None:
    folder = result.save(tmp_path / "out")
    (folder / "units.csv").unlink()
    loaded = RunResult.load(folder)
    assert len(loaded.weekly) == SMALL["weeks"]
    with pytest.raises(LookupError, match="units"):
        _ = loaded.units


def test_a_model_before_its_first_week_has_no_metric_and_names_the_domains_there_are() -> None:
    model = MomentumModel(load_scenario("classroom").with_values(SMALL), rng=0)
    assert math.isnan(model.metric("trust"))
    with pytest.raises(KeyError, match=next(iter(model.spec.domains))):
        model.domain_index("weather")


def test_citizens_are_counted_among_the_kinds_of_agent() -> None:
    model = MomentumModel(load_scenario("classroom").with_values(SMALL), rng=0)
    assert model.agents_by_type[Citizen] is model.citizens
    assert len(model.citizens) == SMALL["structure.citizens"]
    assert set(model.agents_by_type) == set(model.agent_types)


def test_a_citizens_method_can_be_asked_for_by_name(result: RunResult) -> None:
    citizens = result.model.citizens
    assert citizens.map("__repr__") == [repr(citizen) for citizen in citizens]


def test_a_county_answers_for_its_own_communities_and_a_department_for_the_citys(result: RunResult) -> None:
    places = load_hierarchy(result.spec)
    for unit, department in enumerate(places.unit_is_department):
        mine = places.jurisdiction(unit)
        assert len(mine)
        if department:
            assert set(places.community_city[mine]) == {places.unit_city[unit]}
        else:
            assert set(places.community_county[mine]) == {unit}


def test_nobody_is_his_own_contact() -> None:
    graph = nx.path_graph(4)
    graph.add_edge(2, 2)
    with pytest.raises(ValueError, match="self-loop"):
        given_graph(graph, np.array([4]))


def test_a_community_without_contacts_hears_of_nobody() -> None:
    social = np.full(3, 9.0)
    table, viewer = np.zeros((3, 0), np.int32), np.zeros(0, np.int64)
    found, around = np.zeros(4, np.int64), np.zeros(3, np.int32)
    _told_by_contacts.py_func(table, viewer, np.ones(3, np.uint8), found, around, social)
    assert social.tolist() == [0.0, 0.0, 0.0]


def test_a_city_without_citizens_has_means_of_nothing_rather_than_a_division_by_nothing() -> None:
    ground = SimpleNamespace(community_city=np.array([0]))
    state = SimpleNamespace(S=np.zeros(2), took_part=np.ones(2), trust=np.ones(2), awareness=np.ones(2))
    contacts = SimpleNamespace(first=np.array([0, 4]))
    city_means.py_func(ground, state, contacts, np.array([[2.0, 1.0, 3.0]]))
    assert state.took_part.tolist() == [0.5, 0.0]
    assert state.trust.tolist() == [0.25, 0.0]
    assert state.awareness.tolist() == [0.75, 0.0]


def test_a_site_that_opens_again_keeps_its_first_week() -> None:
    ground = SimpleNamespace(place_community=np.array([0]))
    shape = (1, 1)
    state = SimpleNamespace(
        covered=np.zeros(shape, bool), pilot=np.zeros(shape, bool), site_since=np.full(shape, NEVER)
    )
    mark_site.py_func(ground, state, 0, 0, 3, False)
    state.covered[0, 0] = False
    mark_site.py_func(ground, state, 0, 0, 8, True)
    assert state.site_since[0, 0] == 3
    assert state.covered[0, 0]
    assert state.pilot[0, 0]


def test_a_stock_that_moves_without_an_entry_is_not_balanced() -> None:
    before, booked = np.ones((1, 5)), np.zeros((1, len(FLOWS)))
    assert balanced.py_func(before, booked, before.copy())
    after = before.copy()
    after[0, 2] += 1e-6
    assert not balanced.py_func(before, booked, after)


def test_authority_that_reaches_no_unit_is_not_booked_as_passed_on() -> None:
    rates = {"convert2": 0.5, "fade2": 0.1, "fragment": 0.0, "rivalry_units": 0.0}
    state = SimpleNamespace(
        A=np.array([2.0]),
        gate=np.ones((1, 5)),
        domains=np.array([1]),
        engaged=np.zeros(2, np.int64),
        dA=np.zeros(1),
        dB=np.zeros(2),
        booked=np.zeros((1, len(FLOWS))),
    )
    convert.py_func([SimpleNamespace(**rates)], SimpleNamespace(city_unit=np.array([0, 2])), state)
    assert state.dB.tolist() == [0.0, 0.0]
    assert state.dA[0] == pytest.approx(-0.1 * 2.0)


def test_one_pair_gives_a_ratio_without_an_interval() -> None:
    found, half = ratio([1.0], [2.0])
    assert found == 2.0
    assert math.isnan(half)


# Scenario and structure ----------------------------------------------------------------------------------------------


def placed(folder: Path) -> Scenario:
    rows = ["unit,parent,tier,population,urban_share,residential,villages", "P,,province,,,,", "C,P,city,,,,"]
    file = folder / "places.csv"
    file.write_text("\n".join([*rows, *(f"K{k},C,county,40000,0.5,3,3" for k in range(3))]) + "\n", encoding="utf-8")
    return load_scenario(
        {
            "structure": {"file": str(file), "citizens": 100},
            "domains": {"a": {"en": "A", "zh": "甲"}},
            "weeks": 2,
        }
    )


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [
        ("simulation.scenario.structure_file.LARGEST_FILE", 10, "too large"),
        ("simulation.places.structure.MOST_ROWS", 4, "too many"),
    ],
)
def test_a_structure_beyond_a_limit_is_refused(
    tmp_path: Path, limit: str, most: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit, most)
    with pytest.raises(InputError, match=said):
        load_hierarchy(placed(tmp_path))


def test_a_field_that_is_no_parameter_is_not_listed() -> None:
    class Odd(Table):
        plain: int = 0

    assert list(walk(Odd, "odd.")) == []


# Pictures ------------------------------------------------------------------------------------------------------------


def test_places_keep_their_own_names_when_their_file_is_gone(tmp_path: Path) -> None:
    spec = placed(tmp_path)
    (tmp_path / "places.csv").unlink()
    assert chinese_places(SimpleNamespace(spec=spec)) == {}  # type: ignore[arg-type]


def test_chinese_names_of_a_shipped_structure_are_found_when_the_copy_is_gone(tmp_path: Path) -> None:
    spec = load_scenario("zhaoqing")
    folder = tmp_path / "copy"
    shutil.copytree(Path(spec.structure_path or "").parent, folder / "structures")
    mine = folder / "mine.toml"
    mine.write_text(f'extends = "zhaoqing"\n[structure]\nfile = "{spec.structure.file}"\n', encoding="utf-8")
    copy = load_scenario(mine)
    shutil.rmtree(folder / "structures")
    found = chinese_places(SimpleNamespace(spec=copy))  # type: ignore[arg-type]
    assert found == load_hierarchy(spec).zh
    assert found


@pytest.mark.parametrize(("value", "shown"), [(math.nan, "–"), (0.0, "0"), (1234.5, "1,234"), (12.34, "12.3")])
def test_amounts_have_about_three_digits(value: float, shown: str) -> None:
    assert amount(value) == shown


def test_a_sheet_whose_layout_is_its_own_is_saved_alike_twice(tmp_path: Path) -> None:
    sheet = Sheet("own", "en", 3.0, 2.0)
    sheet.set_layout_engine(None)
    assert sheet.get_layout_engine() is None
    sheet.text(0.5, 0.5, "here")
    for name in ("one.svg", "two.svg"):
        sheet.savefig(tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert b"<svg" in (tmp_path / "one.svg").read_bytes()


def test_a_unit_at_work_everywhere_has_words_in_place_of_its_communities() -> None:
    sheet = Sheet("tree", "en", 4.0, 3.0)
    axis = sheet.subplots()
    tree._strip(axis, tree.Row("Bureau", "City", 1.0, 0.5, np.zeros(0)), 0.0, 0.0, 0.3, 4, sheet)
    assert [text.get_text() for text in axis.texts] != []
    assert len(axis.collections) == 0


def test_two_scenarios_of_different_titles_stand_side_by_side_under_their_titles(result: RunResult) -> None:
    other = run(load_scenario("classroom").with_values({**SMALL, "title": {"en": "Another", "zh": "另一个"}}), seed=1)
    assert _titles((result, other), "en") == [result.spec.title.en, "Another"]
    assert _titles((result, other), "zh")[1] == "另一个"


def test_a_run_without_sites_says_so_where_reports_are_compared(result: RunResult) -> None:
    silent = result.detached()
    silent.cells["site_since"] = math.nan
    words = [text.get_text() for axis in draw("reporting", silent).axes for text in axis.texts]
    assert " ".join(words[0].split()) == say("figure.reporting.none", "en")


def test_citizens_are_mentioned_only_where_they_were_switched_off() -> None:
    without, with_them = (
        ledger_flow._notes(given, "en") for given in ({"pilot": 0.5}, {"pilot": 0.5, "citizens": 0.4})
    )
    assert with_them[0] == without[0]
    assert with_them[1].startswith(without[1])
    assert "0.40" in with_them[1]


def noisy() -> Figure:
    figure = Figure(figsize=(3, 3))
    figure.subplots().imshow(np.random.default_rng(0).random((150, 150)))
    return figure


def test_a_picture_too_large_as_svg_goes_in_as_a_png_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = page.address(noisy(), {})
    assert whole.startswith("data:image/svg+xml;base64,")
    monkeypatch.setattr(page, "PICTURE", 40_000)
    small = page.address(noisy(), {})
    kind, _, content = small.partition(";base64,")
    assert kind == "data:image/png"
    assert len(base64.b64decode(content)) <= 40_000


def test_of_saved_pictures_the_png_stands_in_for_a_large_svg_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {kind: tmp_path / f"a.{kind}" for kind in ("svg", "png")}
    files["svg"].write_bytes(b"s" * 100)
    files["png"].write_bytes(b"p" * 50)
    monkeypatch.setattr(page, "PICTURE", 20)
    assert page.address(None, files) == f"data:image/png;base64,{base64.b64encode(b'p' * 50).decode()}"


def test_a_film_is_made_without_anybody_who_waits_for_it(tmp_path: Path) -> None:
    made = run(load_scenario("classroom").with_values({**SMALL, "weeks": 2}), seed=0)
    film = animate(made, tmp_path / "film.gif", frames_per_second=1)
    assert film.read_bytes().startswith(b"GIF8")


def test_an_mp4_is_asked_for_in_the_speed_and_the_colours_that_players_know() -> None:
    writer = _writer(".mp4", 7)
    assert writer.fps == 7
    assert "yuv420p" in writer.extra_args


def test_the_module_that_starts_the_command_does_nothing_when_it_is_imported() -> None:
    spec = importlib.util.find_spec("simulation.__main__")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    from simulation.command.main import main

    assert module.main is main
