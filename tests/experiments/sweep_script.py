"""Run a design in its own process: python sweep_script.py STORE TASK WORKERS DESIGN-AS-JSON.

The script has no `__main__` guard on purpose: workers must not import it.
"""

import json
import sys

import known_functions

from simulation.experiments import StoreError, sweep
from simulation.files.errors import InputError

store, task, workers, design = sys.argv[1:]
try:
    sweep(json.loads(design), getattr(known_functions, task), store=store, workers=int(workers), progress="json")
except InputError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
except StoreError as error:
    print(error, file=sys.stderr)
    sys.exit(1)
except KeyboardInterrupt:
    sys.exit(130)
