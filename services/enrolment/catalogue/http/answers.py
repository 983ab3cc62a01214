"""What answers about programmes and runs look like."""

from typing_extensions import TypedDict

from services.enrolment.catalogue.domain.description import Kind
from services.enrolment.catalogue.domain.eligibility import TargetScope
from services.enrolment.catalogue.domain.programmes import State
from services.enrolment.catalogue.domain.runs import RunState
from shared.answers import Day, Time
from shared.events.catalogue import Official, Venue


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


class SessionAnswer(TypedDict):
    startsAt: Time
    endsAt: Time
    title: str | None


class RunInProgramme(TypedDict):
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
    offsetSeconds: int
    revision: int


class RunAnswer(RunInProgramme, Warned):
    code: str
    title: str
    fiscalYear: int
    approvalRoute: bool
    fourEyes: bool
    targetGroups: list[TargetAnswer]


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
    approvalRoute: bool
    fourEyes: bool
    createdUnit: str | None


class ProgrammeAnswer(ProgrammeSummary):
    chair: Official | None
    reporter: Official | None
    speakers: list[Official]
    methods: list[str]
    topics: list[str]
    objectives: list[str]
    expectedOutcomes: list[str]
    indicators: list[str]
    planYears: list[int]
    targetGroups: list[TargetAnswer]
    runs: list[RunInProgramme]


class ProgrammeWritten(ProgrammeAnswer, Warned):
    pass


class ClockAnswer(TypedDict):
    run: str
    offsetSeconds: int
