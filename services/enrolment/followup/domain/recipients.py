"""Who has a task of a deliverable. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from services.enrolment.directory import Unit, bundled, offices_on, place_on
from services.enrolment.followup.domain.deliverables import Asked
from services.enrolment.followup.domain.refusals import NotToBeAssigned
from services.enrolment.seats import Holder
from shared.events.followups import Per
from shared.events.seats import Place


class Recipient(NamedTuple):
    """`whom` tells a task from the others of its deliverable: an office, a group, or a nomination."""

    whom: str
    place: Place
    person: str | None = None


def offices(units: Mapping[str, Unit], day: date) -> list[Recipient]:
    """The provincial offices of that day, by code."""
    return [Recipient(office, place_on(units, office, day)) for office in offices_on(units, day)]


def groups(units: Mapping[str, Unit], day: date) -> list[Recipient]:
    """The province groups of that day by number, each by the office of its hub; where the hub was of another group
    then, by the first office of the group."""
    members: dict[str, list[Recipient]] = {}
    for office in offices(units, day):
        members.setdefault(office.place.group or "", []).append(office)
    found = []
    for group in bundled().groups.values():
        if group.key in members:
            of_group = members[group.key]
            by = next((one for one in of_group if one.place.province == group.hub), of_group[0])
            found.append(Recipient(group.key, by.place))
    return found


def participant(holder: Holder) -> Recipient:
    return Recipient(holder.nomination, holder.place, holder.person)


def places_of(asked: Asked, units: Mapping[str, Unit], day: date) -> list[Recipient]:
    """Of a deliverable per province or group, those that it is for. Raises NotToBeAssigned."""
    all_of_them = groups(units, day) if asked.per is Per.GROUP else offices(units, day)
    known = {one.whom for one in all_of_them}
    unknown = next((whom for whom in asked.only if whom not in known), None)
    if unknown is not None:
        raise NotToBeAssigned(deliverable=asked.key, whom=unknown)
    return [one for one in all_of_them if not asked.only or one.whom in asked.only]
