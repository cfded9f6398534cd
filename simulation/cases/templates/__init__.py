"""Templates of a case's report."""
