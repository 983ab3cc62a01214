"""What comes in over HTTP."""

from shared.bodies import Body
from shared.values import Id


class RemindRun(Body):
    run: Id
