"""Running: tasks, seeds, workers, engines and progress."""
