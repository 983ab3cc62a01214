"""What answers about programmes and runs look like."""

from typing_extensions import TypedDict

from services.enrolment.catalogue.domain.approval import OnDeadline
from services.enrolment.catalogue.domain.checks import Policy
from services.enrolment.catalogue.domain.description import Kind, OnMove
from services.enrolment.catalogue.domain.eligibility import TargetScope
from services.enrolment.catalogue.domain.programmes import State
from services.enrolment.catalogue.domain.release import ReleaseRule
from services.enrolment.catalogue.domain.runs import RunState
from services.enrolment.catalogue.http.waiting_lists import WaitingListsAnswer
from shared.answers import Day, Time
from shared.events.catalogue import Official, Venue
from shared.events.evaluation import FormKind
from shared.events.seats import Approver


class _Notice(TypedDict):
    code: str
    th: str
    en: str
    cohort: int


class NoticeAnswer(_Notice, total=False):
    """A warning; what it is about depends on its code."""

    date: Day
    holiday: str | None
    run: str
    by: str


class Warned(TypedDict, total=False):
    warnings: list[NoticeAnswer]


class StepAnswer(TypedDict):
    """Without `days` there is no deadline."""

    step: Approver
    days: int | None
    onDeadline: OnDeadline | None


class TargetAnswer(TypedDict):
    key: str
    name: str | None
    scope: TargetScope
    unit: str | None
    levels: list[str]
    posts: list[str]
    positions: list[str]
    seats: int | None
    perUnit: int | None


class CertificateRuleAnswer(TypedDict):
    attendancePct: int
    forms: list[FormKind]


class SessionAnswer(TypedDict):
    startsAt: Time
    endsAt: Time
    title: str | None


class PlannedRun(TypedDict):
    """`releaseAt` null: as the programme has it."""

    id: str
    version: int
    seatsVersion: int
    programme: str
    cohort: int
    state: RunState
    capacity: int
    allocated: int
    startsAt: Time
    endsAt: Time
    sessions: list[SessionAnswer]
    venue: Venue
    opensAt: Time | None
    closesAt: Time | None
    releaseAt: Day | int | None
    offsetSeconds: int
    revision: int
    moving: bool


class RunInProgramme(PlannedRun):
    releaseOn: Day | None
    closeOutDue: Day | None
    closeOutDueFiscalYear: int | None
    closeOutFiledAt: Time | None
    closeOutFiledBy: str | None


class ChecksAnswer(TypedDict):
    eligibility: Policy
    clash: Policy
    calendar: Policy
    venue: Policy
    repeated: Policy
    prerequisite: Policy
    hours: Policy


class Checked(TypedDict):
    checks: ChecksAnswer
    course: str | None
    repeatedYears: int
    prerequisites: list[str]
    waitingLists: WaitingListsAnswer


class WarnedRun(Warned, total=False):
    """`calendarWarnings`: how many of the warnings are about days off."""

    calendarWarnings: int


class RunAnswer(RunInProgramme, Checked, WarnedRun):
    code: str
    title: str
    fiscalYear: int
    approvalRoute: list[StepAnswer]
    fourEyes: bool
    applications: bool
    onMove: OnMove
    closeOutDays: int
    forms: list[FormKind]
    releaseRule: ReleaseRule
    targetGroups: list[TargetAnswer]


class RunRead(RunAnswer):
    """`closeOutOverdue`: by the clock of the run, when it was asked."""

    closeOutOverdue: bool


class RunSummary(PlannedRun):
    """What lists return; `code` and `title` are the programme's."""

    code: str
    title: str
    fiscalYear: int


class ProgrammeSummary(TypedDict):
    id: str
    version: int
    state: State
    code: str
    title: str
    fiscalYear: int
    kind: Kind
    organiser: str | None
    frameworkTags: list[str]
    totalSeats: int | None
    approvalRoute: list[StepAnswer]
    fourEyes: bool
    applications: bool
    onMove: OnMove
    closeOutDays: int
    forms: list[FormKind]
    releaseAt: Day | int | None
    releaseRule: ReleaseRule
    reminders: list[str]
    createdUnit: str | None


class ProgrammeAnswer(ProgrammeSummary, Checked):
    chair: Official | None
    reporter: Official | None
    speakers: list[Official]
    methods: list[str]
    topics: list[str]
    objectives: list[str]
    expectedOutcomes: list[str]
    indicators: list[str]
    planYears: list[int]
    certificate: CertificateRuleAnswer | None
    targetGroups: list[TargetAnswer]
    runs: list[RunInProgramme]


class ProgrammeWritten(ProgrammeAnswer, Warned):
    pass


class ClockAnswer(TypedDict):
    run: str
    offsetSeconds: int
