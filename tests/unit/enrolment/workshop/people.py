"""People of a run, and a run's groups, for tests."""

from collections.abc import Iterable
from dataclasses import replace

from services.enrolment.seats import Holder
from services.enrolment.workshop.domain.groups import Member, Outcome, Workshop, make
from shared.events.seats import NominationState, Place
from shared.events.workshops import Spread

RUN = "run"
UNITS = ("PERS", "DRI.A", "DRI.B", "PO-50.HR", "PO-95")
EMPTY = Workshop(RUN, "programme", 2567)
BOTH = (Spread.UNIT, Spread.LEVEL)


def holder(number: int, unit: str = "PERS", **more: object) -> Holder:
    place = Place(unit=unit, province=None, group=None, region="CENTRAL")
    state = NominationState.CONFIRMED
    known = Holder(f"n{number:04}", RUN, f"p{number:04}", "ALL", "OPS", place, state)
    return replace(known, **more)  # type: ignore[arg-type]


def holders(count: int, units: tuple[str, ...] = UNITS) -> list[Holder]:
    return [holder(number, units[number % len(units)]) for number in range(count)]


def made(people: Iterable[Holder], groups: int, workshop: Workshop = EMPTY, **levels: str) -> Outcome:
    return make(workshop, {}, list(people), groups, BOTH, levels, by_rule=True)


def in_groups(outcome: Outcome) -> dict[str, Member]:
    return {key: one for key, one in outcome.members.items() if one.group is not None}
