"""A table of places as bytes, and reading one."""

from __future__ import annotations

from pathlib import Path

from simulation.places.hierarchy import load_hierarchy
from simulation.scenario import load_scenario

HEADER = b"unit,parent,tier,population,urban_share,residential,villages,zh,kind,pilot\n"
TABLE = (
    HEADER
    + "P,,province,,,,,,,\nC,P,city,,,,,\u57ce,,\nA,C,county,900,.5,2,2,\u53bf,,\nT,A,town,,,,,,town,d\n".encode()
)


def structure(path: Path) -> None:
    """Read a table of places from a file."""
    load_hierarchy(load_scenario({"domains": {"d": {}}, "structure": {"file": str(path)}}))
