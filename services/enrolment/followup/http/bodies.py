"""Request bodies of the routes for follow-up."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints, model_validator

from services.enrolment.followup.domain.deliverables import MOST_DELIVERABLES, Asked
from services.enrolment.followup.domain.evidence import Evidence, secure_link
from shared.bodies import Body
from shared.events.followups import Per
from shared.thai import fiscal_year
from shared.values import PRINTABLE, Day, FiscalYear, Id, Line, Remark, Text

MOST_PLACES: Final = 100
LONGEST_KEY: Final = 40
LONGEST_LINK: Final = 2000
KEY: Final = "^[A-Za-z0-9][A-Za-z0-9_-]*$"
DeliverableKey = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_KEY, pattern=KEY)]
Link = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_LINK, pattern=PRINTABLE)]


class DeliverableBody(Body):
    """What is asked of every provincial office, of every province group, or of every participant. `only`: the offices
    (PO-50) or groups (NU1) that have it. Without `fiscalYear` it counts in that of the day by which it is due."""

    key: DeliverableKey
    per: Per
    due: Day
    fiscal_year: FiscalYear | None = None
    title: Line | None = None
    only: Annotated[tuple[Id, ...], Field(max_length=MOST_PLACES)] = ()

    @model_validator(mode="after")
    def _only_places(self) -> "DeliverableBody":
        if self.only and self.per is Per.PERSON:
            raise ValueError("only is of offices and groups")
        return self

    def asked(self) -> Asked:
        year = self.fiscal_year or fiscal_year(self.due)
        return Asked(self.key, self.per, self.due, year, self.title, tuple(sorted(set(self.only))))


class FollowUpsBody(Body):
    deliverables: Annotated[tuple[DeliverableBody, ...], Field(min_length=1, max_length=MOST_DELIVERABLES)]


class CompleteBody(Body):
    """Evidence: a link (https) or a text. Neither is published."""

    link: Link | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "CompleteBody":
        if (self.link is None) is (self.text is None):
            raise ValueError("either link or text")
        return self

    def evidence(self) -> Evidence:
        """Raises EvidenceNotSecure."""
        return Evidence(None if self.link is None else secure_link(self.link), self.text)


class ReasonBody(Body):
    """The reason is told to whoever sees the task, and never published."""

    reason: Remark
