# The public names, once; `__init__.py` imports each when it is first asked for.
from .battery import Battery as Battery
from .claim import shipped_hypotheses as shipped_hypotheses
from .hypothesis import Hypothesis as Hypothesis
