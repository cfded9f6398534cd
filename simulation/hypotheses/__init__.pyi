# The public names, once; `__init__.py` imports each when it is first asked for.
from .battery import Battery as Battery
from .hypothesis import Hypothesis as Hypothesis
from .hypothesis import shipped_hypotheses as shipped_hypotheses
