"""The designs of experiments: their files, factors and samples."""
