# The public names, once; `__init__.py` imports each when it is first asked for.
from .abc import Posterior as Posterior
from .abc import smc as smc
from .calibrate import Calibrated as Calibrated
from .calibrate import calibrate as calibrate
from .ensemble import ORDINARY as ORDINARY
from .ensemble import Ensemble as Ensemble
from .target_file import shipped_targets as shipped_targets
from .targets import Calibration as Calibration
from .targets import Target as Target
