"""Certificates one at a time: revoked with a reason, or issued anew in place of one that is not right."""

from dataclasses import replace

from services.enrolment.catalogue import Course
from services.enrolment.certificates.domain import registers
from services.enrolment.certificates.domain.certificates import Certificate
from services.enrolment.certificates.domain.refusals import CertificateNameErased, UnknownCertificate
from services.enrolment.certificates.domain.registers import Draft
from services.enrolment.certificates.http.responses import changed_response
from services.enrolment.certificates.service.issuing import Sources, new_code, wording_of
from services.enrolment.certificates.storage import Certificates
from shared.clock import business
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Scope
from shared.write import CommandResult, UnitOfWork


class Keeping:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, store: Certificates, sources: Sources) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._sources = sources

    async def revoke(self, key: CommandKey, run: str, id: str, reason: str, scope: Scope) -> Recorded:
        """Raises UnknownCertificate, CertificateRevokedAlready and CertificateReplaced."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            course, before = await self._load(run, id, scope, session)
            at = business(recorder.now, course.offset_seconds)
            register = await self._store.register(before.register, session)
            after_register, after, events = registers.revoke(register, before, reason, at)
            recorder.record(events, after=register.seq, offset_seconds=course.offset_seconds)
            recorder.note("revoke", "certificate", id)
            await self._store.write_register(register, after_register, session)
            await self._store.update(after, before, recorder.now, session)
            return CommandResult(changed_response(after))

        return await self._units_of_work.carry_out(key, work)

    async def reissue(self, key: CommandKey, run: str, id: str, reason: str, scope: Scope) -> Recorded:
        """With what is right now: name, title and organiser are read anew. Raises UnknownCertificate,
        CertificateReplaced and CertificateNameErased."""
        new, code, units = new_id(), new_code(), await self._sources.units.units()

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            course, before = await self._load(run, id, scope, session)
            person = (await self._sources.people.by_ids([before.person], session)).get(before.person)
            if person is None or person.erased:
                raise CertificateNameErased()
            draft = replace(_draft_of(before, new, code), wording=wording_of(person, course, units))
            made_room = await self._make_room(before, draft, reason, course, session, recorder)
            issued = await self._issue(draft, course, session, recorder)
            recorder.note("reissue", "certificate", id)
            await self._store.update(made_room, before, recorder.now, session)
            await self._store.insert([issued], session)
            return CommandResult(changed_response(issued), 201)

        return await self._units_of_work.carry_out(key, work)

    async def _load(self, run: str, id: str, scope: Scope, session: Session) -> tuple[Course, Certificate]:
        course = await self._sources.courses.one(run, session)
        if course is None:
            raise NotFound()
        found = await self._store.one(run, id, scope, session)
        if found is None:
            raise UnknownCertificate()
        return course, found

    async def _make_room(
        self,
        before: Certificate,
        draft: Draft,
        reason: str,
        course: Course,
        session: Session,
        recorder: EventRecorder,
    ) -> Certificate:
        at = business(recorder.now, course.offset_seconds)
        register = await self._store.register(before.register, session)
        after_register, after, events = registers.put_in_place(register, before, draft, reason, at)
        if events:
            recorder.record(events, after=register.seq, offset_seconds=course.offset_seconds)
            await self._store.write_register(register, after_register, session)
        return after

    async def _issue(self, draft: Draft, course: Course, session: Session, recorder: EventRecorder) -> Certificate:
        """In the register of now, which may be that of another year."""
        at = business(recorder.now, course.offset_seconds)
        register = await self._store.register(registers.register_of(course.organiser, at), session)
        after, (issued,), events = registers.issue(register, [draft], at)
        recorder.record(events, after=register.seq, offset_seconds=course.offset_seconds)
        await self._store.write_register(register, after, session)
        return issued


def _draft_of(one: Certificate, id: str, code: str) -> Draft:
    """The same person in the same seat."""
    return Draft(
        id=id,
        code=code,
        run=one.run,
        programme=one.programme,
        nomination=one.nomination,
        person=one.person,
        target=one.target,
        bucket_unit=one.bucket_unit,
        place=one.place,
        wording=one.wording,
        replaces=one.id,
    )
