"""What several features have written about people, as one: first all of the first, then of the next."""

from collections.abc import Sequence

from services.enrolment.directory.service.erasures import Texts
from shared.mongo import Session


class Written:
    """The id to go on behind says of which one it is: `1|<id>`. One that does not is of the first."""

    def __init__(self, parts: Sequence[Texts]) -> None:
        self._parts = parts

    async def erase_of(self, person: str, after: str, session: Session) -> str | None:
        """A page of one of them. None when that was all."""
        number, _, id = after.rpartition("|")
        place = int(number or 0)
        last = await self._parts[place].erase_of(person, id, session)
        if last is not None:
            return f"{place}|{last}"
        return f"{place + 1}|" if place + 1 < len(self._parts) else None
