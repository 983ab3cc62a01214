"""Seals contacts again under the newest key, a page of people at a time, by their events: all copies follow those.

What a contact is sealed with is read from its last event, so nothing is written twice and nothing is remembered:
whoever goes on from any place, once or often, comes to the same end.
"""

from dataclasses import dataclass
from typing import Final

from services.enrolment.directory.domain.people import contact_changed
from services.enrolment.directory.storage import People, Stored, last_keys
from shared.events.directory import contact_aggregate
from shared.messaging.outbox import Outbox
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.sealing import KeyRing
from shared.write import UnitOfWork

PEOPLE_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Resealed:
    """Of one page: how many people were looked at, whose contacts were sealed again with `key`, and behind whom to go
    on; None at the end."""

    key: str
    seen: int
    resealed: int
    next: str | None


class Resealing:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, people: People, outbox: Outbox, ring: KeyRing) -> None:
        self._units_of_work = units_of_work
        self._people = people
        self._outbox = outbox.collection
        self._ring = ring

    async def page(self, after: str) -> Resealed:
        """The people behind the id `after`."""

        async def work(session: Session, recorder: EventRecorder) -> Resealed:
            found = await self._people.behind(after, PEOPLE_AT_ONCE + 1, session)
            page = found[:PEOPLE_AT_ONCE]
            keys = await last_keys(self._outbox, page, session)
            stale = [one for one in page if not one.person.erased and keys.get(one.person.id) != self._ring.current]
            await self._people.store([self._again(one, recorder) for one in stale], (), session)
            if stale:
                recorder.note("reseal", "contacts", stale[0].person.id, count=len(stale))
            last = page[-1].person.id if len(found) > PEOPLE_AT_ONCE else None
            return Resealed(self._ring.current, len(page), len(stale), last)

        return await self._units_of_work.commit(work)

    def _again(self, stored: Stored, recorder: EventRecorder) -> Stored:
        person = stored.person
        sealed = self._ring.seal(person.contact, contact_aggregate(person.id))
        recorder.record([contact_changed(person.id, sealed)], after=stored.contact_seq)
        return Stored(person, stored.seq, stored.contact_seq + 1)
