"""Request bodies about letterheads."""

from typing import Annotated

from pydantic import Field

from services.enrolment.paper.domain.letterheads import MOST_LINES, Letterhead
from shared.bodies import Body
from shared.values import Id, Line

Lines = Annotated[tuple[Line, ...], Field(max_length=MOST_LINES)]


class LetterheadBody(Body):
    """What is left out is left blank on papers. `signer` is a person by id."""

    number_prefix: Line | None = None
    office: Lines = ()
    addressed_as: Line | None = None
    order_of: Line | None = None
    authority: Line | None = None
    signer: Id | None = None
    signer_titles: Lines = ()
    contact: Lines = ()

    def letterhead(self, unit: str) -> Letterhead:
        return Letterhead(unit=unit, **{name: getattr(self, name) for name in type(self).model_fields})
