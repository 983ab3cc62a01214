"""Units and people over HTTP."""
