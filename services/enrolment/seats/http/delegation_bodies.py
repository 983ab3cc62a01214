"""Request bodies of the routes for delegations."""

from typing import Annotated

from pydantic import Field

from services.enrolment.seats.http.bodies import MOST_ROWS
from shared.bodies import Body
from shared.values import Id, Moment, Remark


class DelegationBody(Body):
    """Who decides for the caller, from when until when."""

    delegate: Id
    starts_at: Moment
    ends_at: Moment


class StandInBody(Body):
    """What is decided in the name of who is away."""

    run: Id
    ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_ROWS)]
    reason: Remark | None = None


class EndBody(Body):
    pass
