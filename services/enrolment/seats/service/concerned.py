"""Whom a cut of seats concerns: those who have them, as far as the caller may see them."""

from typing import Final

from services.enrolment.seats.domain.allocation_refusals import SeatsBelowConfirmed
from services.enrolment.seats.storage.taken import SeatsTaken
from shared.events.seats import bucket_id
from shared.rights import Permission, Principal

MOST_NAMED: Final = 100


class Concerned:
    def __init__(self, taken: SeatsTaken) -> None:
        self._taken = taken

    async def by(self, run: str, refusal: SeatsBelowConfirmed, caller: Principal) -> SeatsBelowConfirmed:
        """The refusal with how many have to leave first, and the nominations among which they are to be found."""
        told = refusal.details
        bucket = bucket_id(run, told["target"], told["unit"])
        named = await self._taken.of_bucket(bucket, caller.scope(Permission.NOMINATION_READ), MOST_NAMED)
        return SeatsBelowConfirmed(
            unit=told["unit"],
            target=told["target"],
            confirmed=told["confirmed"],
            seats=told["seats"],
            over=told["confirmed"] - told["seats"],
            nominations=named,
        )
