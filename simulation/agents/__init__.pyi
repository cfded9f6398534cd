# The public names, once; `__init__.py` imports each when it is first asked for.
from .bodies import Body as Body
from .bodies import BodySet as BodySet
from .citizens import Citizen as Citizen
from .citizens import CitizenSet as CitizenSet
from .city import CityLeadershipGroup as CityLeadershipGroup
from .county import CountyPilot as CountyPilot
from .department import Department as Department
from .institution import Institution
from .province import ProvincialLeader as ProvincialLeader
from .town import TownGovernment as TownGovernment

def institutions() -> tuple[type[Institution], ...]: ...
