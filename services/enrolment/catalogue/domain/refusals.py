"""Refusals about programmes and runs, each with a stable code, a status and its sentences.

Refused
├── life cycle: ProgrammeNotDraft  ProgrammeNotSubmitted  ProgrammeNotApproved  ProgrammeNotPublished  ProgrammeEnded
│               RunsFixed  OwnProgramme  NoRuns  NoTargetGroups  RunWithoutSeats
├── who approves: approval_refusals.py
├── description: ProgrammeCodeTaken  FiscalYearMismatch  FiscalYearMissing  TargetTwice  TargetWithSeats
│               SeatsAboveTotal  SeatsAboveRuns  UnknownFunction
└── runs: RunTimes  SessionTimes  WindowTimes  CohortTwice  CapacityBelowAllocated  RunClockLocked
          RunEnded  WouldDrop (times that have passed: past_refusals.py)
"""

from shared.errors import Refused


class ProgrammeNotDraft(
    Refused,
    code="programme-not-draft",
    status=409,
    th="โครงการนี้ส่งขออนุมัติไปแล้ว จึงแก้ไขหรือส่งซ้ำไม่ได้",
    en="This programme has already been submitted; it can no longer be edited or submitted again.",
):
    pass


class ProgrammeNotSubmitted(
    Refused,
    code="programme-not-submitted",
    status=409,
    th="โครงการนี้ไม่ได้อยู่ระหว่างรอการอนุมัติ จึงอนุมัติไม่ได้",
    en="This programme is not waiting for approval.",
):
    pass


class ProgrammeNotApproved(
    Refused,
    code="programme-not-approved",
    status=409,
    th="ประกาศได้เฉพาะโครงการที่ผู้บริหารอนุมัติแล้วและยังไม่ได้ประกาศ",
    en="Only an approved programme that has not been published yet can be published.",
):
    pass


class ProgrammeNotPublished(
    Refused,
    code="programme-not-published",
    status=409,
    th="ปิดได้เฉพาะโครงการที่ประกาศแล้ว",
    en="Only a published programme can be closed.",
):
    pass


class ProgrammeEnded(
    Refused,
    code="programme-ended",
    status=409,
    th="โครงการนี้ปิดหรือยกเลิกไปแล้ว จึงดำเนินการนี้ไม่ได้",
    en="This programme has been closed or cancelled, so this is not possible any more.",
):
    pass


class RunsFixed(
    Refused,
    code="runs-fixed",
    status=409,
    th="เพิ่มรุ่นได้เฉพาะเมื่อโครงการเป็นร่าง หรืออนุมัติแล้วแต่ยังไม่ประกาศ",
    en="Runs can be added to a draft, or to an approved programme before it is published.",
):
    pass


class OwnProgramme(
    Refused,
    code="own-programme",
    status=403,
    th="ผู้จัดทำหรือผู้เสนอโครงการไม่สามารถอนุมัติโครงการของตนเองได้",
    en="The person who created or submitted a programme cannot approve it.",
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
    th="รุ่นที่ {cohort} ยังไม่ได้จัดสรรที่นั่งให้หน่วยงาน จึงประกาศโครงการไม่ได้",
    en="The seats of run {cohort} have not been allocated to units yet, so the programme cannot be published.",
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
    th="วันเริ่มต้นอยู่ในปีงบประมาณ พ.ศ. {derived} แต่ระบุเป็นปีงบประมาณ พ.ศ. {given}",
    en="The run starts in fiscal year {derived}, but the programme belongs to fiscal year {given}.",
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


class RunTimes(
    Refused,
    code="run-times",
    status=422,
    th="เวลาสิ้นสุดของรุ่นต้องอยู่หลังเวลาเริ่มต้น และทุกช่วงการอบรมต้องอยู่ภายในระยะเวลาของรุ่น",
    en="A run must end after it starts, and its sessions must fall within it.",
):
    pass


class SessionTimes(
    Refused,
    code="session-times",
    status=422,
    th="ช่วงการอบรมที่ {session} สิ้นสุดก่อนเริ่ม หรือทับซ้อนกับช่วงก่อนหน้า",
    en="Session {session} ends before it starts, or overlaps the previous one.",
):
    """A session ends before it begins, or two of them overlap. Details: session (from 1)."""


class WindowTimes(
    Refused,
    code="window-times",
    status=422,
    th="วันปิดรับการเสนอชื่อต้องอยู่หลังวันเปิดรับ และทั้งสองวันต้องไม่เกินเวลาเริ่มต้นของรุ่น",
    en="Nominations must close after they open, and neither later than the start of the run.",
):
    pass


class RunEnded(
    Refused,
    code="run-ended",
    status=409,
    th="รุ่นนี้สิ้นสุดแล้ว จึงเสนอชื่อ เปลี่ยนแปลง หรือยกเลิกไม่ได้",
    en="This run has ended; nothing of it can be changed any more.",
):
    """Also of seats."""


class WouldDrop(
    Refused,
    code="would-drop",
    status=409,
    th="ข้อมูลที่ส่งมาไม่ได้ระบุ {fields} ซึ่งบันทึกไว้แล้วและจะหายไป หากต้องการให้คงอยู่โปรดส่งมาด้วยหรือใช้ PATCH "
    "หากต้องการลบโปรดส่งค่า null หรือส่งซ้ำพร้อม ?drop={fields}",
    en="What was sent leaves out {fields}, which would be lost. To keep it, send it too or use PATCH; "
    "to remove it, send null, or send this again with ?drop={fields}.",
):
    """Replacing asks before it loses what somebody has entered. Details: fields, as they are named in bodies."""


class CohortTwice(
    Refused,
    code="cohort-twice",
    status=409,
    th="โครงการนี้มีรุ่นที่ {cohort} อยู่แล้ว",
    en="This programme already has a run number {cohort}.",
):
    """Details: cohort."""


class CapacityBelowAllocated(
    Refused,
    code="capacity-below-allocated",
    status=409,
    th="จัดสรรที่นั่งไปแล้ว {allocated} ที่ จึงลดความจุเหลือ {capacity} ไม่ได้",
    en="{allocated} seats have already been allocated, so the capacity cannot be reduced to {capacity}.",
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
