"""The groups of a run: made by the rule or empty, people moved and exchanged by hand, locked; and what follows when
seats change. Pure.

Nobody is in two groups of a run, and in none without a seat, as soon as what happened to seats was looked at.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from services.enrolment.seats import Holder
from services.enrolment.workshop.domain.dealing import Candidate, add, deal
from services.enrolment.workshop.domain.refusals import (
    GroupFull,
    GroupsAreLocked,
    GroupsInUse,
    GroupTooLarge,
    MoreGroupsThanPeople,
    NobodyToGroup,
    NoGroups,
    NotInGroup,
    SameGroup,
    TooManyToGroup,
    UnknownGroup,
)
from services.enrolment.workshop.domain.scoring import Scoring
from shared.events import workshops as events
from shared.events.seats import Place
from shared.events.workshops import MOST_MEMBERS, GroupMember, LeftBecause, PlacedBy, Spread, WorkshopFact

MOST_PEOPLE: Final = 2_000
MOST_GROUPS: Final = 200


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with, or lately with, a seat. `group` None: in none any more."""

    nomination: str
    run: str
    person: str
    target: str
    bucket_unit: str
    place: Place
    group: int | None = None
    by: PlacedBy = PlacedBy.HAND

    @classmethod
    def of(cls, holder: Holder) -> "Member":
        return cls(holder.nomination, holder.run, holder.person, holder.target, holder.bucket_unit, holder.place)


@dataclass(frozen=True, slots=True)
class Workshop:
    """One run. `sizes` are of its groups, in the order of their numbers; none: nobody has made groups. `seq` is the
    sequence of its last event, `turn` counts what else was written, `stood` is where the seats stood when they were
    looked at last. `ideas` counts those that were not given up, `written` all that were ever begun."""

    run: str
    programme: str
    fiscal_year: int
    seq: int = 0
    turn: int = 0
    sizes: tuple[int, ...] = ()
    spread: tuple[Spread, ...] = ()
    locked: bool = False
    stood: int = 0
    ideas: int = 0
    written: int = 0
    scoring: Scoring | None = None

    def require_group(self, group: int) -> None:
        """Raises NoGroups and UnknownGroup."""
        if not self.sizes:
            raise NoGroups()
        if not 1 <= group <= len(self.sizes):
            raise UnknownGroup(group=group)

    def require_open(self) -> None:
        """Raises NoGroups and GroupsAreLocked."""
        if not self.sizes:
            raise NoGroups()
        if self.locked:
            raise GroupsAreLocked()

    def advanced(self, facts: Sequence[WorkshopFact], **changes: object) -> "Workshop":
        return replace(self, seq=self.seq + len(facts), **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The workshop, those whose group is another, and what happened, in order."""

    workshop: Workshop
    members: Mapping[str, Member] = field(default_factory=dict)
    events: tuple[WorkshopFact, ...] = ()


def candidate(member: Member, spread: Sequence[Spread], levels: Mapping[str, str]) -> Candidate:
    """`levels` by person. An office is a provincial office or a central unit with all that is below it."""
    traits = {
        Spread.UNIT: member.place.unit.partition(".")[0],
        Spread.LEVEL: levels.get(member.person, ""),
        Spread.TARGET: member.target,
        Spread.REGION: member.place.region or "",
    }
    return Candidate(member.nomination, tuple(traits[one] for one in spread))


def make(
    workshop: Workshop,
    members: Mapping[str, Member],
    holders: Sequence[Holder],
    groups: int,
    spread: Sequence[Spread],
    levels: Mapping[str, str],
    *,
    by_rule: bool,
) -> Outcome:
    """`members` are all who are in groups now, `holders` all who have a seat. `by_rule` False: so many empty groups.
    Raises GroupsAreLocked, GroupsInUse, NobodyToGroup, TooManyToGroup, MoreGroupsThanPeople and GroupTooLarge."""
    _require_makeable(workshop, len(holders), groups)
    people = {one.nomination: members.get(one.nomination) or Member.of(one) for one in holders}
    made = events.GroupsMade(**_of(workshop), sizes=(0,) * groups, spread=tuple(spread))
    begun = workshop.advanced([made], sizes=made.sizes, spread=tuple(spread))
    out = {key: replace(one, group=None) for key, one in (people | dict(members)).items() if key in members}
    if not by_rule:
        return Outcome(begun, out, (made,))
    dealt = deal([candidate(one, spread, levels) for one in people.values()], groups)
    placed = {key: replace(people[key], group=group, by=PlacedBy.RULE) for key, group in dealt.items()}
    before = {key: one.group for key, one in members.items()}
    after, facts = _placed(begun, placed, before, PlacedBy.RULE, last=True)
    return Outcome(after, out | placed, (made, *facts))


def put(workshop: Workshop, member: Member, group: int) -> Outcome:
    """Somebody with a seat into a group, out of any other. Raises NoGroups, GroupsAreLocked, UnknownGroup,
    GroupFull and TooManyToGroup."""
    workshop.require_open()
    workshop.require_group(group)
    if member.group == group:
        return Outcome(workshop)
    if workshop.sizes[group - 1] >= MOST_MEMBERS:
        raise GroupFull(group=group, most=MOST_MEMBERS)
    if member.group is None and sum(workshop.sizes) >= MOST_PEOPLE:
        raise TooManyToGroup(most=MOST_PEOPLE)
    return _moved(workshop, {member.nomination: member}, {member.nomination: group}, PlacedBy.HAND)


def exchange(workshop: Workshop, one: Member, other: Member) -> Outcome:
    """Each into the group of the other. Raises NoGroups, GroupsAreLocked, NotInGroup and SameGroup."""
    workshop.require_open()
    if one.group is None or other.group is None:
        raise NotInGroup()
    if one.group == other.group:
        raise SameGroup()
    both = {one.nomination: one, other.nomination: other}
    return _moved(workshop, both, {one.nomination: other.group, other.nomination: one.group}, PlacedBy.EXCHANGE)


def lock(workshop: Workshop, *, locked: bool) -> Outcome:
    """Locked again it stays as it is. Raises NoGroups."""
    if not workshop.sizes:
        raise NoGroups()
    if workshop.locked is locked:
        return Outcome(workshop)
    kind = events.GroupsLocked if locked else events.GroupsUnlocked
    fact = kind(**_of(workshop), sizes=workshop.sizes)
    return Outcome(workshop.advanced([fact], locked=locked), {}, (fact,))


def settle(
    workshop: Workshop,
    members: Mapping[str, Member],
    here: Mapping[str, Holder],
    holders: Sequence[Holder],
    levels: Mapping[str, str],
) -> Outcome:
    """What follows from what happened to seats. `members` are all who are in groups, `here` those of their nominations
    that are of this run still, `holders` all who have a seat. Who takes over a seat takes over the place in the group,
    locked or not; who gets one otherwise goes where there is most room, unless the groups are locked."""
    gone = {key: one for key, one in members.items() if key not in here or not here[key].seated}
    facts: list[WorkshopFact] = []
    after = workshop
    for because in LeftBecause:
        some = [one for key, one in gone.items() if (key in here) is (because is LeftBecause.SEAT_LOST)]
        after, left = _left(after, some, because)
        facts += left
    changed = {key: replace(one, group=None) for key, one in gone.items()}
    new = [one for one in holders if one.nomination not in members]
    heirs = {one.nomination: gone[one.replaces].group for one in new if one.replaces in gone}
    came = {one.nomination: Member.of(one) for one in new}
    stay = {key: one for key, one in members.items() if key not in gone}
    for groups, by in ((heirs, PlacedBy.SUBSTITUTION), (None, PlacedBy.SEAT)):
        if groups is None:
            rest = [one for key, one in came.items() if key not in heirs]
            groups = {} if workshop.locked else _room(after, stay, rest, levels)
        placed = {key: replace(came[key], group=group, by=by) for key, group in groups.items()}
        after, more = _placed(after, placed, {}, by)
        facts, stay, changed = [*facts, *more], stay | placed, changed | placed
    return Outcome(after, changed, tuple(facts))


def _room(
    workshop: Workshop, stay: Mapping[str, Member], new: Sequence[Member], levels: Mapping[str, str]
) -> dict[str, int | None]:
    """Nobody is placed where all groups are full: the organiser sees who is in none."""
    known = {key: candidate(one, workshop.spread, levels) for key, one in stay.items()}
    where = {key: one.group for key, one in stay.items() if one.group is not None}
    room = min(len(workshop.sizes) * MOST_MEMBERS, MOST_PEOPLE) - sum(workshop.sizes)
    some = [candidate(one, workshop.spread, levels) for one in sorted(new, key=lambda one: one.nomination)[:room]]
    return {**add(where, known, some, len(workshop.sizes))}


def _require_makeable(workshop: Workshop, people: int, groups: int) -> None:
    if workshop.locked:
        raise GroupsAreLocked()
    if workshop.ideas:
        raise GroupsInUse()
    if not people:
        raise NobodyToGroup()
    if people > MOST_PEOPLE:
        raise TooManyToGroup(most=MOST_PEOPLE)
    if groups > people:
        raise MoreGroupsThanPeople(people=people)
    if people > groups * MOST_MEMBERS:
        raise GroupTooLarge(most=MOST_MEMBERS)


def _moved(workshop: Workshop, members: Mapping[str, Member], groups: Mapping[str, int], by: PlacedBy) -> Outcome:
    placed = {key: replace(members[key], group=group, by=by) for key, group in groups.items()}
    after, facts = _placed(workshop, placed, {key: one.group for key, one in members.items()}, by, leaving=True)
    return Outcome(after, placed, tuple(facts))


def _placed(
    workshop: Workshop,
    placed: Mapping[str, Member],
    before: Mapping[str, int | None],
    by: PlacedBy,
    *,
    last: bool = False,
    leaving: bool = False,
) -> tuple[Workshop, list[WorkshopFact]]:
    """`leaving`: `before` still counts in the sizes."""
    facts: list[WorkshopFact] = []
    ordered, sizes = sorted(placed.values(), key=lambda one: (one.group or 0, one.nomination)), workshop.sizes
    for page in _pages(ordered):
        came = Counter(one.group for one in page)
        left = Counter(before.get(one.nomination) for one in page) if leaving else Counter[int | None]()
        sizes = tuple(size + came[number] - left[number] for number, size in enumerate(sizes, start=1))
        people = tuple(told_of(one, one.group or 0, before.get(one.nomination)) for one in page)
        facts.append(events.GroupMembersPlaced(**_of(workshop), sizes=sizes, by=by, members=people))
    if last and facts:
        facts[-1] = facts[-1].model_copy(update={"last": True})
    return workshop.advanced(facts, sizes=sizes), facts


def _left(workshop: Workshop, members: Sequence[Member], because: LeftBecause) -> tuple[Workshop, list[WorkshopFact]]:
    facts: list[WorkshopFact] = []
    sizes = workshop.sizes
    for page in _pages(sorted(members, key=lambda one: one.nomination)):
        left = Counter(one.group for one in page)
        sizes = tuple(size - left[number] for number, size in enumerate(sizes, start=1))
        people = tuple(told_of(one, one.group or 0) for one in page)
        facts.append(events.GroupMembersLeft(**_of(workshop), sizes=sizes, because=because, members=people))
    return workshop.advanced(facts, sizes=sizes), facts


def _pages(members: Iterable[Member]) -> list[list[Member]]:
    numbered = enumerate(members)
    return [[one for _, one in page] for _, page in groupby(numbered, key=lambda row: row[0] // MOST_MEMBERS)]


def told_of(one: Member, group: int, before: int | None = None) -> GroupMember:
    """As events have it."""
    return GroupMember(
        nomination=one.nomination,
        person=one.person,
        target=one.target,
        bucket_unit=one.bucket_unit,
        place=one.place,
        group=group,
        before=before,
    )


def _of(workshop: Workshop) -> dict[str, object]:
    return {"programme": workshop.programme, "run": workshop.run, "fiscal_year": workshop.fiscal_year}
