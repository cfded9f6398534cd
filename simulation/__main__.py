"""Let ``python -m simulation`` be the command ``wushi``."""

from simulation.cli import main

if __name__ == "__main__":
    main()
