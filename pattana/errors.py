"""The one error that the command line shows to people. Knows nothing of what failed."""


class Explained(Exception):
    """A failure whose sentence is all that a person needs: printed without a traceback, exit code 1."""
