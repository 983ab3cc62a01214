"""Nominations ex officio: who is to be nominated, and who has come after whom. What is nominated goes through the queue
like everything else, and is decided there anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from services.enrolment.catalogue import OfferedRun
from services.enrolment.directory import Incumbents
from services.enrolment.seats.domain.commands import Caller
from services.enrolment.seats.domain.ex_officio import (
    Invited,
    Post,
    Succession,
    invited_posts,
    plan,
    successions,
    target_with_posts,
    to_take_over,
)
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.moving import day_of
from services.enrolment.seats.domain.refusals import UnknownRun
from services.enrolment.seats.service.batch import OfferedRuns, Units
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.ex_officio import NominationsExOfficio
from shared.mongo import translated_calls

MOST_POSTS: Final = 500  # in one call: each may become a command


class Incumbency(Protocol):
    """The directory's posts."""

    async def in_posts(self, asked: Sequence[Post], day: date) -> Mapping[Post, Incumbents]: ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """`next`: behind which post to go on; None at the end."""

    invited: Sequence[Invited]
    vacant: Sequence[Post]
    next: Post | None


class ExOfficio:
    """One per process."""

    def __init__(
        self, seats: Seats, nominations: NominationsExOfficio, runs: OfferedRuns, units: Units, posts: Incumbency
    ) -> None:
        self._seats = seats
        self._nominations = nominations
        self._runs = runs
        self._units = units
        self._posts = posts

    async def proposal(self, run: str, target: str, caller: Caller, after: Post | None) -> Proposal:
        """Of the next posts behind `after`, in the units of the caller that have seats. Raises UnknownRun,
        UnknownTarget and TargetWithoutPosts."""
        offered = await self._offered(run, caller)
        group, day = target_with_posts(offered, target), day_of(offered.starts_at)
        units = await self._units.units()
        buckets = {bucket.id for bucket in await self._seats.buckets_of(run)}
        every = invited_posts(run, group, units.values(), buckets, caller.scope, day)
        left = [post for post in every if after is None or post > after]
        asked = left[:MOST_POSTS]
        there = await self._posts.in_posts(asked, day)
        invited, vacant = plan(asked, there, await self._nominations.of_posts(run, asked), run)
        return Proposal(invited, vacant, asked[-1] if len(left) > MOST_POSTS else None)

    async def successions(
        self, run: str, caller: Caller, after: tuple[str, str] | None, limit: int
    ) -> tuple[list[Succession], Nomination | None]:
        """Of the next `limit` nominations ex officio those whose person is not in the post any more, and whom somebody
        may come after; and the last of these that were looked at, None at the end. Raises UnknownRun."""
        offered = await self._offered(run, caller)
        found = await self._nominations.page(run, caller.scope, after, limit)
        live = [one for one in found[:limit] if one.live]
        asked = sorted({(one.ex_officio.unit, one.ex_officio.post) for one in live if one.ex_officio is not None})
        there = await self._posts.in_posts(asked, day_of(offered.starts_at))
        gone = successions(live, there)
        with translated_calls():
            people = [one.now.person for one in gone if one.now.person is not None]
            standing = await self._seats.live_of(run, people, None) if people else {}
        return to_take_over(gone, standing), found[limit - 1] if len(found) > limit else None

    async def _offered(self, run: str, caller: Caller) -> OfferedRun:
        offered = await self._runs.offered(run)
        if offered is None or not (offered.opened or caller.drafts):
            raise UnknownRun(run=run)
        return offered
