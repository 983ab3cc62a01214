"""Refusals about programmes that are closed, reopened and closed out, and about runs that are cancelled.

Refused
├── ProgrammeNotClosed  RunStarted  RunNotEnded  CloseOutFiled
└── RunCancelled  RunNotApproved  LastRun  NotTheOrganiser  RunBeingMoved (split and merged: dividing_refusals.py)
"""

from typing import ClassVar

from shared.errors import Refused


class ProgrammeNotClosed(
    Refused,
    code="programme-not-closed",
    status=409,
    th="โครงการนี้ยังไม่ได้ปิดรับการเสนอชื่อ (สถานะปัจจุบัน {state}) จึงเปิดรับอีกครั้งไม่ได้",
    en="This programme has not been closed (its state is {state}), so there is nothing to reopen.",
):
    """Details: state."""


class RunStarted(
    Refused,
    code="run-started",
    status=409,
    th="รุ่นนี้เริ่มแล้ว จึงเสนอชื่อ อนุมัติ หรือเปลี่ยนตัวไม่ได้ หากมีผู้เข้าร่วมเพิ่ม โปรดแจ้งผู้จัดให้รับเข้าภายหลังพร้อมเหตุผล",
    en="This run has begun; nobody is nominated, approved or replaced any more. "
    "The organiser can enter somebody late, with a reason.",
):
    """Also of seats."""


class RunNotEnded(
    Refused,
    code="run-not-ended",
    status=409,
    th="รุ่นนี้ยังไม่สิ้นสุด จึงยังส่งรายงานปิดรุ่นไม่ได้ โปรดส่งหลังจบการอบรม",
    en="This run has not ended yet. Its close-out can be filed when it has.",
):
    pass


class CloseOutFiled(
    Refused,
    code="close-out-filed",
    status=409,
    th="รายงานปิดรุ่นนี้ส่งแล้วเมื่อ {filedAt} จึงส่งซ้ำไม่ได้",
    en="The close-out of this run was filed at {filedAt} already.",
):
    """Details: filedAt."""


class RunCancelled(
    Refused,
    code="run-cancelled",
    status=409,
    th="รุ่นนี้ยกเลิกแล้ว จึงดำเนินการต่อไม่ได้",
    en="This run was cancelled.",
):
    """Also of seats."""


class RunNotApproved(
    Refused,
    code="run-not-approved",
    status=409,
    th="โครงการของรุ่นนี้ยังไม่ได้รับอนุมัติ จึงยกเลิกเฉพาะรุ่นไม่ได้ โปรดแก้ไขร่างโครงการ หรือยกเลิกทั้งโครงการ",
    en="The programme of this run has not been approved, so the run cannot be cancelled by itself. "
    "Please change the draft, or cancel the programme.",
):
    """Details: state."""


class LastRun(
    Refused,
    code="last-run",
    status=409,
    th="รุ่นนี้เป็นรุ่นสุดท้ายของโครงการที่ยังไม่ได้ยกเลิก หากจะไม่จัดการอบรม โปรดยกเลิกทั้งโครงการ",
    en="This is the only run of the programme that is not cancelled yet. If there is to be no training, "
    "cancel the programme.",
):
    pass


class NotTheOrganiser(
    Refused,
    code="not-the-organiser",
    status=403,
    th="การดำเนินการนี้เป็นอำนาจของหน่วยงานผู้จัด ({unit}) เท่านั้น",
    en="This is for the unit that organises the programme ({unit}).",
    guards=True,
):
    """Details: unit."""


class RunBeingMoved(
    Refused,
    code="run-being-moved",
    status=503,
    th="ขณะนี้ระบบกำลังย้ายผู้เข้ารับการอบรมระหว่างรุ่นนี้กับอีกรุ่นหนึ่ง กรุณาส่งใหม่อีกครั้งในอีกสักครู่",
    en="People of this run are being moved to another one, or from another one to it. Please send this again shortly.",
):
    """The run is split or becomes one with another, page by page. Nothing has changed."""

    retry_after_seconds: ClassVar[int] = 5
