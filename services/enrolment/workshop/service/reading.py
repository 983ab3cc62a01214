"""What is read of groups, live."""

from typing import Final

from services.enrolment.seats import Holder
from services.enrolment.workshop.domain.groups import Member, Workshop
from services.enrolment.workshop.service.sources import Sources, present
from services.enrolment.workshop.storage import Workshops
from shared.rights import Scope

PAGES_AT_ONCE: Final = 4  # of seats, that a page of those without a group looks at


class Reading:
    """One per process."""

    def __init__(self, store: Workshops, sources: Sources) -> None:
        self._store = store
        self._sources = sources

    async def workshop(self, run: str) -> Workshop:
        """Raises NotFound and GroupsOfCancelledRun."""
        return (await present(self._sources, self._store, run)).workshop

    async def members(self, run: str, scope: Scope, after: str, limit: int) -> list[Member]:
        """Raises NotFound and GroupsOfCancelledRun."""
        await self._sources.run(run)
        return await self._store.page(run, scope, after, limit)

    async def ungrouped(self, run: str, after: str, limit: int) -> tuple[list[Holder], str | None]:
        """Some of those who have a seat and no group, behind the nomination `after`; and the one to go on behind, None
        when these were the last. A page may be short, or even empty, though there are more: it looks at so many seats
        and no more. Raises NotFound and GroupsOfCancelledRun."""
        await self._sources.run(run)
        found: list[Holder] = []
        for _ in range(PAGES_AT_ONCE):
            holders = await self._sources.holders.page(run, after, limit)
            grouped = await self._store.grouped([holder.nomination for holder in holders])
            for holder in holders:
                if len(found) == limit:
                    return found, after
                if holder.nomination not in grouped:
                    found.append(holder)
                after = holder.nomination
            if len(holders) < limit:
                return found, None
        return found, after
