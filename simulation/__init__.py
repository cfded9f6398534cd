"""wushi (五势): how political momentum turns into governance.

The front of the package. Each name is imported when it is first used, so that ``import simulation`` costs nothing.
"""

import lazy_loader

from simulation._version import __version__ as __version__
from simulation.files.moved import follow_moves

follow_moves()

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
