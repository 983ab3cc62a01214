"""What this service tells of one person: the kinds of all features. A part of the composition root; a test finds what a
collection has of people and no kind tells (tests/integration/erasure/test_export.py)."""

from typing import Final

from fastapi import APIRouter

from services.enrolment.attendance.storage import held as attendance
from services.enrolment.catalogue.storage.headings import RunHeadings
from services.enrolment.certificates.storage import held as certificates
from services.enrolment.dependencies import Dependencies
from services.enrolment.directory.storage import People
from services.enrolment.directory.storage import held as directory
from services.enrolment.evaluation.storage import held as evaluation
from services.enrolment.followup.storage import held as followup
from services.enrolment.plans.storage import held as plans
from services.enrolment.seats.storage import held as seats
from services.enrolment.seats.storage.of_people import NominationsOfPeople
from services.enrolment.workshop.storage import held as workshop
from shared.errors import NotFound
from shared.personal import Absent, Kind, Words
from shared.personal.acts import acts
from shared.personal.routes import Exports, export_routes
from shared.rights import Scope
from shared.sealing import KeyRing

ABSENT: Final = (
    Absent(
        Words("คำตอบแบบประเมินที่ไม่ระบุตัวตน", "anonymous answers"),
        Words(
            "ระบบแยกคำตอบออกจากผู้ตอบตั้งแต่รับ จึงไม่มีผู้ใดรวมทั้งระบบทราบว่าคำตอบใดเป็นของท่าน",
            "they are kept apart from who gave them, so nobody, the system included, knows which are yours",
        ),
    ),
    Absent(
        Words("แนวคิดของกลุ่ม", "ideas of groups"),
        Words("เป็นผลงานของกลุ่ม และไม่ได้บันทึกว่าผู้ใดเขียน", "they are the group's, and nothing says who wrote them"),
    ),
    Absent(
        Words("ชื่อที่ลงหน้างานแต่ยังไม่จับคู่กับผู้ใด", "names at the door that nobody has matched"),
        Words("ยังไม่ทราบว่าเป็นชื่อของผู้ใด และจะลบเมื่อครบกำหนด", "nobody knows whose they are; they go in time"),
    ),
    Absent(
        Words("รหัสของเจ้าหน้าที่และผู้พิจารณา", "who decided, recorded or read"),
        Words("เป็นข้อมูลของบุคคลอื่น", "they are data of other people"),
    ),
    Absent(
        Words("สำเนาทางเทคนิค", "technical copies"),
        Words(
            "เหตุการณ์และคิวส่งมีเพียงรหัส ส่วนช่องทางติดต่อในนั้นเข้ารหัสและตรงกับที่แสดงไว้",
            "events and queues have ids; contacts in them are sealed, and the same as here",
        ),
    ),
)


def export(given: Dependencies) -> APIRouter:
    store, runtime = given.store, given.runtime
    people, headings = People(store), RunHeadings(store)

    async def require(person: str, scope: Scope) -> None:
        if await people.one(person, Scope(all=True)) is None:
            raise NotFound()

    async def title_of(run: str) -> str | None:
        heading = await headings.of(run)
        return None if heading is None else heading.title

    return export_routes(Exports(runtime, kinds(given), ABSENT, require, title_of), given.press)


def kinds(given: Dependencies) -> tuple[Kind, ...]:
    store, settings = given.store, given.settings
    days = settings.nomination_text_days
    ring = KeyRing.parse(settings.contact_keys)
    return (
        *directory.kinds(store),
        *seats.kinds(store, text_days=days),
        *attendance.kinds(store, NominationsOfPeople(store), text_days=days),
        *workshop.kinds(store),
        *evaluation.kinds(store, ring, answer_days=settings.evaluation_answer_days),
        *certificates.kinds(store, text_days=days),
        *followup.kinds(store, evidence_days=settings.follow_up_days, text_days=days),
        *plans.kinds(store, text_days=settings.plan_text_days),
        acts(store, days=settings.security_log_days),
    )
