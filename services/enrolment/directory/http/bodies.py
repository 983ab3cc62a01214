"""Request bodies of the routes for posts."""

from pydantic import Field

from shared.bodies import Body
from shared.events.directory import InPost
from shared.values import Day, Id


class HoldingBody(Body):
    """Who is in a post, from a day to the last one, which is included; without it, still. `endsPredecessor`: whoever is
    there and has no last day leaves on the day before."""

    unit: Id
    post: Id
    person: Id
    in_post: InPost = InPost.HOLDER
    valid_from: Day
    valid_to: Day | None = None
    ends_predecessor: bool = False


class LastDayBody(Body):
    """null: no last day is known."""

    valid_to: Day | None = Field()
