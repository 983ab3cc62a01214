"""The work of evaluation: load, decide, store."""
