"""Issues what is due in a run: asked for once, then page by page behind the command.

Each page is one transaction: numbers, certificates, events and how far it is. So whatever ends the process, no number
is missing and none is given twice, and the next process goes on where this one was. Two that work on the same run, or
on the same register, conflict; one of them begins its page anew.
"""

import asyncio
import secrets
from base64 import b32encode
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from services.enrolment.catalogue import CertificateRule, Course
from services.enrolment.certificates.domain import registers
from services.enrolment.certificates.domain.certificates import Wording
from services.enrolment.certificates.domain.due import ERASED, Findings, Share, lacks
from services.enrolment.certificates.domain.refusals import (
    CertificatesOfCancelledRun,
    CertificatesTooEarly,
    NoCertificates,
)
from services.enrolment.certificates.domain.registers import Draft
from services.enrolment.certificates.domain.tasks import MOST_PER_PAGE, Issue, ended, once_more, requested, went_on
from services.enrolment.certificates.http.responses import issue_response
from services.enrolment.certificates.storage import Certificates
from services.enrolment.directory import OPS, Unit
from services.enrolment.evaluation import FormKind
from services.enrolment.seats import Holder
from shared.clock import business
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import DuplicateKey, Session, StoreUnavailable
from shared.runtime import Runtime
from shared.thai import Name, last_local_date, local_date
from shared.worker import Worker
from shared.write import CommandResult, UnitOfWork

LOOK_EVERY_SECONDS: Final = 5.0
LEAST_PER_PAGE: Final = 10
CODE_BYTES: Final = 15  # 120 bits


class Courses(Protocol):
    """The catalogue's runs."""

    async def one(self, run: str, session: Session | None = None) -> Course | None: ...


class Seated(Protocol):
    """Who has a seat."""

    async def page(self, run: str, after: str, limit: int, session: Session | None = None) -> list[Holder]: ...


class Named(Protocol):
    """A person of the directory."""

    prefix: str
    first_name: str
    last_name: str
    erased: bool


class People(Protocol):
    async def by_ids(self, people: Collection[str], session: Session) -> Mapping[str, Any]: ...


class Units(Protocol):
    async def units(self) -> Mapping[str, Unit]: ...


class Attendance(Protocol):
    async def shares(self, run: str, persons: Sequence[str]) -> Mapping[str, Share]: ...


class Evaluation(Protocol):
    async def answered(self, run: str, form: FormKind, persons: Collection[str]) -> Collection[str]: ...


@dataclass(frozen=True)
class Sources:
    """What is asked of other features."""

    courses: Courses
    seated: Seated
    people: People
    units: Units
    attendance: Attendance
    evaluation: Evaluation


@dataclass(frozen=True)
class _Page:
    """What was looked at before the transaction: the people of one page, and what they lack."""

    issue: Issue
    lacking: Mapping[str, str | None]
    last: str | None
    codes: tuple[str, ...]


def new_code() -> str:
    """What a certificate is found by without rights: 24 signs that nobody guesses."""
    return b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower()


class Issuing:
    """One per process. `at_once`: people of one page."""

    def __init__(self, units_of_work: UnitOfWork, store: Certificates, sources: Sources) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._sources = sources
        self._worker = Worker("certificates", self._sweep, every=LOOK_EVERY_SECONDS)
        self.at_once = MOST_PER_PAGE

    def attach(self, runtime: Runtime) -> None:
        self._worker.attach(runtime)

    async def request(self, key: CommandKey, run: str, by: str) -> Recorded:
        """Raises NotFound, and the refusals about issuing."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            course = await self._sources.courses.one(run, session)
            self._require(course, recorder)
            before = await self._store.issue(run, session)
            after = requested(before, run, by, recorder.now)
            if after is not before:
                await self._store.write_issue(before, after, session)
                recorder.note("issue-certificates", "run", run)
            return CommandResult(issue_response(after), 202)

        answer = await self._units_of_work.carry_out(key, work)
        self._worker.wake()
        return answer

    def _require(self, course: Course | None, recorder: EventRecorder) -> None:
        if course is None or not course.opened:
            raise NotFound()
        if course.rule is None:
            raise NoCertificates()
        if course.cancelled:
            raise CertificatesOfCancelledRun()
        if not course.over(recorder.now):
            raise CertificatesTooEarly()

    async def _sweep(self, stopping: asyncio.Event) -> bool:
        """Every run whose certificates are being issued, to its end."""
        run = await self._store.next_running("")
        while run is not None and not stopping.is_set():
            while not stopping.is_set() and await self.step(run):
                pass
            run = await self._store.next_running(run)
        return False

    async def step(self, run: str) -> bool:
        """A page of one run; whether there is more to do."""
        issue, course = await self._store.issue(run), await self._sources.courses.one(run)
        if issue is None or not issue.running or course is None or course.rule is None:
            return False
        page = await self._look(issue, course.rule)
        units = await self._sources.units.units()

        async def work(session: Session, recorder: EventRecorder) -> bool:
            return await self._page(page, course, units, session, recorder)

        try:
            more = await self._units_of_work.commit(work, again_after=(DuplicateKey,))
        except StoreUnavailable:  # perhaps it was too much for one transaction
            self.at_once = max(LEAST_PER_PAGE, self.at_once // 2)
            raise
        self.at_once = min(MOST_PER_PAGE, self.at_once * 2)
        return more

    async def _look(self, issue: Issue, rule: CertificateRule) -> _Page:
        """Outside the transaction: it may take a while, and what is found is taken only of who still has a seat."""
        after, sources = issue.after or "", self._sources
        holders = await sources.seated.page(issue.run, after, self.at_once + 1)
        people = [one.person for one in holders[: self.at_once]]
        shares: Mapping[str, Share] = {}
        if rule.attendance_pct:
            shares = await sources.attendance.shares(issue.run, people)
        answered: dict[str, Collection[str]] = {
            form: await sources.evaluation.answered(issue.run, form, people) for form in rule.forms
        }
        found = Findings(shares, answered)
        more = len(holders) > self.at_once
        return _Page(
            issue,
            {person: lacks(rule, person, found) for person in people},
            holders[self.at_once - 1].nomination if more else None,
            tuple(new_code() for _ in people),
        )

    async def _page(
        self, page: _Page, course: Course, units: Mapping[str, Unit], session: Session, recorder: EventRecorder
    ) -> bool:
        before = await self._store.claim(page.issue, session)
        if before is None:
            return True  # another process was faster
        holders = await self._sources.seated.page(course.run, before.after or "", self.at_once, session)
        seated = [one for one in holders if one.person in page.lacking]
        held = await self._store.holding(course.run, [one.person for one in seated], session)
        people = await self._sources.people.by_ids([one.person for one in seated], session)
        lacking: Counter[str] = Counter()
        drafts: list[Draft] = []
        for code, holder in zip(page.codes, (one for one in seated if one.person not in held), strict=False):
            person, missing = people.get(holder.person), page.lacking[holder.person]
            if person is None or person.erased:
                missing = ERASED
            if missing is None and person is not None:
                drafts.append(_draft(holder, course, wording_of(person, course, units), code))
            elif missing is not None:
                lacking[missing] += 1
        reached = await self._issue(drafts, course, session, recorder)
        counts = {"seen": len(seated), "issued": len(drafts), "held": len(held)}
        after = went_on(before, page.last, counts, lacking, recorder.now, reached)
        if not after.running:
            told = ended(after, course.programme, course.fiscal_year)
            recorder.record([told], after=before.seq, offset_seconds=course.offset_seconds)
            after = once_more(after)
        await self._store.write_issue(before, after, session)
        return after.running

    async def _issue(
        self, drafts: Sequence[Draft], course: Course, session: Session, recorder: EventRecorder
    ) -> dict[str, int]:
        """How far the register has come."""
        if not drafts:
            return {}
        at = business(recorder.now, course.offset_seconds)
        register = await self._store.register(registers.register_of(course.organiser, at), session)
        after, issued, events = registers.issue(register, drafts, at)
        recorder.record(events, after=register.seq, offset_seconds=course.offset_seconds)
        await self._store.write_register(register, after, session)
        await self._store.insert(issued, session)
        return {after.id: after.seq}


def _draft(holder: Holder, course: Course, wording: Wording, code: str) -> Draft:
    return Draft(
        id=new_id(),
        code=code,
        run=course.run,
        programme=course.programme,
        nomination=holder.nomination,
        person=holder.person,
        target=holder.target,
        bucket_unit=holder.bucket_unit,
        place=holder.place,
        wording=wording,
    )


def wording_of(person: Named, course: Course, units: Mapping[str, Unit]) -> Wording:
    """As it is now."""
    organiser = units.get(course.organiser or OPS)
    return Wording(
        name=Name(person.prefix, person.first_name, person.last_name).formal,
        title=course.title,
        issuer=organiser.name_th if organiser is not None else course.organiser or OPS,
        starts_on=local_date(course.starts_at),
        ends_on=last_local_date(course.ends_at),
    )
