"""A set of worlds as a file: what is read, and every way in which it can be wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import tomli_w
from kit.worlds import KEYS, about, save, vectors

import simulation
from simulation._version import EDITION
from simulation.evidence.worlds import worlds
from simulation.experiments.across import digest_of
from simulation.files.errors import InputError
from simulation.scenario import load_scenario


@pytest.fixture
def file(tmp_path):
    return save(tmp_path / "plausible.csv", 12)


def refused(path, number=None):
    with pytest.raises(InputError) as caught:
        worlds(number, path)
    return caught.value


def changed(file, old, new, count=1):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, count), encoding="utf-8")


def test_a_set_is_a_sequence_of_mappings_in_the_order_of_its_rows(file):
    found = worlds(file=file)
    expected = vectors(12)
    assert len(found) == 12
    assert list(found) == expected
    assert found[0] == {key: load_scenario("zhaoqing").values[key] for key in KEYS}
    assert [found[-1], *found[2:4]] == [expected[-1], *expected[2:4]]
    assert found.table.shape == (12, len(KEYS))
    assert found.table.loc[3].to_dict() == expected[3]


def test_a_number_takes_the_first_worlds_and_stores_know_them_as_the_same_set(file):
    few = worlds(5, file)
    assert list(few) == vectors(12)[:5]
    assert few.digest == worlds(file=file).digest
    assert few.about is worlds(file=file).about
    assert worlds(np.int64(5), file) == few


@pytest.mark.parametrize("part", [slice(5, 8), slice(None, None, 2), slice(None, None, -1)])
def test_worlds_that_are_not_the_first_of_their_file_are_another_set_to_stores(file, part):
    found = worlds(file=file)
    assert digest_of(found[part]) not in {found.digest, digest_of(found[:5])}
    assert digest_of(found[part]) == digest_of(list(found[part]))


def test_equal_worlds_of_two_files_hash_alike(file, tmp_path):
    found, same = worlds(5, file), worlds(file=save(tmp_path / "five.csv", 5))
    assert found.digest != same.digest
    assert found == same
    assert hash(found) == hash(same)


def test_a_set_cannot_be_changed_not_even_through_what_it_hands_out(file):
    found = worlds(file=file)
    found[0]["execution.q_half"] = 9.0
    for world in found:
        world.clear()
    assert list(found) == vectors(12)
    with pytest.raises(FrozenInstanceError):
        found.digest = "other"


def test_the_file_beside_says_how_the_set_was_found_and_a_table_alone_is_a_set_too(file, tmp_path):
    found = worlds(file=file)
    assert found.about.cities == 300
    assert found.findings["trial-rollout"].share_met == 0.9
    alone = save(tmp_path / "alone.csv", 4, beside=False)
    assert worlds(file=alone).about is None
    assert worlds(file=alone).findings == {}


def test_the_front_of_the_package_has_them_too(file):
    assert simulation.worlds(2, file) == worlds(2, file)


def test_a_file_that_has_changed_is_read_again(file):
    before = worlds(file=file)
    changed(file, file.read_text(encoding="utf-8").splitlines()[-1] + "\n", "")
    assert len(worlds(file=file)) == len(before) - 1
    assert worlds(file=file).digest != before.digest


def test_line_ends_of_another_system_make_no_other_set(file, tmp_path):
    before = worlds(file=file).digest
    content = file.read_bytes()
    file.write_bytes(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert worlds(file=file).digest == before


@pytest.mark.parametrize("number", [0, -1, 13, True, 2.5])
def test_a_number_of_worlds_that_there_is_not_is_refused(file, number):
    error = refused(file, number)
    assert error.key == "--worlds"
    assert "12" in error.allowed


def test_an_unknown_parameter_is_refused_with_the_nearest_one(file):
    changed(file, "execution.q_half", "execution.q_haf")
    error = refused(file)
    assert error.file == str(file)
    assert error.given == "execution.q_haf"
    assert error.suggestion == "execution.q_half"


def test_a_parameter_that_is_a_table_is_refused(file):
    changed(file, "execution.q_half", "plan.table")
    assert refused(file).given == "plan.table"


@pytest.mark.parametrize("cell", ["much", "", "1e999", "nan", "0x1", "1_0", "１"])
def test_a_cell_that_is_no_number_is_refused_by_line_and_column(file, cell):
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[3] = ",".join([cell, *lines[3].split(",")[1:]])
    file.write_text("\n".join(lines), encoding="utf-8")
    error = refused(file)
    assert error.key == f"line 4, column {KEYS[0]}"
    assert "number" in error.allowed


def test_a_value_that_the_schema_refuses_is_refused_by_line_and_column(file):
    place = KEYS.index("departments.conflict")
    lines = file.read_text(encoding="utf-8").splitlines()
    cells = lines[6].split(",")
    cells[place] = "1.5"
    lines[6] = ",".join(cells)
    file.write_text("\n".join(lines), encoding="utf-8")
    error = refused(file)
    assert (error.key, error.given) == ("line 7, column departments.conflict", 1.5)
    assert "from 0 to 1" in error.allowed


@pytest.mark.parametrize("content", ["", "\n\n", "execution.q_half\n", "execution.q_half\n\n"])
def test_a_table_without_a_world_is_refused(tmp_path, content):
    path = tmp_path / "empty.csv"
    path.write_text(content, encoding="utf-8")
    assert "world" in refused(path).problem


def test_a_column_twice_and_a_line_of_another_length_are_refused(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text("execution.q_half,execution.q_half\n.1,.1\n", encoding="utf-8")
    assert refused(path).given == "execution.q_half"
    path.write_text("execution.q_half,departments.conflict\n.1,.1\n.1\n", encoding="utf-8")
    assert refused(path).key == "line 3"


def test_a_set_of_another_edition_is_refused_and_both_editions_are_named(file):
    path = file.with_suffix(".toml")
    path.write_text(tomli_w.dumps(about(12) | {"edition": "1", "fields": "of that edition"}), encoding="utf-8")
    error = refused(file)
    assert error.file == str(path)
    assert (error.key, error.given) == ("edition", "1")
    assert f"edition {EDITION}" in error.problem


def test_a_damaged_file_beside_the_table_is_refused(file):
    path = file.with_suffix(".toml")
    path.write_bytes(path.read_bytes()[:-40])
    assert refused(file).file == str(path)


def test_a_missing_and_an_unknown_entry_are_refused_by_key(file):
    path = file.with_suffix(".toml")
    content = about(12)
    content["findings"]["trial-rollout"].pop("median")
    path.write_text(tomli_w.dumps(content), encoding="utf-8")
    assert refused(file).key == "findings.trial-rollout.median"
    path.write_text(tomli_w.dumps(about(12) | {"citys": 300}), encoding="utf-8")
    assert refused(file).suggestion == "cities"


def test_a_finding_that_is_not_there_is_refused_with_the_nearest_one(file):
    path, content = file.with_suffix(".toml"), about(12)
    content["findings"]["trial-rolout"] = content["findings"].pop("trial-rollout")
    path.write_text(tomli_w.dumps(content), encoding="utf-8")
    error = refused(file)
    assert (error.file, error.key, error.given) == (str(path), "findings", "trial-rolout")
    assert error.suggestion == "trial-rollout"
    assert "eight-domains" in str(error.allowed)


@pytest.mark.parametrize(
    ("table", "entry", "value", "near"),
    [
        ("findings", "median", float("nan"), None),
        ("findings", "high90", float("inf"), None),
        ("findings", "low", 0.9, None),
        ("findings", "error", -0.01, None),
        ("findings", "error", float("nan"), None),
        ("parameters", "verdict", "pined", "pinned"),
        ("parameters", "scale", "lgo", "log"),
        ("parameters", "prior_high", 0.0, None),
        ("parameters", "variance_ratio", -0.1, None),
    ],
)
def test_an_entry_that_says_nothing_is_refused_by_its_table(file, table, entry, value, near):
    path, content = file.with_suffix(".toml"), about(12)
    name = next(iter(content[table]))
    content[table][name][entry] = value
    path.write_text(tomli_w.dumps(content), encoding="utf-8")
    error = refused(file)
    assert error.file == str(path)
    assert error.key.startswith(f"{table}.{name}")
    assert error.allowed
    assert error.suggestion == near


@pytest.mark.parametrize("share", [1.5, -0.1, float("nan")])
def test_a_share_of_the_space_that_is_none_is_refused(file, share):
    path, content = file.with_suffix(".toml"), about(12)
    content["left"] = [0.3, share]
    path.write_text(tomli_w.dumps(content), encoding="utf-8")
    error = refused(file)
    assert (error.file, error.key) == (str(path), "left[2]")


@pytest.mark.parametrize("sign", [";", "\t"])
def test_cells_that_are_not_set_apart_by_commas_are_refused_as_such(file, sign):
    file.write_text(file.read_text(encoding="utf-8").replace(",", sign), encoding="utf-8")
    error = refused(file)
    assert error.key == "line 1"
    assert "commas" in error.problem
    assert error.suggestion is None


@pytest.mark.parametrize("content", [bytes(range(256)) * 8, "a,b\n".encode("utf-16")])
def test_a_file_in_another_encoding_is_refused(tmp_path, content):
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    error = refused(path)
    assert error.file == str(path)
    assert "neither UTF-8 nor GB18030" in error.problem


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as handle:
        handle.truncate(100_000_000)
    error = refused(path)
    assert error.file == str(path)
    assert "64000000" in error.allowed


@pytest.mark.parametrize(("cell", "problem"), [("inf", "finite"), ("nan", "finite"), ("-3", "out of range")])
def test_a_number_that_the_parameter_cannot_have_is_refused_by_line_and_column(file, cell, problem):
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[3] = ",".join([cell, *lines[3].split(",")[1:]])
    file.write_text("\n".join(lines), encoding="utf-8")
    error = refused(file)
    assert error.key == f"line 4, column {KEYS[0]}"
    assert problem in error.problem


def test_a_table_and_a_file_of_other_parameters_do_not_fit(file):
    path = file.with_suffix(".toml")
    content = about(12)
    content["parameters"].pop(KEYS[1])
    path.write_text(tomli_w.dumps(content), encoding="utf-8")
    error = refused(file)
    assert (error.key, str(error.given)) == ("parameters", KEYS[1])


def test_a_value_outside_the_range_that_was_searched_does_not_fit(file):
    path = file.with_suffix(".toml")
    content = about(12)
    content["parameters"][KEYS[0]]["prior_high"] = vectors(12)[5][KEYS[0]] * 0.9
    path.write_text(tomli_w.dumps(content), encoding="utf-8")
    error = refused(file)
    assert error.key.endswith(f"column {KEYS[0]}")
    assert "plausible.toml" in error.problem


def test_a_toml_file_in_place_of_the_table_and_no_file_are_refused(file, tmp_path):
    assert "a set of worlds is a table" in refused(file.with_suffix(".toml")).problem
    assert refused(tmp_path / "none.csv").file == str(tmp_path / "none.csv")


def test_reading_a_set_imports_neither_the_model_nor_what_compiles_it(file):
    code = (
        "import sys\nfrom simulation.evidence.worlds import worlds\n"
        f"print(len(worlds(file={str(file)!r})))\n"
        "print(sorted({'mesa', 'numba', 'pandas', 'matplotlib', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert re.sub(r"\s+", " ", done.stdout).strip() == "12 []"
