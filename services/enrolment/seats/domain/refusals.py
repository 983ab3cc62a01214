"""Refusals about seats, each with a stable code, a status and its sentences.

Refused
├── UnknownNomination        NoSeatsForUnit         NotEligible (see catalogue/domain/eligibility.py)
├── AlreadyNominated         AlreadyApproved        AlreadyRejected       AlreadyWithdrawn     NotConfirmed
├── OwnNomination
├── BucketClosed             NominationNotOpen      SubstituteOfOtherUnit UnknownPerson        UnknownRun
└── allocation: UnknownTarget  BangkokHasNoOffice  BucketOutOfScope  SeatsAboveCapacity
                SeatsAboveTarget  SeatsBelowConfirmed  BucketTwice
└── the queue: NotCarriedOut  RunBusy (503 with Retry-After)
"""

from typing import ClassVar

from shared.errors import Refused


class UnknownNomination(
    Refused,
    code="unknown-nomination",
    status=404,
    th="ไม่พบรายการเสนอชื่อนี้ในรุ่นที่ระบุ",
    en="This run has no such nomination.",
):
    pass


class UnknownPerson(
    Refused,
    code="unknown-person",
    status=404,
    th="ไม่พบบุคลากรรายนี้ในทะเบียนหรือในหน่วยงานที่ท่านดูแล โปรดนำเข้าข้อมูลบุคลากรหรือตรวจสอบสังกัดก่อน",
    en="This person is not in the directory, or in no unit that you act for. Please import them or check their unit.",
):
    """Also for who is outside the caller's scope; so are the two others."""


class UnknownRun(
    Refused,
    code="unknown-run",
    status=404,
    th="ไม่พบรุ่นการอบรมนี้",
    en="There is no such run.",
):
    pass


class NoSeatsForUnit(
    Refused,
    code="no-seats-for-unit",
    status=409,
    th="หน่วยงาน {unit} ไม่ได้รับจัดสรรที่นั่งในรุ่นนี้",
    en="The unit {unit} has no seats in this run.",
):
    """The person's unit has no bucket in this run, nor does a pool above it."""


class AlreadyNominated(
    Refused,
    code="already-nominated",
    status=409,
    th="บุคคลนี้ได้รับการเสนอชื่อในรุ่นนี้แล้ว",
    en="This person has already been nominated for this run.",
):
    pass


class AlreadyApproved(
    Refused,
    code="already-approved",
    status=409,
    th="รายการเสนอชื่อนี้ได้รับอนุมัติแล้ว (สถานะ {state})",
    en="This nomination has already been approved (state {state}).",
):
    pass


class AlreadyRejected(
    Refused,
    code="already-rejected",
    status=409,
    th="รายการเสนอชื่อนี้ได้รับการพิจารณาไม่อนุมัติไปแล้ว",
    en="This nomination has already been rejected.",
):
    pass


class AlreadyWithdrawn(
    Refused,
    code="already-withdrawn",
    status=409,
    th="รายการเสนอชื่อนี้มีการสละสิทธิ์หรือถอนชื่อไปแล้ว",
    en="This nomination has already been withdrawn.",
):
    pass


class NotConfirmed(
    Refused,
    code="not-confirmed",
    status=409,
    th="เปลี่ยนตัวได้เฉพาะผู้ที่ได้รับการยืนยันสิทธิ์แล้ว (สถานะปัจจุบัน {state})",
    en="Only a confirmed participant can be replaced (current state: {state}).",
):
    pass


class OwnNomination(
    Refused,
    code="own-nomination",
    status=403,
    th="ผู้ได้รับการเสนอชื่อหรือผู้เสนอชื่อไม่สามารถอนุมัติรายการนี้ด้วยตนเองได้ โปรดให้ผู้มีอำนาจท่านอื่นเป็นผู้อนุมัติ",
    en="Neither the nominated person nor whoever made the nomination can approve it. Please leave it to somebody else.",
):
    """The four eyes of a programme whose `fourEyes` is on."""


class BucketClosed(
    Refused,
    code="run-closed",
    status=409,
    th="รุ่นนี้ปิดแล้ว จึงดำเนินการต่อไม่ได้",
    en="This run is closed.",
):
    pass


class NominationNotOpen(
    Refused,
    code="nomination-not-open",
    status=409,
    th="ขณะนี้ไม่อยู่ในช่วงเวลาเปิดรับการเสนอชื่อของรุ่นนี้",
    en="This run is not open for nominations at present.",
):
    """Before the run was opened, or after its nomination window."""


class SubstituteOfOtherUnit(
    Refused,
    code="substitute-of-other-unit",
    status=409,
    th="ผู้เข้ารับการอบรมแทนต้องเป็นบุคลากรของหน่วยงานเดียวกัน ({unit})",
    en="A substitute must belong to the same unit ({unit}).",
    guards=True,
):
    pass


class UnknownTarget(
    Refused,
    code="unknown-target",
    status=422,
    th="ไม่พบกลุ่มเป้าหมาย {target} ในรุ่นนี้",
    en="This run has no target group {target}.",
):
    pass


class BangkokHasNoOffice(
    Refused,
    code="bangkok-has-no-office",
    status=422,
    th="กรุงเทพมหานครไม่มีสำนักงานจังหวัด จึงจัดสรรที่นั่งของส่วนภูมิภาคให้ไม่ได้",
    en="Bangkok has no provincial office and cannot be given provincial seats.",
):
    pass


class BucketOutOfScope(
    Refused,
    code="bucket-out-of-scope",
    status=422,
    th="หน่วยงาน {unit} ไม่อยู่ในขอบเขตของกลุ่มเป้าหมาย {target}",
    en="The unit {unit} is outside the scope of the target group {target}.",
):
    """A provincial bucket for a central target group, or the other way round."""


class BucketTwice(
    Refused,
    code="bucket-twice",
    status=422,
    th="ระบุหน่วยงาน {unit} ในกลุ่มเป้าหมาย {target} ซ้ำกัน",
    en="The unit {unit} is listed twice for the target group {target}.",
):
    pass


class SeatsAboveCapacity(
    Refused,
    code="seats-above-capacity",
    status=409,
    th="จำนวนที่นั่งรวม {seats} ที่ เกินจำนวนที่รุ่นนี้รับได้ ({capacity} ที่)",
    en="{seats} seats in total exceed the capacity of the run, {capacity}.",
):
    pass


class SeatsAboveTarget(
    Refused,
    code="seats-above-target",
    status=409,
    th="ที่นั่งของกลุ่มเป้าหมาย {target} รวม {seats} ที่ เกินจำนวนที่กำหนด {limit} ที่",
    en="{seats} seats for the target group {target} exceed its limit of {limit}.",
):
    pass


class SeatsBelowConfirmed(
    Refused,
    code="seats-below-confirmed",
    status=409,
    th="ลดที่นั่งของหน่วยงาน {unit} เหลือ {seats} ที่ไม่ได้ เพราะยืนยันสิทธิ์ไปแล้ว {confirmed} ราย",
    en="The seats of the unit {unit} cannot be cut to {seats}: {confirmed} are already confirmed.",
):
    pass


class NotCarriedOut(
    Refused,
    code="not-carried-out",
    status=503,
    th="ขณะนี้มีผู้ใช้งานพร้อมกันเป็นจำนวนมาก ระบบจึงยังไม่ได้ดำเนินการตามคำขอนี้ กรุณาส่งใหม่อีกครั้งในอีกสักครู่",
    en="Too many people are using the system at the moment, and this request was not carried out. "
    "Please send it again shortly.",
):
    """Its turn did not come in time, or there was no room to wait. Nothing has changed, and nothing will."""

    retry_after_seconds: ClassVar[int] = 5


class RunBusy(
    Refused,
    code="run-busy",
    status=503,
    th="ขณะนี้มีคำขอเกี่ยวกับรุ่นนี้เข้ามาพร้อมกันเป็นจำนวนมาก ระบบจึงยังไม่ได้ดำเนินการตามคำขอนี้ กรุณาส่งใหม่อีกครั้งในอีกสักครู่",
    en="Too many requests about this run are waiting, and this one was not carried out. Please send it again shortly.",
):
    """This run has its share of the queue; others are not affected. Nothing has changed, and nothing will."""

    retry_after_seconds: ClassVar[int] = 5
