"""Request bodies of programmes and runs, and the domain's values made from them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from services.enrolment.catalogue.domain.description import Description, Kind
from services.enrolment.catalogue.domain.eligibility import TargetGroup, TargetScope
from services.enrolment.catalogue.domain.refusals import FiscalYearMissing
from services.enrolment.catalogue.domain.schedule import Proposal
from shared.bodies import Body
from shared.events.catalogue import Official, Session, Venue
from shared.thai import fiscal_year
from shared.values import FiscalYear, Line, Moment, Text, Title

MOST_SEATS = 100_000
MOST_ITEMS = 50
MOST_RUNS = 50
MOST_OFFSET = 2_300_000_000  # seconds, some 73 years: no moment that calendars do not know
Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\w./-]+$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
Lines = Annotated[tuple[Line, ...], Field(max_length=MOST_ITEMS)]
Texts = Annotated[tuple[Text, ...], Field(max_length=MOST_ITEMS)]
Words = Annotated[tuple[Word, ...], Field(max_length=MOST_ITEMS)]
Seats = Annotated[int, Field(ge=1, le=MOST_SEATS)]


class OfficialBody(Body):
    name: Line
    position: Line | None = None
    on_behalf_of: Line | None = None

    def official(self) -> Official:
        return Official(**self.model_dump())


class VenueBody(Body):
    name: Line | None = None
    room: Line | None = None
    floor: Line | None = None
    building: Line | None = None
    site: Line | None = None
    district: Line | None = None
    province_code: Annotated[str, StringConstraints(max_length=2, pattern=r"^[0-9]{2}$")] | None = None

    def venue(self) -> Venue:
        return Venue(**self.model_dump())


class SessionBody(Body):
    starts_at: Moment
    ends_at: Moment
    title: Line | None = None


class TargetBody(Body):
    """`unit` is a function of provincial offices (`PO.HR`) or a unit with all below it."""

    key: Word
    scope: TargetScope
    name: Line | None = None
    unit: Word | None = None
    levels: Words = ()
    posts: Words = ()
    positions: Lines = ()
    seats: Seats | None = None
    per_unit: Seats | None = None

    def target(self) -> TargetGroup:
        return TargetGroup(**dict(self))


class RunBody(Body):
    """`startsAt` defaults to the first session, `endsAt` to the last one or else to the end of office hours."""

    cohort: Annotated[int, Field(ge=1, le=999)] | None = None
    capacity: Seats
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    sessions: Annotated[tuple[SessionBody, ...], Field(max_length=MOST_ITEMS)] = ()
    venue: VenueBody = VenueBody()
    opens_at: Moment | None = None
    closes_at: Moment | None = None

    @model_validator(mode="after")
    def _starts(self) -> "RunBody":
        if self.starts_at is None and not self.sessions:
            raise ValueError("startsAt or sessions")
        return self

    def proposal(self) -> Proposal:
        sessions = tuple(Session(**session.model_dump()) for session in self.sessions)
        return Proposal(
            capacity=self.capacity,
            starts_at=self.starts_at or min(session.starts_at for session in sessions),
            ends_at=self.ends_at,
            cohort=self.cohort,
            sessions=sessions,
            venue=self.venue.venue(),
            opens_at=self.opens_at,
            closes_at=self.closes_at,
        )


class DescriptionBody(Body):
    """`fiscalYear` defaults to that of the first run."""

    code: Code
    title: Title
    kind: Kind
    fiscal_year: FiscalYear | None = None
    organiser: Word | None = None
    chair: OfficialBody | None = None
    reporter: OfficialBody | None = None
    speakers: Annotated[tuple[OfficialBody, ...], Field(max_length=MOST_ITEMS)] = ()
    methods: Words = ()
    topics: Lines = ()
    objectives: Texts = ()
    expected_outcomes: Texts = ()
    indicators: Texts = ()
    framework_tags: Words = ()
    plan_years: Annotated[tuple[FiscalYear, ...], Field(max_length=MOST_ITEMS)] = ()
    target_groups: Annotated[tuple[TargetBody, ...], Field(max_length=MOST_ITEMS)] = ()
    total_seats: Seats | None = None
    approval_route: bool = True
    four_eyes: bool = True

    def described(self, fiscal_year: int) -> Description:
        """`fiscal_year` is used when the body has none."""
        copied = {name: value for name, value in self if name in _COPIED}
        return Description(
            **copied,
            fiscal_year=self.fiscal_year or fiscal_year,
            chair=None if self.chair is None else self.chair.official(),
            reporter=None if self.reporter is None else self.reporter.official(),
            speakers=tuple(speaker.official() for speaker in self.speakers),
            target_groups=tuple(target.target() for target in self.target_groups),
        )


_COPIED = frozenset(DescriptionBody.model_fields) - {
    "fiscal_year",
    "chair",
    "reporter",
    "speakers",
    "target_groups",
}


class ProgrammeBody(DescriptionBody):
    """A programme, with its runs if they are known already."""

    runs: Annotated[tuple[RunBody, ...], Field(max_length=MOST_RUNS)] = ()

    def drafted(self) -> tuple[Description, list[Proposal]]:
        """Raises FiscalYearMissing. Whether a given year agrees with the runs is checked run by run."""
        proposals = [run.proposal() for run in self.runs]
        if self.fiscal_year is None and not proposals:
            raise FiscalYearMissing()
        derived = [fiscal_year(proposal.starts_at) for proposal in proposals]
        return self.described(min(derived, default=0)), proposals


class CommandBody(Body):
    """The reason is optional, stored with the programme and never published."""

    reason: Text | None = None


class ClockBody(Body):
    """Either the offset of the run's time from system time, or the run's time now."""

    offset_seconds: Annotated[int, Field(ge=-MOST_OFFSET, le=MOST_OFFSET)] | None = None
    business_now: Moment | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "ClockBody":
        if (self.offset_seconds is None) == (self.business_now is None):
            raise ValueError("offsetSeconds or businessNow")
        return self

    def offset(self, now: datetime) -> int:
        if self.business_now is None:
            return self.offset_seconds or 0
        return round((self.business_now - now).total_seconds())
