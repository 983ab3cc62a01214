"""Groups, ideas and the jury: each command one unit of work."""
