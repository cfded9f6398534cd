"""Calibration: from findings to parameters, and what the findings cannot pin down; ensembles of ordinary cities."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
