"""Who is in a post on a day: the one truth of it, for eligibility and for nominations ex officio. Pure.

A post of which anything was ever recorded is known by its holdings alone. Of a post without any history the register of
people tells, where a person may have a post as well: so a ministry that keeps no holdings goes on as before, and an
office that records one person is asked there from then on.

Whoever acts stands before the holder. A holder who has moved to another office holds the post no longer, and nobody who
was erased is in any: holdings are kept all the same, as facts of the office.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.enrolment.directory.domain.people import Assignment, Held
from services.enrolment.directory.domain.posts import Holding
from services.enrolment.directory.domain.units import root_unit
from shared.events.directory import InPost

Post = tuple[str, str]  # unit and code
Known = Mapping[str, Assignment]


@dataclass(frozen=True, slots=True)
class Incumbents:
    """In a post on a day: one person, or nobody (`person` None), or `several`, as the register of people says."""

    person: str | None = None
    in_post: InPost = InPost.HOLDER
    several: bool = False


VACANT = Incumbents()


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who acts in a post, and the holder who is away on a day; None: the post is vacant then, or nobody has
    asked about a day."""

    holding: Holding
    holder: str | None = None


def held_by(holdings: Iterable[Holding], people: Known, posts: Collection[str], recorded: Collection[Post]) -> Known:
    """The same people with what they hold of these posts. `holdings` are of one day; `recorded` are posts that have a
    history."""
    held: dict[str, list[Held]] = {}
    for holding in holdings:
        if holding.person in people and _is_there(holding, people[holding.person]):
            held.setdefault(holding.person, []).append(Held(*holding.of, holding.in_post))
    for person, assignment in people.items():
        is_named = assignment.post in posts and not assignment.erased
        if is_named and _registered_at(assignment) not in recorded:
            held.setdefault(person, []).append(Held(*_registered_at(assignment), InPost.HOLDER))
    return {person: assignment.holding(held.get(person, ())) for person, assignment in people.items()}


def incumbents(
    asked: Iterable[Post],
    holdings: Iterable[Holding],
    people: Known,
    registered: Sequence[tuple[str, Assignment]],
    recorded: Collection[Post],
) -> dict[Post, Incumbents]:
    """`people` are those of the holdings, which are of one day; `registered` are whom the register of people names."""
    there: dict[Post, Incumbents] = {}
    for holding in sorted(holdings, key=lambda one: one.in_post is InPost.ACTING):
        if holding.person in people and _is_there(holding, people[holding.person]):
            there[holding.of] = Incumbents(holding.person, holding.in_post)
    for person, assignment in registered:
        if not assignment.erased and (post := _registered_at(assignment)) not in recorded:
            there[post] = Incumbents(several=True) if post in there else Incumbents(person)
    return {post: there.get(post, VACANT) for post in asked}


def acting(holding: Holding, on_day: Iterable[Holding], people: Known) -> Acting | None:
    """`on_day` are the holdings of the same post on a day. None for a holder, and for who was erased."""
    there = [one for one in (holding, *on_day) if one.person in people and _is_there(one, people[one.person])]
    if holding.in_post is not InPost.ACTING or holding not in there:
        return None
    return Acting(holding, next((one.person for one in there if one.in_post is InPost.HOLDER), None))


def _is_there(holding: Holding, person: Assignment) -> bool:
    if person.erased:
        return False
    return holding.in_post is InPost.ACTING or root_unit(person.unit) == root_unit(holding.unit)


def _registered_at(assignment: Assignment) -> Post:
    return assignment.unit, assignment.post or ""
