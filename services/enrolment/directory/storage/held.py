"""What the directory keeps of a person, for whoever it is about."""

from typing import Final

from services.enrolment.directory.storage.people import PEOPLE
from services.enrolment.directory.storage.posts import HOLDINGS
from shared.mongo import Database, Document
from shared.personal import Item, Kind, Words, row_of, rows_of

_NAMED: Final = {
    "prefix": "prefix",
    "first_name": "firstName",
    "last_name": "lastName",
    "unit": "unit",
    "position": "position",
    "level": "level",
    "post": "post",
    "email": "email",
    "phone": "phone",
    "birth_date": "birthDate",
    "start_date": "startDate",
    "external_id": "externalId",
    "erased_at": "erasedAt",
}
REGISTER: Final = Words("ทะเบียนบุคลากรที่หน่วยงานนำเข้าจากแฟ้ม", "the files of people that offices import")


def kinds(database: Database) -> tuple[Kind, ...]:
    return (
        Kind(
            "person",
            Words("ข้อมูลบุคคลและช่องทางติดต่อ", "Name, position and addresses"),
            Words(
                "ระบุตัวผู้เข้ารับการฝึกอบรม ตรวจสอบคุณสมบัติ และติดต่อแจ้งเรื่องการฝึกอบรม",
                "to know who is trained, to check who may be, and to tell people about their training",
            ),
            Words("จนกว่าจะลบข้อมูลของบุคคล", "until the person is erased"),
            REGISTER,
            row_of(database[PEOPLE.name], _person),
        ),
        Kind(
            "posts",
            Words("การดำรงตำแหน่งทางการบริหาร", "Management posts"),
            Words("กำหนดผู้เข้ารับการฝึกอบรมโดยตำแหน่ง", "to find who attends for a post"),
            Words("ตลอดไป โดยอ้างอิงด้วยรหัส", "for ever, by id: it is a fact of the office"),
            Words("ทะเบียนตำแหน่งที่หน่วยงานนำเข้าหรือบันทึก", "the register of posts that offices import or write"),
            rows_of(database[HOLDINGS.name], _holding),
        ),
    )


def _person(row: Document) -> Item:
    """Of the citizen id there is a keyed hash, from which nobody reads it."""
    known: Item = {told: row.get(name) for name, told in _NAMED.items()}
    return known | {"id": row["_id"], "citizenIdKnown": row.get("citizen_hash") is not None}


def _holding(row: Document) -> Item:
    days = {"from": row["valid_from"], "until": row.get("valid_to")}
    return {"unit": row["unit"], "post": row["post"], "inPost": row["in_post"], **days}
