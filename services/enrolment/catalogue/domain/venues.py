"""The check of the venue: the same room or hall twice at the same time. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.enrolment.catalogue.domain.notices import Notice
from services.enrolment.catalogue.domain.runs import Plan
from services.enrolment.catalogue.domain.spans import Span, overlap
from shared.events.catalogue import Session, Venue
from shared.thai import normalise


@dataclass(frozen=True)
class Neighbour:
    """Another run, perhaps at the same place."""

    run: str
    title: str
    sessions: tuple[Session, ...]
    venue: Venue


def taken(plan: Plan, neighbours: Sequence[Neighbour]) -> list[Notice]:
    """One for each of the neighbours that have a session at the same place and time."""
    spans = _spans(plan.sessions)
    return [
        Notice("venue-taken", {"cohort": plan.cohort, "run": other.run, "by": other.title})
        for other in neighbours
        if is_same_place(plan.venue, other.venue) and overlap(spans, _spans(other.sessions))
    ]


def is_same_place(venue: Venue, other: Venue) -> bool:
    """Whatever one of them leaves out may be what the other says."""
    key = place_key(venue)
    if key is None or key != place_key(other):
        return False
    pairs = ((venue.name, other.name), (venue.floor, other.floor))
    return all(not one or not two or _plain(one) == _plain(two) for one, two in pairs)


def place_key(venue: Venue) -> str | None:
    """What all ways to name the same room or hall have in common: a room is told by its building and site, any other
    place by its name. None when the venue names neither."""
    if not (venue.name or venue.room):
        return None
    name = None if venue.room and (venue.building or venue.site) else venue.name
    parts = (name, venue.room, venue.building, venue.site, venue.province_code)
    return "|".join(_plain(part or "") for part in parts)


def _plain(text: str) -> str:
    return normalise(text).replace(" ", "").casefold()


def _spans(sessions: Iterable[Session]) -> list[Span]:
    return [(session.starts_at, session.ends_at) for session in sessions]
