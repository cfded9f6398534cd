# The public names, once; `__init__.py` imports each when it is first asked for.
from .case import Case as Case
from .case import shipped_cases as shipped_cases
from .checked import Checked as Checked
from .coding import Agreement as Agreement
from .coding import agreement as agreement
from .fitted import Fit as Fit
from .problems import ProblemsError as ProblemsError
