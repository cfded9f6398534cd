# The public names, once; `__init__.py` imports each when it is first asked for.
from .citizens import Citizen as Citizen
from .citizens import CitizenSet as CitizenSet
from .city import CityLeadershipGroup as CityLeadershipGroup
from .county import CountyPilot as CountyPilot
from .institution import Institution
from .province import ProvincialLeader as ProvincialLeader
from .town import TownGovernment as TownGovernment

def institutions() -> tuple[type[Institution], ...]: ...
