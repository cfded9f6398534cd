"""Let ``python -m simulation`` be the command ``wushi``."""

from simulation.command.main import main

if __name__ == "__main__":
    main()
