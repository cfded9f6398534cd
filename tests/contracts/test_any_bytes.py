"""A loader accepts a file of any bytes, or refuses it with the one documented error, and soon."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.odd import told
from kit.tables import TABLE, structure

from simulation.evidence import Calibration
from simulation.experiments.design.design import Design
from simulation.hypotheses.hypothesis import Hypothesis
from simulation.results import RunResult
from simulation.scenario import load_scenario, shipped_folder

TOML_READERS = {"scenario": load_scenario, "design": Design.of, "hypothesis": Hypothesis.load, "target": Calibration.of}
MIXED = [
    (shipped_folder() / name).read_bytes()
    for name in ("classroom.toml", "hypotheses/matching.toml", "targets/case.toml", "sweeps/assumptions-morris.toml")
]
CELLS = st.sampled_from(
    ["", "A", "C", "P", "T", "B", "city", "county", "town", "community", "1", "900", "1e9", "nan", "inf", "-1", "1e999",
     "5e-324", "=1", "+1", "-1", "@x", "\uff1dx", "x" * 201, '"', "\u7532", "village", "subdistrict", "d", "0.5"]
)  # fmt: skip


@st.composite
def cut_and_pasted(draw: st.DrawFn, pieces: list[bytes]) -> bytes:
    """Draw bytes made of stretches of well-formed files, with a few meaningless stretches between them."""
    made = b""
    for _ in range(draw(st.integers(1, 4))):
        piece = draw(st.sampled_from(pieces))
        start = draw(st.integers(0, len(piece)))
        made += piece[start : start + draw(st.integers(0, 600))] + draw(st.binary(max_size=3))
    return made


@settings(max_examples=120)
@given(content=cut_and_pasted(MIXED))
def test_any_bytes_are_refused_as_toml_or_read(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    for load in TOML_READERS.values():
        told(lambda load=load: load(path))


@settings(max_examples=120)
@given(
    content=cut_and_pasted(
        [TABLE, TABLE.decode().encode("gb18030"), b"\xef\xbb\xbf" + TABLE, TABLE.replace(b"\n", b"\r")]
    )
)
def test_any_bytes_are_refused_as_a_structure_or_read(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    told(lambda: structure(path))


@settings(max_examples=150)
@given(rows=st.lists(st.lists(CELLS, min_size=10, max_size=10), max_size=8))
def test_any_cells_are_refused_as_a_structure_or_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    path.write_bytes(TABLE + "\n".join(",".join(row) for row in rows).encode("utf-8"))
    told(lambda: structure(path))


@settings(max_examples=60)
@given(content=cut_and_pasted([b"plan.per_county,weeks\n1,20\n2,30\n", b'a,"b\n1,2\n', b"a,a\n"]))
def test_any_bytes_are_refused_as_a_list_of_points_or_read(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "points.csv").write_bytes(content)
    (folder / "list.toml").write_text('[sweep]\ndesign = "list"\nfile = "points.csv"\n', encoding="utf-8")
    told(lambda: Design.of(folder / "list.toml"))


KEYS = st.sampled_from(["scenario", "structure", "seed", "file", "units", "domains", "tool"])
JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=8,
)


@settings(max_examples=60)
@given(origin=JSON)
def test_any_provenance_is_refused_as_a_saved_run_or_read(
    tmp_path_factory: pytest.TempPathFactory, origin: object
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "provenance.json").write_text(json.dumps(origin), encoding="utf-8")
    (folder / "summary.json").write_text('{"effectiveness": [1]}', encoding="utf-8")
    assert told(lambda: RunResult.load(folder))


@pytest.mark.parametrize("name", ["scenario", "design", "hypothesis", "target"])
def test_a_byte_order_mark_is_no_error_of_its_own(tmp_path: Path, name: str) -> None:
    plain, marked = tmp_path / "plain.toml", tmp_path / "marked.toml"
    plain.write_bytes(b"nonsense = 1\n")
    marked.write_bytes(b"\xef\xbb\xbfnonsense = 1\n")
    load = TOML_READERS[name]
    assert str(told(lambda: load(plain))).replace("plain", "marked") == told(lambda: load(marked))
