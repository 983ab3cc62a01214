"""What several features do when somebody has moved, as one: first all of the first, then of the next."""

from collections.abc import Collection, Sequence

from services.enrolment.directory.service.moves import Seats
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session


class Followers:
    """The id to go on behind says of which one it is: `1|<id>`. One that does not is of the first."""

    def __init__(self, parts: Sequence[Seats]) -> None:
        self._parts = parts

    async def hopeful(self, people: Collection[str]) -> set[str]:
        """Those of these people who have something with any of them."""
        return {person for part in self._parts for person in await part.hopeful(people)}

    async def follow(self, person: str, unit: str, after: str, session: Session, recorder: EventRecorder) -> str | None:
        """A page of one of them, and what the next have as far as that is one page. None when that was all."""
        number, _, id = after.rpartition("|")
        for place in range(int(number or 0), len(self._parts)):
            last = await self._parts[place].follow(person, unit, id, session, recorder)
            if last is not None:
                return f"{place}|{last}"
            id = ""
        return None
