# The public names, once; `__init__.py` imports each when it is first asked for.
from .balance import LedgerError as LedgerError
from .balance import balanced as balanced
from .balance import explain as explain
