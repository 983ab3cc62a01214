"""What comes in over HTTP."""

from shared.bodies import Body


class RemindRun(Body):
    run: str
