# The public names, once; `__init__.py` imports each when it is first asked for.
from ._version import __version__ as __version__
from .agents.citizens import Citizen as Citizen
from .agents.citizens import CitizenSet as CitizenSet
from .agents.city import CityLeadershipGroup as CityLeadershipGroup
from .agents.county import CountyPilot as CountyPilot
from .agents.province import ProvincialLeader as ProvincialLeader
from .evidence.worlds import worlds as worlds
from .files.errors import InputError as InputError
from .model import MomentumModel as MomentumModel
from .results import RunResult as RunResult
from .results import run as run
from .scenario import Scenario as Scenario
from .scenario import load_scenario as load_scenario
