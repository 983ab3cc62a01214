"""The audit: checks the promises against the stores and the log. Reads everything, changes nothing."""
