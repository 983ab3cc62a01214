"""What-if: how the seats of a run may be divided. Reads what the rules go by, and stores nothing."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.enrolment.catalogue import OfferedRun, TargetGroup
from services.enrolment.directory import Assignment, Unit
from services.enrolment.seats.domain.allocation_refusals import NoLastYear
from services.enrolment.seats.domain.asks import Ask, Combination, Rule, asks_of, check_asks, needs_people
from services.enrolment.seats.domain.moving import day_of
from services.enrolment.seats.domain.proposals import Known, Proposal, propose
from services.enrolment.seats.domain.refusals import UnknownRun
from services.enrolment.seats.service.batch import OfferedRuns, Units
from services.enrolment.seats.storage.taken import SeatsTaken
from shared.mongo import translated_calls

Counted = Sequence[tuple[Assignment, int]]


class PlannedRuns(OfferedRuns, Protocol):
    """The catalogue's runs, with the version of their seats."""

    async def seats_version(self, run: str) -> int | None: ...


class RunsBefore(Protocol):
    """The catalogue's runs of the year before."""

    async def runs_before(self, run: str) -> list[str]: ...


class People(Protocol):
    """The directory's people, counted."""

    async def counted(self, levels: Sequence[str], *, positions: bool) -> Counted: ...


class Officeholders(Protocol):
    """The directory's posts."""

    async def in_office(self, posts: Collection[str], units: Mapping[str, Unit], day: date) -> Sequence[Assignment]: ...


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal, the rules that made it, and the run with the version of its seats by then."""

    run: OfferedRun
    version: int
    asks: Sequence[Ask]
    proposal: Proposal


class Proposals:
    """One per process."""

    def __init__(
        self,
        runs: PlannedRuns,
        units: Units,
        people: People,
        posts: Officeholders,
        runs_before: RunsBefore,
        taken: SeatsTaken,
    ) -> None:
        self._runs = runs
        self._units = units
        self._people = people
        self._posts = posts
        self._runs_before = runs_before
        self._taken = taken

    async def propose(self, run: str, given: Combination | Sequence[Ask]) -> Proposed:
        """Raises UnknownRun, NoLastYear, and the refusals of check_asks and propose."""
        with translated_calls():
            offered = await self._runs.offered(run)
        version = await self._runs.seats_version(run)
        if offered is None or version is None:
            raise UnknownRun(run=run)
        units = await self._units.units()
        asks = asks_of(given, offered.targets) if isinstance(given, Combination) else given
        check_asks(asks, offered.targets, units)
        groups = {target.key: target for target in offered.targets}
        day = day_of(offered.starts_at)
        known = Known(units, day, await self._people_of(asks, groups, units, day), await self._used(run, asks))
        # Beside the loop: the kinds of people times the rules may be many.
        proposal = await asyncio.to_thread(propose, asks, offered.targets, offered.capacity, known)
        return Proposed(offered, version, asks, proposal)

    async def _people_of(
        self, asks: Sequence[Ask], groups: Mapping[str, TargetGroup], units: Mapping[str, Unit], day: date
    ) -> dict[str, Counted]:
        """By target group; groups that ask for the same people share a count."""
        counts: dict[tuple[tuple[str, ...], tuple[str, ...], bool], Counted] = {}
        people: dict[str, Counted] = {}
        for ask in asks:
            group = groups[ask.target]
            if needs_people(ask, group):
                kind = group.posts, group.levels, bool(group.positions)
                if kind not in counts:
                    counts[kind] = await self._counted(group, units, day)
                people[ask.target] = counts[kind]
        return people

    async def _counted(self, group: TargetGroup, units: Mapping[str, Unit], day: date) -> Counted:
        if group.posts:
            return [(one, 1) for one in await self._posts.in_office(group.posts, units, day)]
        return await self._people.counted(group.levels, positions=bool(group.positions))

    async def _used(self, run: str, asks: Sequence[Ask]) -> dict[str, Mapping[str, int]]:
        """By target group of the same key, in the run that is named or else in those of the same programme then."""
        used: dict[str, Mapping[str, int]] = {}
        for ask in asks:
            if ask.rule is Rule.BY_LAST_YEAR:
                taken = await self._taken.by_unit(await self._before(run, ask))
                used[ask.target] = taken.get(ask.target, {})
        return used

    async def _before(self, run: str, ask: Ask) -> list[str]:
        if ask.like is None:
            if not (runs := await self._runs_before.runs_before(run)):
                raise NoLastYear()
            return runs
        if await self._runs.seats_version(ask.like) is None:
            raise UnknownRun(run=ask.like)
        return [ask.like]
