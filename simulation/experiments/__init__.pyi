# The public names, once; `__init__.py` imports each when it is first asked for.
from .ablation import Ablation as Ablation
from .ablation import ablate as ablate
from .across import Across as Across
from .comparison import Comparison as Comparison
from .comparison import compare as compare
from .design.design import Design as Design
from .indices import Sensitivity as Sensitivity
from .indices import sensitivity as sensitivity
from .planning import Plan as Plan
from .planning import plan as plan
from .store.database import StoreError as StoreError
from .store.reading import Experiment as Experiment
from .store.reading import read_store as read_store
from .sweeping import sweep as sweep
from .turning import Turning as Turning
from .turning import find_turning as find_turning
