"""The audit: does what is stored and what is in the log keep the promises? Reads everything, changes nothing."""
