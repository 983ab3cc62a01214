"""Who is in a post on a day, for features that invite posts. What it says is decided in domain/incumbents.py."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from services.enrolment.directory.domain.incumbents import (
    Acting,
    Incumbents,
    Known,
    Post,
    acting,
    held_by,
    incumbents,
)
from services.enrolment.directory.domain.people import Assignment, Held
from services.enrolment.directory.domain.posts import posts_of
from services.enrolment.directory.domain.units import Unit
from services.enrolment.directory.storage import People, Posts
from shared.rights import Scope


class Officeholders:
    """One per process. Its reads cannot be rolled back."""

    def __init__(self, posts: Posts, people: People) -> None:
        self._posts = posts
        self._people = people

    async def of_people(self, people: Known, posts: Collection[str], day: date) -> Known:
        """The same people, with what they hold of these posts."""
        holdings = await self._posts.of_people(day, people, posts)
        registered = {(one.unit, one.post) for one in people.values() if one.post is not None and one.post in posts}
        recorded = await self._posts.histories(registered) if registered else {}
        return held_by(holdings, people, posts, recorded)

    async def in_office(self, posts: Collection[str], units: Mapping[str, Unit], day: date) -> list[Assignment]:
        """Who is in any of these posts, as one of the unit of the post. Nobody is named."""
        in_force = [unit for unit in units.values() if unit.in_force(day)]
        there = await self.in_posts(
            [(unit.key, post) for unit in in_force for post in posts_of(unit) if post in posts], day
        )
        people = await self._people.assignments({one.person for one in there.values() if one.person is not None})
        return [
            replace(people[one.person], unit=unit, held=(Held(unit, post, one.in_post),))
            for (unit, post), one in there.items()
            if one.person is not None and one.person in people
        ]

    async def acting(self, holding: str, day: date) -> Acting | None:
        """Who acts by this holding, whenever that is, and who was away on this day. None for any other id."""
        known = await self._posts.one(holding, Scope(all=True))
        if known is None:
            return None
        on_day = await self._posts.on(day, {known.unit}, {known.post})
        people = await self._people.assignments({known.person, *(one.person for one in on_day)})
        return acting(known, on_day, people)

    async def acting_of(self, person: str) -> list[Acting]:
        """In which posts this one acts, or did, the last recorded first."""
        return [Acting(one) for one in await self._posts.acting_of(person)]

    async def in_posts(self, asked: Sequence[Post], day: date) -> dict[Post, Incumbents]:
        """Who is in each of these posts."""
        if not asked:
            return {}
        units, posts = {unit for unit, _ in asked}, {post for _, post in asked}
        holdings = await self._posts.on(day, units, posts)
        recorded = await self._posts.histories(asked)
        people = await self._people.assignments({one.person for one in holdings}) if holdings else {}
        unrecorded = {unit for unit, post in asked if (unit, post) not in recorded}
        registered = await self._people.in_post(posts, unrecorded) if unrecorded else []
        return incumbents(asked, holdings, people, registered, recorded)
