"""Whatever bytes a file holds, a loader accepts it or refuses it with the one documented error, and soon."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.odd import told

from simulation.evidence import Calibration
from simulation.experiments.design.design import Design
from simulation.files.reading import DEEPEST, LARGEST_FILE, read_toml
from simulation.hypotheses.hypothesis import Hypothesis
from simulation.places.hierarchy import load_hierarchy
from simulation.results import RunResult
from simulation.scenario import load_scenario, shipped_folder

TOML_READERS = {"scenario": load_scenario, "design": Design.of, "hypothesis": Hypothesis.load, "target": Calibration.of}
MIXED = [
    (shipped_folder() / name).read_bytes()
    for name in ("classroom.toml", "hypotheses/matching.toml", "targets/case.toml", "sweeps/assumptions-morris.toml")
]
HEADER = b"unit,parent,tier,population,urban_share,residential,villages,zh,kind,pilot\n"
CITY = (
    HEADER
    + "P,,province,,,,,,,\nC,P,city,,,,,\u57ce,,\nA,C,county,900,.5,2,2,\u53bf,,\nT,A,town,,,,,,town,d\n".encode()
)
CELLS = st.sampled_from(
    ["", "A", "C", "P", "T", "B", "city", "county", "town", "community", "1", "900", "1e9", "nan", "inf", "-1", "1e999",
     "5e-324", "=1", "+1", "-1", "@x", "\uff1dx", "x" * 201, '"', "\u7532", "village", "subdistrict", "d", "0.5"]
)  # fmt: skip


def structure(path: Path) -> None:
    load_hierarchy(load_scenario({"domains": {"d": {}}, "structure": {"file": str(path)}}))


@st.composite
def cut_and_pasted(draw: st.DrawFn, pieces: list[bytes]) -> bytes:
    """Draw bytes made of stretches of well-formed files with a few of no sense between them."""
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
    content=cut_and_pasted([CITY, CITY.decode().encode("gb18030"), b"\xef\xbb\xbf" + CITY, CITY.replace(b"\n", b"\r")])
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
    path.write_bytes(CITY + "\n".join(",".join(row) for row in rows).encode("utf-8"))
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


@pytest.mark.parametrize(
    "content",
    [
        "a" + ".a" * 400_000 + " = 1",
        "[" + "a." * 400_000 + "a]",
        '"a"' + " . 'a'" * 100_000 + " = 1",
        "a" * (LARGEST_FILE - 1),
        "a = " + "[" * 300_000,
        "a = " + "{ a = " * 100_000,
        "weeks = " + "9" * 5000,
        "weeks = 0x" + "f" * 500_000,
        "a = [" + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1) + "]",
        "#" * (LARGEST_FILE + 1),
        "a = '" + "." * 300_000,
    ],
    ids=lambda content: content[:8],
)
def test_a_file_made_to_cost_time_or_memory_is_refused_before_it_does(tmp_path: Path, content: str) -> None:
    path = tmp_path / "cost.toml"
    path.write_text(content, encoding="utf-8")
    assert told(lambda: read_toml(path))


def test_texts_with_many_dots_are_still_texts(tmp_path: Path) -> None:
    path = tmp_path / "dots.toml"
    path.write_text(
        'a = "..............................................."\nb = [' + "1.5, " * 500 + "]\n", encoding="utf-8"
    )
    assert len(read_toml(path)["b"]) == 500


@pytest.mark.parametrize("name", ["scenario", "design", "hypothesis", "target"])
def test_a_byte_order_mark_is_no_error_of_its_own(tmp_path: Path, name: str) -> None:
    plain, marked = tmp_path / "plain.toml", tmp_path / "marked.toml"
    plain.write_bytes(b"nonsense = 1\n")
    marked.write_bytes(b"\xef\xbb\xbfnonsense = 1\n")
    load = TOML_READERS[name]
    assert str(told(lambda: load(plain))).replace("plain", "marked") == told(lambda: load(marked))


def test_a_long_chain_of_parents_is_refused_without_walking_it_again_for_every_row(tmp_path: Path) -> None:
    path = tmp_path / "chain.csv"
    chain = "".join(f"t{number},t{number - 1},town\n" for number in range(1, 30_000))
    path.write_text(f"unit,parent,tier\nP,,province\nC,P,city\nt0,C,county\n{chain}", encoding="utf-8")
    assert "is a town under a town" in str(told(lambda: structure(path)))


def test_more_communities_than_allowed_are_refused_before_they_are_made(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    counties = "".join(f"A{number},C,county,9,1e6,1e6\n" for number in range(300))
    path.write_text(
        f"unit,parent,tier,population,residential,villages\nP,,province,,,\nC,P,city,,,\n{counties}", encoding="utf-8"
    )
    assert "too many communities" in str(told(lambda: structure(path)))


@pytest.mark.parametrize("population", ["1e11", "nan", "inf", "1e400", "-1", "1e-300", "5e-324", "0"])
def test_a_population_that_nobody_has_is_refused(tmp_path: Path, population: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(CITY.replace(b"900", population.encode()))
    assert told(lambda: structure(path))
