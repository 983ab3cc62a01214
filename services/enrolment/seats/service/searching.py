"""The nominations of a run by a part of the person's name, which the directory alone has.

Where few people are found, their nominations are read; else the nominations are read in their order, and the directory
is asked of whom they are, up to so many for a page. A name finds nobody whom the caller may not read in the directory:
so not who has moved to another office since.
"""

from collections.abc import Collection
from typing import Final, NamedTuple, Protocol

from services.enrolment.seats.domain.records import NominationRecord, Wanted
from services.enrolment.seats.storage import Seats
from shared.rights import Scope
from shared.thai import Sought

FEW: Final = 200
AT_ONCE: Final = 250
PASSED: Final = 1_000  # nominations that a page looks at


class Names(Protocol):
    """The directory's people by their names, within a scope."""

    async def few(self, scope: Scope, sought: Sought, most: int) -> list[str] | None: ...

    async def among(self, scope: Scope, sought: Sought, people: Collection[str]) -> frozenset[str]: ...


class Found(NamedTuple):
    """Oldest first, one more than asked for, if there are more. `end`: the id to go on behind, when the page ended
    short."""

    records: list[NominationRecord]
    end: str | None


class NominationSearch:
    """`passed`: how many nominations a page may look at."""

    def __init__(
        self, seats: Seats, names: Names, *, few: int = FEW, at_once: int = AT_ONCE, passed: int = PASSED
    ) -> None:
        self._seats = seats
        self._names = names
        self._few = few
        self._at_once = at_once
        self._passed = passed

    async def page(
        self, run: str, scope: Scope, wanted: Wanted, after: str | None, limit: int, *, sought: Sought, readable: Scope
    ) -> Found:
        """`scope` is of nominations, `readable` of people."""
        if not sought.words:
            return Found(await self._seats.page(run, scope, wanted, after, limit), None)
        people = await self._names.few(readable, sought, self._few)
        if people is None:
            return await self._passing(run, scope, wanted, after, limit, sought=sought, readable=readable)
        if not people:
            return Found([], None)
        return Found(await self._seats.page(run, scope, wanted, after, limit, people=people), None)

    async def _passing(
        self, run: str, scope: Scope, wanted: Wanted, after: str | None, limit: int, *, sought: Sought, readable: Scope
    ) -> Found:
        """Only what is found is read whole. Meanwhile it may have become something that is not wanted."""
        found: dict[str, str] = {}
        passed = after
        for _ in range(max(1, self._passed // self._at_once)):
            people = await self._seats.people_of_page(run, scope, wanted, passed, self._at_once)
            matching = await self._names.among(readable, sought, set(people.values())) if people else frozenset()
            found |= {id: person for id, person in people.items() if person in matching}
            passed = max(people, default=passed)
            is_end = len(people) < self._at_once
            if len(found) > limit or is_end:
                break
        shown = {id: found[id] for id in sorted(found)[: limit + 1]}
        whole = await self._seats.page(run, scope, wanted, after, limit, people=[*shown.values()]) if shown else []
        records = [record for record in whole if record.nomination.id in shown]
        return Found(records, None if is_end or len(records) > limit else passed)
