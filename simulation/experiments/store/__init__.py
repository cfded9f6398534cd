"""The store: one SQLite file that holds an experiment and its runs."""
