"""Reading and writing: one error for bad input, bounded reading, output that is whole or absent, provenance."""
