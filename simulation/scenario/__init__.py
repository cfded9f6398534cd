"""The scenario of a run: the parameters with their meaning, range and source; loading; errors."""

from simulation.files.errors import InputError
from simulation.files.shipped import shipped_folder
from simulation.scenario.loading import load_scenario, parse_assignments, shipped
from simulation.scenario.scenario import Scenario
from simulation.scenario.table import ParameterInfo, json_schema, parameters

__all__ = [
    "InputError",
    "ParameterInfo",
    "Scenario",
    "json_schema",
    "load_scenario",
    "parameters",
    "parse_assignments",
    "shipped",
    "shipped_folder",
]
