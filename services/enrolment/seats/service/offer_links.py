"""An offer as whoever has its link sees it and answers it: as the person it was made to, and about nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.enrolment.seats.domain.commands import Caller, Decide, Decision
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.offer_refusals import NoOpenOffer
from services.enrolment.seats.domain.offers import require_answered
from services.enrolment.seats.domain.refusals import AlreadyWithdrawn
from services.enrolment.seats.domain.transitions import OFFERED
from services.enrolment.seats.service.batch import OfferedRuns
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.service.queue import Gone
from services.enrolment.seats.storage import Seats
from shared.clock import Clock, business
from shared.idempotency import CommandKey
from shared.ids import new_id
from shared.mongo import translated_calls
from shared.offer_links import OfferLink, OfferLinks, UnknownOffer
from shared.rights import Scope


class Heading(Protocol):
    @property
    def title(self) -> str: ...

    @property
    def cohort(self) -> int: ...

    @property
    def starts_at(self) -> datetime: ...


class Headings(Protocol):
    """The catalogue's runs by name."""

    async def of(self, run: str) -> Heading | None: ...


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """`open`: it may still be answered; else `nomination` says what has become of it. `over`: its time is."""

    heading: Heading
    nomination: Nomination
    until: datetime
    open: bool
    over: bool = False


class OfferLinkService:
    def __init__(
        self,
        seats: Seats,
        runs: OfferedRuns,
        headings: Headings,
        commands: SeatService,
        links: OfferLinks,
        clock: Clock,
    ) -> None:
        self._seats = seats
        self._runs = runs
        self._headings = headings
        self._commands = commands
        self._links = links
        self._clock = clock

    async def show(self, token: str) -> OpenedLink:
        """Raises UnknownOffer, also of somebody who was erased."""
        link = self._links.read(token)
        with translated_calls():
            nomination = (await self._seats.load_nominations(link.run, [link.nomination], None)).get(link.nomination)
            run = await self._runs.offered(link.run)
        heading = await self._headings.of(link.run)
        if nomination is None or run is None or heading is None or nomination.erased:
            raise UnknownOffer()
        now = business(self._clock(), run.offset_seconds)
        over = now >= link.until
        return OpenedLink(heading, nomination, link.until, _is_meant(link, nomination) and not over, over)

    async def answer(self, token: str, action: Decision, gone: Gone) -> OpenedLink:
        """The same answer again changes nothing: who clicks twice is shown what the first click has done. Raises
        UnknownOffer, what became of the offer where that is something else, and what the command is refused for."""
        shown = await self.show(token)
        if _is_meant(self._links.read(token), shown.nomination):
            try:
                await self._carry_out(shown, action, gone)
            except (NoOpenOffer, AlreadyWithdrawn):  # it was answered between the look and the command
                shown = await self.show(token)
            else:
                return await self.show(token)
        require_answered(shown.nomination, action, over=shown.over)
        return shown

    async def _carry_out(self, shown: OpenedLink, action: Decision, gone: Gone) -> None:
        person = shown.nomination.person
        caller = Caller(person, Scope(person=person, names=True))
        command = Decide(shown.nomination.seats_of[0], shown.nomination.id, action, None)
        await self._commands.carry_out(command, CommandKey(new_id(), None), caller, gone)


def _is_meant(link: OfferLink, nomination: Nomination) -> bool:
    """Whether the offer that is open is the one of the link."""
    until = nomination.offered_until
    return nomination.state is OFFERED and until is not None and until.replace(microsecond=0) == link.until
