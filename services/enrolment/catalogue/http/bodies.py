"""Request bodies of programmes and runs, and the domain's values made from them."""

from datetime import datetime
from math import ceil
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from services.enrolment.catalogue.domain.approval import MOST_STEPS
from services.enrolment.catalogue.domain.checks import DEFAULTS, Checks, Policy
from services.enrolment.catalogue.domain.description import REPEATED_YEARS, Description, Kind, OnMove
from services.enrolment.catalogue.domain.eligibility import TargetGroup, TargetScope
from services.enrolment.catalogue.domain.refusals import FiscalYearMissing
from services.enrolment.catalogue.domain.release import ReleaseRule
from services.enrolment.catalogue.domain.rules_of_certificates import CertificateRule
from services.enrolment.catalogue.domain.schedule import LOSABLE, Proposal
from services.enrolment.catalogue.http.steps import StepBody, route
from services.enrolment.catalogue.http.waiting_lists import WaitingListsBody
from shared.bodies import Body
from shared.events.catalogue import USUAL_CLOSE_OUT_DAYS, USUAL_REMINDERS, Official, Session, Venue
from shared.events.evaluation import FormKind
from shared.events.seats import Approver
from shared.thai import fiscal_year
from shared.values import OR_DAY, FiscalYear, Line, Moment, Text, Title, WrittenDay

MOST_SEATS = 100_000
MOST_ITEMS = 50
MOST_RUNS = 50
MOST_YEARS = 20
MOST_PREREQUISITES = 5
MOST_CLOSE_OUT_DAYS = 365
MOST_RELEASE_DAYS = 365
MOST_REMINDERS = 5
MOST_OFFSET = 2_300_000_000  # seconds, some 73 years: no moment that calendars do not know
Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\w./-]+$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
Lines = Annotated[tuple[Line, ...], Field(max_length=MOST_ITEMS)]
Texts = Annotated[tuple[Text, ...], Field(max_length=MOST_ITEMS)]
Words = Annotated[tuple[Word, ...], Field(max_length=MOST_ITEMS)]
_LOSABLE = f"({'|'.join(sorted(LOSABLE))})"
Dropped = Annotated[str, StringConstraints(max_length=64, pattern=rf"^{_LOSABLE}(,{_LOSABLE})*$")]
# A day, or how many days before the first day of the run.
ReleaseAtBody = Annotated[Annotated[int, Field(ge=1, le=MOST_RELEASE_DAYS)] | WrittenDay, OR_DAY]
Seats = Annotated[int, Field(ge=1, le=MOST_SEATS)]
Reminder = Annotated[str, StringConstraints(max_length=4, pattern=r"^D-([1-9]|[12][0-9]|30)$")]


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


class ChecksBody(Body):
    """What is checked, and what follows. `calendar` and `venue` are judged when a run is made or moved; the others when
    somebody is nominated."""

    eligibility: Policy = DEFAULTS.eligibility
    clash: Policy = DEFAULTS.clash
    calendar: Policy = DEFAULTS.calendar
    venue: Policy = DEFAULTS.venue
    repeated: Policy = DEFAULTS.repeated
    prerequisite: Policy = DEFAULTS.prerequisite
    hours: Policy = DEFAULTS.hours

    def checks(self) -> Checks:
        return Checks(**dict(self))


class CertificateBody(Body):
    """Who gets a certificate: whoever was there for so many per cent of the minutes, and has answered these forms."""

    attendance_pct: Annotated[int, Field(ge=0, le=100)] = 0
    forms: Annotated[tuple[FormKind, ...], Field(max_length=len(FormKind))] = ()

    def rule(self) -> CertificateRule:
        return CertificateRule(self.attendance_pct, tuple(dict.fromkeys(self.forms)))


class RunBody(Body):
    """`startsAt` defaults to the first session, `endsAt` to the last one or else to the end of office hours."""

    cohort: Annotated[int, Field(ge=1, le=999)] | None = None
    capacity: Seats
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    sessions: Annotated[tuple[SessionBody, ...], Field(max_length=MOST_ITEMS)] | None = None
    venue: VenueBody | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    release_at: ReleaseAtBody | None = None

    @model_validator(mode="after")
    def _starts(self) -> "RunBody":
        if self.starts_at is None and not self.sessions:
            raise ValueError("startsAt or sessions")
        return self

    def unsaid(self, dropped: str) -> frozenset[str]:
        """What a run may have and this body says nothing of, not even null; `dropped` are said in the query."""
        said = {RunBody.model_fields[name].alias for name in self.model_fields_set}
        return LOSABLE - said - frozenset(dropped.split(","))

    def proposal(self) -> Proposal:
        sessions = tuple(Session(**session.model_dump()) for session in self.sessions or ())
        return Proposal(
            capacity=self.capacity,
            starts_at=self.starts_at or min(session.starts_at for session in sessions),
            ends_at=self.ends_at,
            cohort=self.cohort,
            sessions=sessions,
            venue=Venue() if self.venue is None else self.venue.venue(),
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            release_at=self.release_at,
        )


class DescriptionBody(Body):
    """`fiscalYear` defaults to that of the first run. `course` is what several programmes teach: any text that all of
    them give, as the code of the first; without it only the runs of this programme are the same course.
    `prerequisites`: courses of which people are to have a certificate, for the check of that name.
    `approvalRoute` holds words or steps; `[]`: no approval. `releaseAt`: the day on which unclaimed seats are released
    by `releaseRule`, or how many days before the run; a run may have one of its own. `reminders`: as `D-7`, to whoever
    has a seat; `[]`: none."""

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
    approval_route: Annotated[tuple[Approver | StepBody, ...], Field(max_length=MOST_STEPS)] = (Approver.SUPERVISOR,)
    four_eyes: bool = True
    applications: bool = True
    checks: ChecksBody = ChecksBody()
    course: Code | None = None
    repeated_years: Annotated[int, Field(ge=1, le=MOST_YEARS)] = REPEATED_YEARS
    prerequisites: Annotated[tuple[Code, ...], Field(max_length=MOST_PREREQUISITES)] = ()
    on_move: OnMove = OnMove.STAY
    close_out_days: Annotated[int, Field(ge=1, le=MOST_CLOSE_OUT_DAYS)] = USUAL_CLOSE_OUT_DAYS
    forms: Annotated[tuple[FormKind, ...], Field(max_length=len(FormKind))] = ()
    certificate: CertificateBody | None = None
    waiting_lists: WaitingListsBody = WaitingListsBody()
    release_at: ReleaseAtBody | None = None
    release_rule: ReleaseRule = ReleaseRule.WAITING_ORDER
    reminders: Annotated[tuple[Reminder, ...], Field(max_length=MOST_REMINDERS)] = USUAL_REMINDERS

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
            checks=self.checks.checks(),
            approval_route=route(self.approval_route),
            certificate=None if self.certificate is None else self.certificate.rule(),
            waiting_lists=self.waiting_lists.waiting_lists(),
            reminders=tuple(dict.fromkeys(self.reminders)),
        )


_COPIED = frozenset(DescriptionBody.model_fields) - {
    "fiscal_year",
    "chair",
    "reporter",
    "speakers",
    "target_groups",
    "checks",
    "approval_route",
    "certificate",
    "waiting_lists",
    "reminders",
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
    """The reason is optional, stored with the programme or the run and never published."""

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
        return ceil((self.business_now - now).total_seconds())  # what is due then is due at once
