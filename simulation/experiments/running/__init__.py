"""Where runs are computed: tasks, seeds, workers, engines and progress."""
