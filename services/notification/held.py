"""What this service keeps of a person, for whoever it is about: which messages were sent, not the texts, which are made
anew when they are read; and that there is a sealed contact."""

from collections.abc import Callable
from typing import Final

from services.notification.domain import Addressee, Message, inbox_shelf
from services.notification.queries import Queries, Question
from services.notification.storage import Generation
from shared.mongo import Database, Document, translated_calls
from shared.pages import PageRequest, decode_cursor, encode_cursor
from shared.personal import Absent, Item, Kind, Words, listed
from shared.personal.kinds import AT_ONCE, Page, Read

_NEVER: Final = Words("ตลอดไป โดยอ้างอิงด้วยรหัส", "for ever, by id")
ABSENT: Final = (
    Absent(
        Words("ข้อความเต็มของข้อความที่ส่ง", "the texts of messages"),
        Words("จัดทำใหม่เมื่ออ่านในกล่องข้อความ และไม่ได้เก็บไว้", "they are made when they are read in the inbox, and not kept"),
    ),
)


def kinds(database: Database, answering: Callable[[], Generation]) -> tuple[Kind, ...]:
    return (
        Kind(
            "messages",
            Words("ข้อความที่ส่งถึงท่าน", "Messages to you"),
            Words("แจ้งเรื่องการฝึกอบรม และพิสูจน์ว่าแจ้งแล้ว", "to tell people about their training, and to prove it"),
            _NEVER,
            Words("ระบบส่งตามเหตุการณ์ของการฝึกอบรม", "sent by what happens to a training"),
            _messages(database),
        ),
        Kind(
            "contact",
            Words("ช่องทางติดต่อที่เข้ารหัสไว้เพื่อส่งข้อความ", "A sealed contact, to send messages to"),
            Words("ส่งข้อความถึงท่าน", "to reach you"),
            Words("จนกว่าจะลบข้อมูลของบุคคล", "until the person is erased"),
            Words("ทะเบียนบุคลากร ตรงกับข้อมูลของบริการ enrolment", "the register; it is what enrolment has"),
            _contact(answering),
        ),
    )


def _messages(database: Database) -> Read:
    """The newest first: an index has them so."""
    queries = Queries(database)

    async def read(person: str, after: str) -> Page:
        question = Question(({"shelves": inbox_shelf(Addressee.PERSON, person)},))
        page = PageRequest(AT_ONCE, decode_cursor(after) if after else None)
        messages, last = await queries.page(question, page)
        items = [item for one in messages for item in listed(_message(one))]
        return items, None if last is None else encode_cursor(last)

    return read


def _message(one: Message) -> Item:
    told: Item = {"run": one.run, "message": str(one.kind), "state": str(one.state), "createdAt": one.created_at}
    return told | {"channel": one.channel, "sentAt": one.finished_at, "readAt": one.read_at}


def _contact(answering: Callable[[], Generation]) -> Read:
    async def read(person: str, after: str) -> Page:
        with translated_calls():
            row: Document | None = await answering().contacts.find_one({"_id": person}, {"sealed": 1})
        return [{"contact": bool(row.get("sealed"))}] if row is not None else [], None

    return read
