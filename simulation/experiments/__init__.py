"""Everything that runs the model many times: compare, ablate, sweep, sensitivity.

>>> from simulation.experiments import sweep
>>> def area(parameters, seed):
...     return {"area": parameters["width"] * parameters["height"]}
>>> import tempfile, pathlib
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> design = {"factors": {"width": [1, 2], "height": [3, 4]}}
>>> sweep(design, area, store=folder / "area.sqlite", workers=0).runs["area"].tolist()
[3.0, 4.0, 6.0, 8.0]
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
