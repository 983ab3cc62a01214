"""Nominations that other features make: commands like any other, with the same checks and answers."""

from functools import lru_cache

from services.enrolment.seats.domain.approvals import steps_of
from services.enrolment.seats.domain.commands import Caller, Nominate
from services.enrolment.seats.domain.from_elsewhere import WantedSeat
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.service.queue import Gone
from services.enrolment.seats.storage.standings import SeatsNow
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.rights import Permission, Principal

__all__ = ["Nominating", "SeatsNow", "caller_of"]


@lru_cache(maxsize=2_000)  # the same few officers in a rush, and three scopes to work out for each
def caller_of(principal: Principal, permission: Permission) -> Caller:
    scope, steps = principal.scope(permission), steps_of(principal)
    return Caller(principal.subject, scope, principal.sees_drafts, principal.counts(), steps)


class Nominating:
    """What features behind this one may do here."""

    def __init__(self, service: SeatService) -> None:
        self._service = service

    async def nominate(
        self, wanted: WantedSeat, key: CommandKey, principal: Principal, permission: Permission, gone: Gone
    ) -> Recorded:
        """As if the caller had nominated, or applied. Raises what that raises."""
        command = Nominate(wanted.run, wanted.person, wanted.rank, wanted.target, wanted.note, new_id())
        return await self._service.carry_out(command, key, caller_of(principal, permission), gone)
