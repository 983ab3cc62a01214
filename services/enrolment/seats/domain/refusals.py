"""Refusals about seats, each with a stable code, a status and its sentences.

Refused
├── UnknownNomination        NoSeatsForUnit         NotEligible (see catalogue/domain/eligibility.py)
├── AlreadyNominated         SubstituteWaits        AlreadyApproved       AlreadyRejected      AlreadyWithdrawn
├── NotConfirmed             OwnNomination          NoApplications  (people who have moved: transfer_refusals.py)
├── BucketClosed             NominationNotOpen      SubstituteOfOtherUnit UnknownPerson        UnknownRun
├── RunNotStarted            NoFreeSeat             RunStarted, RunEnded, RunCancelled (catalogue)
├── UnknownTarget, TargetWithoutPosts, and how many seats a unit has: allocation_refusals.py
├── who approves, and why not: approval_refusals.py
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
    th="หน่วยงาน {unit} ไม่ได้รับจัดสรรที่นั่งในรุ่นนี้ หากต้องการเสนอชื่อ โปรดขอให้ผู้จัดจัดสรรที่นั่งให้หน่วยงาน หรือให้ส่วนรวม",
    en="The unit {unit} has no seats in this run. The organiser can give seats to it, or to a pool (PO or OPS).",
):
    """The person's unit has no bucket in this run, nor does a pool above it."""


class AlreadyNominated(
    Refused,
    code="already-nominated",
    status=409,
    th="บุคคลนี้ได้รับการเสนอชื่อในรุ่นนี้แล้ว โปรดตรวจสอบรายการเดิม หากต้องการเสนอใหม่ โปรดถอนรายการเดิมก่อน",
    en="This person has already been nominated for this run. Please look at that nomination; "
    "to nominate the person anew, withdraw it first.",
):
    """Details where the caller may see that nomination: nomination, path, state."""


class SubstituteWaits(
    Refused,
    code="substitute-waits",
    status=409,
    th="บุคคลนี้อยู่ในรายชื่อสำรองของรุ่นนี้ หากต้องการให้รับที่นั่งนี้แทนการรอ โปรดส่งซ้ำพร้อม swap: true "
    "ระบบจะถอนรายการที่รออยู่และให้ที่นั่งในขั้นตอนเดียว",
    en="This person waits for a seat of this run. To give this seat instead, send it again with swap: true: "
    "the waiting nomination is withdrawn and the seat taken over in one step.",
):
    """Details as for AlreadyNominated."""


class AlreadyApproved(
    Refused,
    code="already-approved",
    status=409,
    th="รายการเสนอชื่อนี้ได้รับอนุมัติแล้ว (สถานะ {state}) หากไม่ต้องการแล้ว โปรดถอนรายการ",
    en="This nomination has already been approved (state {state}). If it is no longer wanted, withdraw it.",
):
    pass


class AlreadyRejected(
    Refused,
    code="already-rejected",
    status=409,
    th="รายการเสนอชื่อนี้ได้รับการพิจารณาไม่อนุมัติไปแล้ว หากจะให้พิจารณาอีกครั้ง โปรดเสนอชื่อใหม่",
    en="This nomination has already been rejected. To have it considered again, nominate the person anew.",
):
    pass


class AlreadyWithdrawn(
    Refused,
    code="already-withdrawn",
    status=409,
    th="รายการเสนอชื่อนี้มีการสละสิทธิ์หรือถอนชื่อไปแล้ว หากยังต้องการเข้าร่วม โปรดเสนอชื่อใหม่",
    en="This nomination has already been withdrawn. If the person is to come after all, nominate them anew.",
):
    pass


class NotConfirmed(
    Refused,
    code="not-confirmed",
    status=409,
    th="เปลี่ยนตัวได้เฉพาะผู้ที่ได้รับการยืนยันสิทธิ์แล้ว (สถานะปัจจุบัน {state}) โปรดถอนรายการนี้แล้วเสนอชื่อบุคคลใหม่",
    en="Only a confirmed participant can be replaced (current state: {state}). "
    "Withdraw this nomination and nominate the other person.",
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


class NoApplications(
    Refused,
    code="no-applications",
    status=409,
    th="โครงการนี้ไม่เปิดรับสมัครด้วยตนเอง โปรดขอให้หน่วยงานของท่านเป็นผู้เสนอชื่อ",
    en="This programme takes no applications. Please ask your office to nominate you.",
):
    """Of whoever may nominate nobody but himself, where the programme says `applications: false`."""


class BucketClosed(
    Refused,
    code="run-closed",
    status=409,
    th="รุ่นนี้ปิดรับการเสนอชื่อแล้ว ก่อนวันเริ่มอบรม ผู้จัดยังเปิดรับการเสนอชื่ออีกครั้งและปรับจำนวนที่นั่งได้ และหน่วยงานยังเปลี่ยนตัวผู้ที่ยืนยันสิทธิ์แล้วได้",
    en="This run takes no more nominations. Until it begins, the organiser can open them again and change seats, "
    "and a confirmed participant can still be replaced.",
):
    """Who is in it still withdraws and is substituted, and what waits is decided."""


class RunNotStarted(
    Refused,
    code="run-not-started",
    status=409,
    th="รุ่นนี้ยังไม่เริ่ม การรับเข้าภายหลังทำได้เมื่อรุ่นเริ่มแล้วเท่านั้น ขณะนี้โปรดใช้การเสนอชื่อตามปกติ",
    en="This run has not begun. Until then people are nominated; a late entry is for afterwards.",
):
    pass


class NoFreeSeat(
    Refused,
    code="no-free-seat",
    status=409,
    th="ที่นั่งของหน่วยงาน {unit} ในกลุ่มเป้าหมาย {target} เต็มแล้ว โปรดเพิ่มที่นั่งหรือรอให้มีผู้ถอนตัวก่อน",
    en="The unit {unit} has no free seat in the target group {target}. Give it another one, or wait for a withdrawal.",
):
    """Details: unit, target."""


class NominationNotOpen(
    Refused,
    code="nomination-not-open",
    status=409,
    th="ขณะนี้ไม่อยู่ในช่วงเวลาเปิดรับการเสนอชื่อของรุ่นนี้ โปรดดูวันเปิดและปิดรับ หรือขอให้ผู้จัดขยายเวลา",
    en="This run is not open for nominations at present. See when it opens and closes, "
    "or ask the organiser to extend the time.",
):
    """Before the run was opened, or after its nomination window."""


class SubstituteOfOtherUnit(
    Refused,
    code="substitute-of-other-unit",
    status=409,
    th="ผู้เข้ารับการอบรมแทนต้องเป็นบุคลากรของหน่วยงานเดียวกัน ({unit}) หากไม่มี โปรดถอนรายการนี้เพื่อให้ผู้ที่รออยู่ได้ที่นั่ง",
    en="A substitute must belong to the same unit ({unit}). If there is nobody, withdraw: the seat goes to who waits.",
    guards=True,
):
    pass


class UnknownTarget(
    Refused,
    code="unknown-target",
    status=422,
    th="ไม่พบกลุ่มเป้าหมาย {target} ในรุ่นนี้ โปรดใช้รหัสกลุ่มตามรายละเอียดของรุ่น",
    en="This run has no target group {target}. Please use a key of targetGroups, as the run lists them.",
):
    pass


class TargetWithoutPosts(
    Refused,
    code="target-without-posts",
    status=422,
    th="กลุ่มเป้าหมาย {target} ไม่ได้กำหนดตำแหน่งทางการบริหารไว้ จึงจัดสรรที่นั่งหรือเสนอชื่อโดยตำแหน่งไม่ได้",
    en="The target group {target} names no posts: neither seats nor nominations can follow from who holds them.",
):
    """Details: target."""


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
