"""Refusals about programmes and runs, each with a stable code, a status and its sentences.

Refused
├── life cycle: ProgrammeNotDraft  ProgrammeNotSubmitted  ProgrammeNotApproved  ProgrammeNotPublished  ProgrammeEnded
│               RunsFixed  OwnProgramme  NoRuns  NoTargetGroups  RunWithoutSeats
├── who approves: approval_refusals.py
├── description: ProgrammeCodeTaken  FiscalYearMismatch  FiscalYearMissing  TargetTwice  TargetWithSeats
│               SeatsAboveTotal  SeatsAboveRuns  UnknownFunction
├── when and where: schedule_refusals.py
└── runs: CapacityBelowAllocated  RunClockLocked  RunEnded (times that have passed: past_refusals.py)
"""

from shared.errors import Refused


class ProgrammeNotDraft(
    Refused,
    code="programme-not-draft",
    status=409,
    th="โครงการนี้ส่งขออนุมัติไปแล้ว จึงแก้ไขหรือส่งซ้ำไม่ได้ วัน เวลา และสถานที่ของรุ่นยังเปลี่ยนได้ "
    "หากต้องแก้ไขส่วนอื่น โปรดยกเลิกแล้วจัดทำโครงการใหม่",
    en="This programme has already been submitted; it can no longer be edited or submitted again. The days and "
    "venues of its runs can still be changed; for anything else, cancel it and create another one.",
):
    pass


class ProgrammeNotSubmitted(
    Refused,
    code="programme-not-submitted",
    status=409,
    th="โครงการนี้ไม่ได้อยู่ระหว่างรอการอนุมัติ จึงอนุมัติไม่ได้ หากยังเป็นร่าง โปรดส่งขออนุมัติก่อน",
    en="This programme is not waiting for approval. If it is still a draft, please submit it first.",
):
    pass


class ProgrammeNotApproved(
    Refused,
    code="programme-not-approved",
    status=409,
    th="ประกาศได้เฉพาะโครงการที่ผู้บริหารอนุมัติแล้วและยังไม่ได้ประกาศ หากยังไม่ได้อนุมัติ โปรดส่งขออนุมัติก่อน",
    en="Only an approved programme that has not been published yet can be published. If it is not approved yet, "
    "please have it approved first.",
):
    pass


class ProgrammeNotPublished(
    Refused,
    code="programme-not-published",
    status=409,
    th="ปิดได้เฉพาะโครงการที่ประกาศแล้ว หากจะไม่จัดโครงการนี้ โปรดยกเลิกแทน",
    en="Only a published programme can be closed. If it is not to take place, please cancel it instead.",
):
    pass


class ProgrammeEnded(
    Refused,
    code="programme-ended",
    status=409,
    th="โครงการนี้ปิดหรือยกเลิกไปแล้ว จึงดำเนินการนี้ไม่ได้ โครงการที่ปิดแล้วเปิดรับการเสนอชื่ออีกครั้งได้ก่อนวันเริ่มอบรม กรณีอื่นโปรดจัดทำโครงการใหม่",
    en="This programme has been closed or cancelled, so this is not possible any more. A closed one can be "
    "reopened until its runs begin; otherwise please create another one.",
):
    pass


class RunsFixed(
    Refused,
    code="runs-fixed",
    status=409,
    th="เพิ่มรุ่นได้เฉพาะเมื่อโครงการเป็นร่าง หรืออนุมัติแล้วแต่ยังไม่ประกาศ หากรอการอนุมัติอยู่ "
    "โปรดรอให้อนุมัติก่อน หากประกาศแล้ว โปรดแยกรุ่นที่เปิดอยู่เป็นสองรุ่น หรือจัดทำโครงการใหม่",
    en="Runs can be added to a draft, or to an approved programme before it is published. If it waits for "
    "approval, please wait until it is approved; if it is published, split an open run in two, or create "
    "another programme.",
):
    pass


class OwnProgramme(
    Refused,
    code="own-programme",
    status=403,
    th="ผู้จัดทำหรือผู้เสนอโครงการไม่สามารถอนุมัติโครงการของตนเองได้ โปรดให้ผู้มีอำนาจอนุมัติท่านอื่นเป็นผู้อนุมัติ",
    en="The person who created or submitted a programme cannot approve it. Please ask somebody else who may "
    "approve it.",
):
    pass


class NoRuns(
    Refused,
    code="no-runs",
    status=422,
    th="โครงการนี้ยังไม่มีรุ่นการอบรม กรุณาเพิ่มอย่างน้อยหนึ่งรุ่น",
    en="This programme has no runs yet. Please add at least one.",
):
    pass


class NoTargetGroups(
    Refused,
    code="no-target-groups",
    status=422,
    th="โครงการนี้ยังไม่ได้กำหนดกลุ่มเป้าหมาย กรุณาเพิ่มอย่างน้อยหนึ่งกลุ่ม",
    en="This programme has no target group yet. Please add at least one.",
):
    pass


class RunWithoutSeats(
    Refused,
    code="run-without-seats",
    status=409,
    th="รุ่นที่ {cohort} ยังไม่ได้จัดสรรที่นั่งให้หน่วยงาน จึงประกาศโครงการไม่ได้ โปรดจัดสรรที่นั่งก่อน (ระบบเสนอการจัดสรรให้ได้) หรือยกเลิกรุ่นนี้",
    en="The seats of run {cohort} have not been allocated to units yet, so the programme cannot be published. "
    "Please allocate them first (the system can propose how), or cancel this run.",
):
    """Details: run, cohort."""


class ProgrammeCodeTaken(
    Refused,
    code="programme-code-taken",
    status=409,
    th="มีโครงการรหัส {programme_code} อยู่แล้ว กรุณาใช้รหัสอื่น",
    en="A programme with the code {programme_code} already exists. Please choose another code.",
):
    """Details: programme_code."""


class FiscalYearMismatch(
    Refused,
    code="fiscal-year-mismatch",
    status=422,
    th="วันเริ่มต้นอยู่ในปีงบประมาณ พ.ศ. {derived} แต่โครงการเป็นของปีงบประมาณ พ.ศ. {given} "
    "โปรดเลือกวันในปีของโครงการ (รุ่นที่วางแผนไว้แล้วเลื่อนไปปีถัดไปได้) "
    "หรือจัดรุ่นนี้ในโครงการของปีงบประมาณ พ.ศ. {derived}",
    en="The run starts in fiscal year {derived}, but the programme belongs to fiscal year {given}. Please "
    "choose a day in the year of the programme (a run that is already planned may move into the next one), "
    "or plan it in a programme of {derived}.",
):
    """Details: given, derived."""


class FiscalYearMissing(
    Refused,
    code="fiscal-year-missing",
    status=422,
    th="กรุณาระบุปีงบประมาณ หรือกำหนดวันเริ่มต้นของรุ่นแรก",
    en="Please enter the fiscal year, or the start of the first run.",
):
    """Not given, and no run to derive it from."""


class TargetTwice(
    Refused,
    code="target-twice",
    status=422,
    th="มีกลุ่มเป้าหมาย {target} มากกว่าหนึ่งรายการ",
    en="The target group {target} is listed more than once.",
):
    """Details: target."""


class TargetWithSeats(
    Refused,
    code="target-with-seats",
    status=409,
    th="กลุ่มเป้าหมาย {target} ได้รับการจัดสรรที่นั่งแล้ว จึงตัดออกไม่ได้",
    en="Seats have already been allocated to the target group {target}, so it cannot be removed.",
):
    """Details: target."""


class SeatsAboveTotal(
    Refused,
    code="seats-above-total",
    status=422,
    th="ที่นั่งของกลุ่มเป้าหมายรวม {seats} ที่ เกินจำนวนทั้งหมด {total} ที่",
    en="The target groups have {seats} seats together, which exceeds the total of {total}.",
):
    """Details: seats, total."""


class SeatsAboveRuns(
    Refused,
    code="seats-above-runs",
    status=422,
    th="ที่นั่งของกลุ่มเป้าหมายรวม {seats} ที่ เกินความจุของทุกรุ่นรวม {capacity} ที่",
    en="The target groups have {seats} seats together, but the runs hold only {capacity}.",
):
    """Details: seats, capacity (of all runs together)."""


class UnknownFunction(
    Refused,
    code="unknown-unit-function",
    status=422,
    th="สำนักงานจังหวัดไม่มีกลุ่มงาน {function}",
    en="No provincial office has a work group {function}.",
):
    """Details: function."""


class RunEnded(
    Refused,
    code="run-ended",
    status=409,
    th="รุ่นนี้สิ้นสุดแล้ว จึงเสนอชื่อ เปลี่ยนแปลง หรือยกเลิกไม่ได้",
    en="This run has ended; nothing of it can be changed any more.",
):
    """Also of seats."""


class CapacityBelowAllocated(
    Refused,
    code="capacity-below-allocated",
    status=409,
    th="จัดสรรที่นั่งไปแล้ว {allocated} ที่ จึงลดความจุเหลือ {capacity} ไม่ได้ โปรดกำหนดความจุไม่น้อยกว่า "
    "{allocated} หรือลดที่นั่งที่จัดสรรให้หน่วยงานก่อน",
    en="{allocated} seats have already been allocated, so the capacity cannot be reduced to {capacity}. Please "
    "keep it at {allocated} or more, or take seats back from units first.",
):
    """Details: capacity, allocated."""


class RunClockLocked(
    Refused,
    code="run-clock-locked",
    status=403,
    th="ระบบนี้ไม่อนุญาตให้กำหนดเวลาจำลองของรุ่น",
    en="This installation does not allow setting the time of a run.",
):
    pass
