"""A state that was cut, altered, or made by another version, and one that a stranger forged, is refused in one line."""

from __future__ import annotations

import contextlib
import json
import os
import zipfile

import numpy as np
import pytest
from continuing import array_of, at, forged, header_of, with_array
from hypothesis import given
from hypothesis import strategies as st
from kit.cities import small_city

from simulation import InputError, load_scenario
from simulation.saving import load_state, save_state
from simulation.saving.seal import EMPTY, seal
from simulation.schedule import FOR_GOOD


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return save_state(at(small_city(), 14), tmp_path_factory.mktemp("state") / "state.npz")


def refused(file, **options):
    with pytest.raises(InputError) as raised:
        load_state(file, **options)
    error = raised.value
    assert error.file == str(file)
    assert len(error.in_language("en").splitlines()) == len(error.in_language("zh").splitlines()) == 1
    assert error.in_language("en") != error.in_language("zh")
    return error.in_language("en")


@given(data=st.data())
def test_a_state_that_was_cut_at_any_byte_is_refused(state, data, tmp_path_factory):
    content = state.read_bytes()
    file = tmp_path_factory.getbasetemp() / "cut.npz"
    file.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    refused(file)


@given(data=st.data(), by=st.integers(1, 255))
def test_a_state_with_any_byte_altered_is_refused(state, data, by, tmp_path_factory):
    content = bytearray(state.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= by
    file = tmp_path_factory.getbasetemp() / "altered.npz"
    file.write_bytes(content)
    refused(file)


@given(data=st.data(), by=st.integers(1, 255))
def test_a_state_altered_and_sealed_again_is_refused_or_the_same(state, data, by, tmp_path_factory):
    """Times and flags of the archive tell nothing; every byte that tells something is under a digest of its own."""
    content = bytearray(state.read_bytes())
    content[data.draw(st.integers(4, len(content) - len(EMPTY) - 1))] ^= by
    file = tmp_path_factory.getbasetemp() / "resealed.npz"
    file.write_bytes(content)
    seal(file)
    with contextlib.suppress(InputError):  # most bytes; the others are those times and flags
        assert save_state(load_state(file), file).read_bytes() == state.read_bytes()


@pytest.mark.parametrize(("key", "value"), [("version", "0.0.9"), ("edition", "1"), ("format", 2)])
def test_a_state_of_another_version_is_refused_with_what_to_do(state, key, value):
    said = refused(forged(state, {key: value}))
    assert "made by another version" in said
    assert "run it again from its scenario" in said
    assert str(value) in said


def test_a_state_of_another_code_of_the_model_is_refused(state):
    said = refused(forged(state, {"code": "0123456789abcdef"}))
    assert "made by another version: the code of the model has changed" in said


def test_other_numbers_drawn_are_found_out(state):
    assert "draws other numbers" in refused(forged(state, {"ground": "0" * 64}))
    assert "draws other numbers" in refused(forged(state, {"seed": 6}))


def test_a_world_that_was_changed_by_hand_is_found_out(tmp_path):
    made = at(small_city(), 3)
    made.world.severity[0, 0] += 0.01
    assert "changed by hand" in refused(save_state(made, tmp_path / "state.npz"))


@pytest.mark.parametrize("shape", [[10**9, 10**9], [2**70], [-1], [1, 1, 1, 1, 1], ["3"], "3", [True]])
def test_arrays_larger_than_the_file_are_refused_unread(state, shape):
    arrays = header_of(state)["arrays"]
    refused(forged(state, {"arrays": arrays | {"state.S": arrays["state.S"] | {"shape": shape}}}))


def test_a_bomb_is_refused_before_it_is_read(state, monkeypatch):
    bomb = np.zeros((20_000, 1000))
    file = with_array(state, "state.S", bomb)
    read = []
    whole = zipfile.ZipExtFile.readinto
    monkeypatch.setattr(zipfile.ZipExtFile, "readinto", lambda self, to: read.append(self.name) or whole(self, to))
    assert "state.S" in refused(file)
    assert "state.S.npy" not in read


@pytest.mark.parametrize("week", [-1, 10**7, 13, 15, True, 1.0, None])
def test_another_week_than_the_record_s_is_refused(state, week):
    refused(forged(state, {"week": week}))


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("state.mode", 0, 100),
        ("state.mode", 0, -2),
        ("state.unit_row", 0, 1),
        ("state.city_row", 0, -1),
        ("state.share", 0, 1e300),
        ("state.share", 0, np.nan),
        ("state.since", 0, -7),
        ("population.seen", 0, 2),
        ("population.trust", 0, np.nan),
        ("population.trust", 0, 1.5),
        ("record.mode", 0, 9),
        ("world.undivided", 0, -1.0),
    ],
)
def test_values_that_rules_would_take_for_places_elsewhere_are_refused(state, name, place, value):
    array = array_of(state, name)
    array.flat[place] = value
    assert name in refused(with_array(state, name, array))


def test_a_flag_that_is_neither_true_nor_false_is_refused(state):
    array = array_of(state, "state.open")
    array.view(np.uint8).flat[0] = 2
    assert "state.open" in refused(with_array(state, "state.open", array))


def test_concerns_with_no_domain_are_refused(tmp_path):
    made = at(small_city(), 3)
    made.citizens.set("concern", (made.citizens[0].concern + 1) % 3, [0])
    file = save_state(made, tmp_path / "state.npz")
    array = array_of(file, "citizens.concern")
    array[0] = 3
    assert "citizens.concern" in refused(with_array(file, "citizens.concern", array))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("indptr", lambda a: a + 1),
        ("indptr", lambda a: a[::-1].copy()),
        ("indptr", lambda a: a[:-1]),
        ("neighbour", lambda a: a + 200),
        ("neighbour", lambda a: a[:-1]),
    ],
)
def test_a_network_of_citizens_that_there_are_not_is_refused(name, change, tmp_path):
    import networkx as nx

    made = at(small_city(), 3, network=nx.path_graph(320))
    file = save_state(made, tmp_path / "state.npz")
    refused(with_array(file, f"network.{name}", change(array_of(file, f"network.{name}"))))


def test_numbers_that_would_divide_by_nothing_are_refused(tmp_path):
    made = at(small_city(), 3)
    made.numbers[0].evaluation.review_every = 0
    assert "numbers" in refused(save_state(made, tmp_path / "state.npz"))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"schedule": [], "months": []},
        {"schedule": [[0, 1, 2]], "months": [[0, 4]]},
        {"schedule": 3, "months": [[0, 4]]},
        {"schedule": [], "months": [[0, 0]]},
        {"schedule": [], "months": "no"},
    ],
)
def test_data_of_other_kinds_is_refused(state, data):
    refused(forged(state, {"data": data}))


def with_data(file, **data):
    return forged(file, {"data": header_of(file)["data"] | data})


@pytest.mark.parametrize(
    "months",
    [
        [],
        [[4, 4]],
        [[0, 4], [3000, 4]],
        [[0, 4], [15, 4]],
        [[0, 4], [9, 2], [5, 4]],
        [[0, 4], [5, 2], [5, 4]],
        [[0, 4], [0, 2]],
        [[0, 4], [5, 521]],
        [[0, 4], [5, -1]],
        [[0, 4], [5, 2.5]],
        [[False, 4]],
        [[0, "4"]],
        [[0, 4, 4]],
    ],
)
def test_months_that_no_run_has_come_to_are_refused(state, months):
    assert "months" in refused(with_data(state, months=months))


@pytest.fixture(scope="module")
def turned(tmp_path_factory):
    """Return a state in week 39: analyses changed in week 6, and three changes with conditions began in week 14."""
    changes = [
        {"week": 6, "set": {"execution.analysis_every": 3}},
        {"when": "effectiveness > 0", "set": {"evaluation.inflate": 0.1}, "length": 5, "repeat": True},
        {"when": "effectiveness > 0", "set": {"execution.oversight": 0.1}, "length": 5},
        {"when": "effectiveness > 0", "set": {"execution.capacity": 0.5}},
    ]
    made = at(small_city({"changes": changes}), 39)
    file = save_state(made, tmp_path_factory.mktemp("turned") / "state.npz")
    told = header_of(file)["data"]
    assert told["months"] == [[0, 4], [6, 3]]
    assert told["schedule"] == [[1, 14, 19], [2, 14, 19], [3, 14, FOR_GOOD], [1, 27, 32]]
    assert load_state(file).week == 39
    return file


@pytest.mark.parametrize(
    "spells",
    [
        [[1, 14, 20]],
        [[1, 14, FOR_GOOD]],
        [[3, 14, 19]],
        [[1, 40, 45]],
        [[1, -1, 4]],
        [[1, 14, 19], [1, 16, 21]],
        [[1, 14, 19], [1, 14, 19]],
        [[2, 14, 19], [2, 27, 32]],
        [[3, 14, FOR_GOOD], [3, 27, FOR_GOOD]],
        [[0, 14, FOR_GOOD]],
        [[4, 14, 19]],
        [[1, 14.0, 19]],
        [[1, True, 6]],
        [3],
    ],
)
def test_spells_that_no_run_has_come_to_are_refused(turned, spells):
    assert "changes" in refused(with_data(turned, schedule=spells))


def test_entries_too_many_or_too_few_are_refused(state):
    assert "more.npy" in refused(forged(state, entries={"more.npy": b"x"}))
    assert "state.S" in refused(forged(state, entries={"state.S.npy": None}))
    arrays = header_of(state)["arrays"]
    less = {name: said for name, said in arrays.items() if name != "state.S"}
    assert "state.S" in refused(forged(state, {"arrays": less}, {"state.S.npy": None}))
    more = arrays | {"state.new": arrays["state.S"]}
    with zipfile.ZipFile(state) as archive:
        content = archive.read("state.S.npy")
    assert "state.new" in refused(forged(state, {"arrays": more}, {"state.new.npy": content}))


def test_an_array_of_objects_is_refused_and_nothing_in_it_is_run(state):
    class Runs:
        def __reduce__(self):
            return (os.abort, ())

    import io

    stream = io.BytesIO()
    np.save(stream, np.array([Runs()], dtype=object), allow_pickle=True)
    arrays = header_of(state)["arrays"]
    said = {"shape": [1], "dtype": "|O", "sha256": ""}
    refused(forged(state, {"arrays": arrays | {"state.S": said}}, {"state.S.npy": stream.getvalue()}))
    refused(forged(state, entries={"state.S.npy": stream.getvalue()}))


@pytest.mark.parametrize(
    "place", ["/etc/hostname", "../../README.md", "structures/../../README.md", "mine.csv", "a\0b"]
)
def test_a_scenario_that_leads_to_another_file_is_refused(tmp_path, place, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_bytes(load_scenario("zhaoqing").structure_content)
    file = save_state(at(load_scenario("zhaoqing").with_values({"structure.citizens": 600}), 0), tmp_path / "state.npz")
    told = header_of(file)["scenario"]
    told["structure"]["file"] = place
    assert "structure.file" in refused(forged(file, {"scenario": told}))


@pytest.mark.parametrize("change", [{"extends": "zhaoqing"}, {"execution": {"oversight": 7}}, {"domains": {}}])
def test_a_scenario_that_cannot_be_used_is_refused_with_the_state_named(state, change):
    refused(forged(state, {"scenario": header_of(state)["scenario"] | change}))


def test_what_is_no_archive_is_refused(tmp_path):
    for name, content in {"a": b"", "b": b"PK", "c": b"{}", "d": b"PK\x03\x04" + bytes(1000)}.items():
        (tmp_path / name).write_bytes(content)
        refused(tmp_path / name)
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    refused(tmp_path / "other.npz")


def test_another_archive_is_no_state_even_when_sealed(tmp_path):
    for number, header in enumerate([None, {}, {"tool": "wushi"}, [], {"tool": "other", "kind": "state"}]):
        file = tmp_path / f"{number}.npz"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.npy", b"")
            if header is not None:
                archive.writestr("header.json", json.dumps(header))
            archive.comment = EMPTY
        seal(file)
        assert "this is no saved state" in refused(file)


def test_what_is_no_ordinary_file_is_refused_without_waiting(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to_folder").symlink_to(tmp_path / "folder")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for name in ("folder", "pipe", "to_folder", "nowhere", "circle", "missing", "folder/a", "a\0b"):
        refused(tmp_path / name)
    refused("/dev/zero")
