"""What an experiment varies: designs, their files, factors and samples."""
