"""Saved states: a run that was stopped goes on from a file as if it had never stopped. The file is data, not code."""

from simulation.saving.reading import load_state
from simulation.saving.writing import save_state

__all__ = ["load_state", "save_state"]
