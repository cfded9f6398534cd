"""The command `wushi`, one file per command."""
