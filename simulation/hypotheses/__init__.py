"""Hypotheses: a claim is a file, a verdict is a planned experiment.

>>> from simulation.hypotheses import Hypothesis
>>> claim = Hypothesis.load("overexpansion")
>>> claim.kind.name
'curve'
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
