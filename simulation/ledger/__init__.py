"""The ledger (账): the accounts between which momentum moves, and the balance that stops a run when it is broken."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
