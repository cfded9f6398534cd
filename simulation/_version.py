"""The one place that states the version of the package and the edition of the model."""

__version__ = "0.1.0"

EDITION = "2"
"""The model's edition: raised whenever the results of the same scenario and seed change."""
