"""What comes in over HTTP."""

from typing import Annotated

from pydantic import StringConstraints

from shared.bodies import Body


class RemindRun(Body):
    run: Annotated[str, StringConstraints(max_length=100)]
