"""Calibration: from findings to parameters, and to the questions that they leave open; ensembles of cities."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
