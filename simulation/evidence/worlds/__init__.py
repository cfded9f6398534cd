"""Plausible worlds: parameter vectors that the findings do not rule out; how they are found, kept and read."""

from simulation.evidence.worlds.file import Worlds, worlds

__all__ = ["Worlds", "worlds"]
