"""The city of which small tables speak in tests: two counties, one domain."""

from __future__ import annotations

from datetime import date

from simulation.cases.tables import Known

KNOWN = Known(
    units=("Duanzhou", "Gaoyao"),
    cities=("Linhe",),
    city="Linhe",
    domains=("nimby",),
    labels={"Duanzhou": "端州区"},
    start=date(2020, 1, 6),
    weeks=104,
)
