"""A user's own case: coded documents and observed data in a folder, checked, fitted and reported."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
