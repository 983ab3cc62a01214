"""Who is in which management post, and when: its holder, or somebody who acts. Pure: no clock, ids or I/O.

Of one post there is at most one holder on a day, and at most one who acts. Whoever acts stands before the holder, who
is away then: so an acting person is recorded for just these days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from services.enrolment.directory.domain.people import POSTS, check_post
from services.enrolment.directory.domain.post_refusals import (
    HolderOfOtherOffice,
    InPostAlready,
    PostTaken,
    PredecessorStays,
    ValidityReversed,
)
from services.enrolment.directory.domain.refusals import PersonErased, UnitNotInForce
from services.enrolment.directory.domain.units import Unit, root_unit
from shared.events.directory import InPost, PostFilled, PostFillingRevoked

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Holding:
    """A person in a post from a day to the last one, which is included; None: still."""

    id: str
    unit: str
    post: str
    person: str
    in_post: InPost
    valid_from: date
    valid_to: date | None = None

    @property
    def of(self) -> tuple[str, str]:
        """Which post of which unit."""
        return self.unit, self.post

    def on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def meets(self, other: "Holding") -> bool:
        """Whether there is a day that both have."""
        return self.on(other.valid_from) or other.on(self.valid_from)


@dataclass(frozen=True, slots=True)
class Occupant:
    """What a post asks of a person: the own unit, and that there is still somebody."""

    id: str
    unit: str
    erased: bool = False


class Recorded(StrEnum):
    """What came of it."""

    RECORDED = "RECORDED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True)
class Filling:
    """A post after somebody was recorded in it. `ended` is the predecessor who has a last day now."""

    holding: Holding
    result: Recorded
    ended: Holding | None = None

    @property
    def changed(self) -> tuple[Holding, ...]:
        """Those to be stored, in order."""
        before = () if self.ended is None else (self.ended,)
        return before if self.result is Recorded.UNCHANGED else (*before, self.holding)


def check_holding(new: Holding, unit: Unit, person: Occupant) -> None:
    """What can be said without knowing who else is there. Raises ValidityReversed, UnknownPost, PostNotInUnit,
    UnitNotInForce, PersonErased and HolderOfOtherOffice: who acts may come from elsewhere."""
    check_days(new)
    check_post(new.post, unit)
    if not unit.in_force(new.valid_from):
        raise UnitNotInForce(unit=unit.key, on=new.valid_from.isoformat())
    if person.erased:
        raise PersonErased(person=person.id)
    if new.in_post is InPost.HOLDER and root_unit(person.unit) != root_unit(unit.key):
        raise HolderOfOtherOffice(unit=unit.key)


def check_days(new: Holding) -> None:
    """Raises ValidityReversed."""
    if new.valid_to is not None and new.valid_to < new.valid_from:
        raise ValidityReversed(valid_from=new.valid_from.isoformat(), valid_to=new.valid_to.isoformat())


def fill(known: Iterable[Holding], new: Holding, *, keeps_end: bool = False, confirmed: bool = False) -> Filling:
    """`new` beside all that is `known` of the same post. The same person as the same from the same day on is the same
    holding, with another last day unless it `keeps_end`. A predecessor without a last day gets one when that is
    `confirmed`. Raises PredecessorStays (a question), PostTaken and InPostAlready."""
    known = list(known)
    same = next((one for one in known if _key(one) == _key(new)), None)
    if same is not None:
        new = replace(same, valid_to=same.valid_to if keeps_end else new.valid_to)
    if new == same:
        return Filling(same, Recorded.UNCHANGED)
    others = [one for one in known if one is not same and one.meets(new) and _excludes(one, new)]
    ended = _predecessor(others, new)
    for other in others:
        if other is not ended:
            refusal = InPostAlready if other.person == new.person else PostTaken
            raise refusal(unit=new.unit, post=new.post, days=_days(other))
    if ended is not None and not confirmed:
        raise PredecessorStays(unit=new.unit, post=new.post, since=ended.valid_from.isoformat())
    result = Recorded.RECORDED if same is None else Recorded.CHANGED
    return Filling(new, result, ended and replace(ended, valid_to=new.valid_from - DAY))


def filled(holding: Holding) -> PostFilled:
    return PostFilled(
        unit=holding.unit,
        post=holding.post,
        holding=holding.id,
        person=holding.person,
        in_post=holding.in_post,
        valid_from=holding.valid_from,
        valid_to=holding.valid_to,
    )


def revoked(holding: Holding) -> PostFillingRevoked:
    return PostFillingRevoked(unit=holding.unit, post=holding.post, holding=holding.id)


def posts_of(unit: Unit) -> list[str]:
    """The posts that such a unit has."""
    return [post.code for post in POSTS.values() if unit.kind in post.kinds]


def _key(holding: Holding) -> tuple[str, InPost, date]:
    return holding.person, holding.in_post, holding.valid_from


def _excludes(one: Holding, other: Holding) -> bool:
    """Somebody may act beside a holder who is away, but nobody for himself."""
    return one.in_post is other.in_post or one.person == other.person


def _predecessor(others: Sequence[Holding], new: Holding) -> Holding | None:
    """Who was there before, and for whom nobody has said until when."""
    before = [one for one in others if one.valid_to is None and one.valid_from < new.valid_from]
    return before[0] if len(before) == 1 else None


def _days(holding: Holding) -> str:
    return f"{holding.valid_from}–{holding.valid_to or ''}"
