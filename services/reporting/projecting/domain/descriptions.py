"""What programmes, runs and units are called and planned for: the newest fact of an aggregate describes it. Pure.

How seats are counted depends on none of this: a run is reported from its seats before its title has arrived.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from services.reporting.projecting.domain.certificates import Issue
from services.reporting.projecting.domain.evaluations import Evaluated
from services.reporting.projecting.domain.nominations import Impossible
from services.reporting.projecting.domain.workshops import Workshop
from shared.events.catalogue import (
    USUAL_CLOSE_OUT_DAYS,
    ProgrammeApproved,
    ProgrammeCancelled,
    ProgrammeClosed,
    ProgrammeCreated,
    ProgrammeFact,
    ProgrammePublished,
    ProgrammeReopened,
    ProgrammeRevised,
    ProgrammeSubmitted,
    RunCancelled,
    RunClockSet,
    RunClosed,
    RunCloseOutFiled,
    RunFact,
    RunOpened,
    RunReopened,
    RunScheduled,
)
from shared.events.directory import UnitRegistered
from shared.events.envelope import Envelope

CANCELLED = "CANCELLED"

PROGRAMME_STATES: Mapping[type[ProgrammeFact], str] = {
    ProgrammeCreated: "DRAFT",
    ProgrammeRevised: "DRAFT",
    ProgrammeSubmitted: "SUBMITTED",
    ProgrammeApproved: "APPROVED",
    ProgrammePublished: "PUBLISHED",
    ProgrammeClosed: "CLOSED",
    ProgrammeReopened: "PUBLISHED",
    ProgrammeCancelled: CANCELLED,
}
# None: planning a run anew neither opens nor closes it, nor does what is filed after its end.
RUN_STATES: Mapping[type[RunFact], str | None] = {
    RunScheduled: None,
    RunOpened: "OPEN",
    RunClosed: "CLOSED",
    RunReopened: "OPEN",
    RunCloseOutFiled: None,
    RunCancelled: CANCELLED,
}


class Programme(NamedTuple):
    """`last` is the system time of the newest event, here and below."""

    id: str
    code: str
    title: str
    fiscal_year: int
    organiser: str | None
    kind: str | None
    framework_tags: tuple[str, ...]
    state: str
    last: datetime


class Run(NamedTuple):
    """`close_out_filed_at` is business time."""

    id: str
    programme: str
    code: str
    title: str
    fiscal_year: int
    cohort: int
    capacity: int
    starts_at: datetime
    ends_at: datetime
    offset_seconds: int
    state: str
    last: datetime
    close_out_days: int = USUAL_CLOSE_OUT_DAYS
    close_out_filed_at: datetime | None = None


class Membership(NamedTuple):
    """A province in a group and region; the last day is excluded."""

    group: str
    region: str
    valid_from: str
    valid_to: str | None


class Unit(NamedTuple):
    """Dates are ISO text: they are compared with days, never with instants."""

    id: str
    name_th: str
    name_en: str
    province: str | None
    province_th: str | None
    province_en: str | None
    memberships: tuple[Membership, ...]
    valid_from: str | None
    valid_to: str | None
    last: datetime


Description = Programme | Run | Unit | Evaluated | Workshop | Issue


def fold_programme(known: Programme | None, event: ProgrammeFact, envelope: Envelope) -> Programme:
    kind, tags = (known.kind, known.framework_tags) if known is not None else (None, ())
    if isinstance(event, ProgrammeCreated | ProgrammeRevised):
        kind, tags = event.kind, event.framework_tags
    return Programme(
        id=event.programme,
        code=event.code,
        title=event.title,
        fiscal_year=event.fiscal_year,
        organiser=event.organiser,
        kind=kind,
        framework_tags=tags,
        state=PROGRAMME_STATES[type(event)],
        last=envelope.time,
    )


def fold_run(known: Run | None, event: RunFact | RunClockSet, envelope: Envelope) -> Run:
    """Raises Impossible for a clock of a run that nobody planned."""
    if isinstance(event, RunClockSet):
        if known is None:
            raise Impossible("the run was never planned")
        return known._replace(offset_seconds=event.offset_seconds, last=envelope.time)
    before = known.state if known is not None else "PLANNED"
    filed = known.close_out_filed_at if known is not None else None
    return Run(
        id=event.run,
        programme=event.programme,
        code=event.code,
        title=event.title,
        fiscal_year=event.fiscal_year,
        cohort=event.cohort,
        capacity=event.capacity,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        offset_seconds=event.offset_seconds,
        state=RUN_STATES[type(event)] or before,
        last=envelope.time,
        close_out_days=event.close_out_days,
        close_out_filed_at=event.filed_at if isinstance(event, RunCloseOutFiled) else filed,
    )


def fold_unit(event: UnitRegistered, envelope: Envelope) -> Unit:
    return Unit(
        id=event.unit,
        name_th=event.name_th,
        name_en=event.name_en,
        province=event.province,
        province_th=event.province_th,
        province_en=event.province_en,
        memberships=tuple(
            Membership(member.group, member.region, member.valid_from.isoformat(), _iso(member.valid_to))
            for member in event.memberships
        ),
        valid_from=_iso(event.valid_from),
        valid_to=_iso(event.valid_to),
        last=envelope.time,
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
