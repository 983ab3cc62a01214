"""How far the people of a run have been carried to another one. Pure.

First who has a seat, then who waits, bucket by bucket in the order of waiting, then who is not decided on: so nobody
overtakes anybody. What happens meanwhile (somebody is erased, and the next moves up) may leave somebody behind who was
to go: then all is looked at once more, until a whole round has moved nobody. Taking turns has one round only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from services.enrolment.catalogue import DivideBy, Division
from services.enrolment.seats.domain.dividing import goes
from services.enrolment.seats.domain.model import Nomination


class Phase(StrEnum):
    CONFIRMED = "CONFIRMED"
    WAITLISTED = "WAITLISTED"
    SUBMITTED = "SUBMITTED"
    SEATS = "SEATS"
    ENDING = "ENDING"


@dataclass(frozen=True, slots=True)
class RunMove:
    """`division` None: the two become one, and everybody goes. `after` is the last that was looked at, `bucket` the one
    whose waiting list is; `looked` and `moved` count in this round, `version` the pages."""

    id: str
    source: str
    to: str
    by: str
    division: Division | None = None
    phase: Phase = Phase.CONFIRMED
    bucket: str = ""
    after: str | int | None = None
    looked: int = 0
    moved: int = 0
    carried: int = 0
    version: int = 0

    @property
    def merges(self) -> bool:
        return self.division is None

    def chosen(self, page: Sequence[Nomination]) -> list[Nomination]:
        """Those of the page who go."""
        division = self.division
        if division is None:
            return [*page]
        return [one for number, one in enumerate(page, self.looked) if goes(division, one, number)]

    def looked_at(self, page: Sequence[Nomination], moved: int, most: int) -> "RunMove":
        """Behind this page; a short one is the last of its phase, or of its waiting list."""
        after = replace(
            self,
            looked=self.looked + len(page),
            moved=self.moved + moved,
            carried=self.carried + moved,
            after=(page[-1].queue if self.phase is Phase.WAITLISTED else page[-1].id) if page else None,
        )
        if len(page) == most:
            return after
        return replace(after, after=None) if self.phase is Phase.WAITLISTED else after.next_phase()

    def next_phase(self) -> "RunMove":
        again = self.phase is Phase.SUBMITTED and self.moved > 0 and self.repeats
        follows = {
            Phase.CONFIRMED: Phase.WAITLISTED,
            Phase.WAITLISTED: Phase.SUBMITTED,
            Phase.SUBMITTED: Phase.SEATS if self.merges else Phase.ENDING,
            Phase.SEATS: Phase.ENDING,
            Phase.ENDING: Phase.ENDING,
        }
        ahead = replace(self, phase=Phase.CONFIRMED if again else follows[self.phase], after=None, bucket="")
        return replace(ahead, moved=0, looked=0) if again else ahead

    @property
    def repeats(self) -> bool:
        return self.division is None or self.division.by is not DivideBy.ALTERNATE
