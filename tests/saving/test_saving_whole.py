"""A state is written whole or not at all, small, and without a copy of the citizens."""

from __future__ import annotations

import resource
import signal
import tracemalloc
import zipfile

import numpy as np
import pytest
from continuing import at, header_of, small
from kit.cities import small_city

from simulation import InputError, load_scenario
from simulation.saving import save_state, writing
from simulation.saving.streams import shrinks
from simulation.saving.writing import HEADER


@pytest.mark.parametrize("most", [0, 100, 9_000])
def test_a_full_disk_leaves_what_was_there(tmp_path, most):
    file = tmp_path / "state.npz"
    made = at(small_city(), 3)
    assert save_state(made, file).stat().st_size > 9_000
    file.write_bytes(b"before")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        with pytest.raises(InputError) as raised:
            save_state(made, file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (raised.value.file, raised.value.key) == (str(file), None)
    assert "cannot be written: File too large" in str(raised.value)
    assert [one.name for one in tmp_path.iterdir()] == ["state.npz"]
    assert file.read_bytes() == b"before"


@pytest.mark.parametrize("after", [1, 5, 60])
def test_an_interrupt_leaves_what_was_there(tmp_path, monkeypatch, after):
    file = tmp_path / "state.npz"
    file.write_bytes(b"before")
    written = []

    def interrupted(array):
        written.append(array)
        if len(written) == after:
            signal.raise_signal(signal.SIGINT)
        return shrinks(array)

    monkeypatch.setattr(writing, "shrinks", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_state(at(small_city(), 3), file)
    assert len(written) == after
    assert [one.name for one in tmp_path.iterdir()] == ["state.npz"]
    assert file.read_bytes() == b"before"


def test_a_place_where_no_file_can_stand_is_refused_by_name(tmp_path):
    made = at(small_city(), 1)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    for name in ("folder", "file/state.npz", "a\0b"):
        with pytest.raises(InputError) as raised:
            save_state(made, tmp_path / name)
        assert raised.value.file == str(tmp_path / name)
        assert raised.value.key is None


def test_a_state_is_arrays_that_numpy_reads_and_a_header(tmp_path):
    made = at(small_city(), 14)
    file = save_state(made, tmp_path / "state.npz")
    header = header_of(file)
    with np.load(file, allow_pickle=False) as content, zipfile.ZipFile(file) as archive:
        assert np.array_equal(content["state.effect"], made.state.effect)
        assert np.array_equal(content["record.trust"], made.record.trust[:14])
        names = {name.removesuffix(".npy") for name in archive.namelist()}
    assert names == {HEADER, *header["arrays"]}
    assert {f"state.{name}" for name in made.state._fields} <= names
    assert {f"record.{name}" for name in made.record._fields} <= names
    assert "population.trust" in names
    assert not {"population.concern", "population.home", "citizens.concern", "numbers"} & names
    assert (header["seed"], header["week"], header["scenario"]) == (5, 14, made.spec.to_dict())


def test_a_state_of_twenty_thousand_citizens_takes_less_than_a_megabyte(tmp_path):
    made = at(load_scenario("zhaoqing").with_values({"structure.citizens": 20_000}), 156)
    assert save_state(made, tmp_path / "state.npz").stat().st_size < 1_000_000


def test_saving_many_citizens_takes_no_copy_of_them(tmp_path):
    made = at(small("zhaoqing").with_values({"structure.citizens": 1_000_000}), 2)
    columns = sum(getattr(made.population, name).nbytes for name in ("trust", "awareness", "salience", "seen"))
    tracemalloc.start()
    try:
        save_state(made, tmp_path / "state.npz")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < columns / 2
