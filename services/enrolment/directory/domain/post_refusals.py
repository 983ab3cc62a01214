"""Refusals about who is in a post.

Refused
├── of a whole file: PostColumnsMissing
├── of what is said: PersonNotKnown  UnitWithoutOffice  KindUnknown  ValidityReversed  HolderOfOtherOffice
├── beside what is known: PostTaken  InPostAlready
├── asked before it is recorded: PredecessorStays
└── who is in a post now: SeveralRegistered
"""

from services.enrolment.directory.domain.refusals import ColumnsMissing
from shared.errors import Refused


class PostColumnsMissing(
    ColumnsMissing,
    code="post-columns-missing",
    status=422,
    th="ไฟล์นี้ขาดคอลัมน์ที่จำเป็น: {listed} (ต้องมีหน่วยงาน ตำแหน่งทางการบริหาร วันที่เริ่ม และรหัสบุคลากรหรือเลขประจำตัวประชาชน) "
    "แถวหัวตารางที่พบคือ “{read}”",
    en="Columns are missing: {listed}. A row needs a unit, a post, a first day, and an id of the person. "
    "The header was “{read}”.",
):
    """Details: columns, listed, read (the row that came nearest to a header)."""


class PersonNotKnown(
    Refused,
    code="person-not-known",
    status=422,
    th="ไม่พบบุคคลนี้ในทะเบียน หรือบุคคลนี้ไม่ได้สังกัดหน่วยงานที่ท่านรับผิดชอบ กรุณาตรวจสอบรหัสบุคลากร หรือนำเข้ารายชื่อบุคลากรก่อน",
    en="This person is not in the register, or not in a unit that you are responsible for. Please check the id, or "
    "import the person first.",
):
    """Without what was sent: it may be a citizen id."""


class UnitWithoutOffice(
    Refused,
    code="unit-without-office",
    status=422,
    th="“{unit}” ไม่มีสำนักงานจังหวัด จึงไม่มีตำแหน่งทางการบริหารของสำนักงานจังหวัด",
    en="“{unit}” has no provincial office, and so no post of one.",
):
    """Bangkok. Details: unit."""


class KindUnknown(
    Refused,
    code="in-post-unknown",
    status=422,
    th="ไม่เข้าใจ “{text}” กรุณาระบุ ดำรงตำแหน่ง หรือ รักษาราชการแทน",
    en="“{text}” is neither HOLDER nor ACTING.",
):
    """Details: text."""


class ValidityReversed(
    Refused,
    code="validity-reversed",
    status=422,
    th="วันสิ้นสุด ({valid_to}) อยู่ก่อนวันเริ่มดำรงตำแหน่ง ({valid_from})",
    en="The last day ({valid_to}) is before the first one ({valid_from}).",
):
    """Details: valid_from, valid_to."""


class HolderOfOtherOffice(
    Refused,
    code="holder-of-other-office",
    status=422,
    th="บุคคลนี้สังกัดหน่วยงานอื่น จึงยังบันทึกเป็นผู้ดำรงตำแหน่งของ {unit} ไม่ได้ กรุณาปรับปรุงสังกัดก่อน หรือบันทึกเป็นผู้รักษาราชการแทน",
    en="This person belongs to another office than {unit}. Please move the person first, or record an acting one.",
):
    """Details: unit."""


class PostTaken(
    Refused,
    code="post-taken",
    status=409,
    th="ในช่วงเวลานี้มีผู้อื่นอยู่ในตำแหน่ง {post} ของ {unit} แล้ว ({days}) ตำแหน่งหนึ่งมีผู้ดำรงตำแหน่งและผู้รักษาราชการแทนได้คราวละหนึ่งคน",
    en="Somebody else is in the post {post} of {unit} in that time ({days}). A post has one "
    "holder, and one who acts, at a time.",
):
    """Details: unit, post, days (of the other one)."""


class InPostAlready(
    Refused,
    code="in-post-already",
    status=409,
    th="ช่วงเวลานี้ซ้อนกับช่วงเวลาที่บุคคลเดียวกันอยู่ในตำแหน่ง {post} ของ {unit} แล้ว ({days})",
    en="This overlaps the time in which the same person is in the post {post} of {unit} already ({days}).",
):
    """Details: unit, post, days (as recorded)."""


class PredecessorStays(
    Refused,
    code="predecessor-stays",
    status=409,
    th="ตำแหน่ง {post} ของ {unit} มีผู้อยู่ในตำแหน่งตั้งแต่ {since} โดยยังไม่ระบุวันสิ้นสุด ระบบจึงยังไม่บันทึก "
    "หากผู้นั้นพ้นตำแหน่งในวันก่อนหน้าผู้มาใหม่ กรุณายืนยัน หรือบันทึกวันสิ้นสุดที่ถูกต้องก่อน",
    en="Somebody is in the post {post} of {unit} since {since}, and no last day is known: nothing was recorded. Please "
    "confirm if that ends on the day before, or record the right last day first.",
):
    """Details: unit, post, since."""


class SeveralRegistered(
    Refused,
    code="post-several-registered",
    status=409,
    th="ทะเบียนบุคลากรระบุผู้ดำรงตำแหน่ง {post} ของ {unit} ไว้หลายคน กรุณาบันทึกผู้ดำรงตำแหน่งที่ถูกต้อง",
    en="The register of people names several holders of the post {post} of {unit}. Please record the right one.",
):
    """Details: unit, post."""
