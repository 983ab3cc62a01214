"""What can be refused about programmes and runs. Each has a stable code, a status and its sentences.

Refused
├── life cycle: ProgrammeNotDraft  ProgrammeNotSubmitted  ProgrammeNotApproved  ProgrammeNotPublished  ProgrammeEnded
│               RunsFixed  OwnProgramme  NoRuns  NoTargetGroups  RunWithoutSeats
├── description: ProgrammeCodeTaken  FiscalYearMismatch  FiscalYearMissing  TargetTwice  TargetWithSeats
│               SeatsAboveTotal  SeatsAboveRuns  UnknownFunction
└── runs: RunTimes  SessionTimes  WindowTimes  CohortTwice  CapacityBelowAllocated  RunClockLocked
"""

from shared.errors import Refused


class ProgrammeNotDraft(
    Refused,
    code="programme-not-draft",
    status=409,
    th="โครงการนี้ส่งขออนุมัติไปแล้ว จึงแก้ไขหรือส่งซ้ำไม่ได้",
    en="This programme has already been submitted; it can no longer be rewritten or submitted.",
):
    pass


class ProgrammeNotSubmitted(
    Refused,
    code="programme-not-submitted",
    status=409,
    th="โครงการนี้ไม่ได้อยู่ระหว่างรอการอนุมัติ จึงอนุมัติไม่ได้",
    en="This programme does not wait for approval.",
):
    pass


class ProgrammeNotApproved(
    Refused,
    code="programme-not-approved",
    status=409,
    th="ประกาศได้เฉพาะโครงการที่ผู้บริหารอนุมัติแล้วและยังไม่ได้ประกาศ",
    en="Only a programme that has been approved, and was not published before, can be published.",
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
    th="โครงการนี้ปิดหรือยกเลิกไปแล้ว จึงดำเนินการใด ๆ ไม่ได้อีก",
    en="This programme has been closed or cancelled; nothing more can be done with it.",
):
    pass


class RunsFixed(
    Refused,
    code="runs-fixed",
    status=409,
    th="เพิ่มรุ่นได้เฉพาะเมื่อโครงการเป็นร่าง หรืออนุมัติแล้วแต่ยังไม่ประกาศ",
    en="Runs can be added to a draft, or to an approved programme before it is published.",
):
    """Runs are added to drafts and to approved programmes that are not published yet."""


class OwnProgramme(
    Refused,
    code="own-programme",
    status=403,
    th="ผู้จัดทำหรือผู้เสนอโครงการไม่สามารถอนุมัติโครงการของตนเองได้",
    en="Who made or submitted a programme cannot approve it.",
):
    """Who made or submitted a programme does not approve it."""


class NoRuns(
    Refused,
    code="no-runs",
    status=422,
    th="โครงการนี้ยังไม่มีกำหนดการ กรุณาเพิ่มอย่างน้อยหนึ่งรุ่น",
    en="This programme has no run yet. Please add one.",
):
    pass


class NoTargetGroups(
    Refused,
    code="no-target-groups",
    status=422,
    th="โครงการนี้ยังไม่ได้กำหนดกลุ่มเป้าหมาย",
    en="This programme has no target group yet. Please say for whom it is meant.",
):
    pass


class RunWithoutSeats(
    Refused,
    code="run-without-seats",
    status=409,
    th="รุ่นที่ {cohort} ยังไม่ได้จัดสรรที่นั่งให้หน่วยงาน จึงประกาศโครงการไม่ได้",
    en="No seats of run {cohort} have been given to units yet, so the programme cannot be published.",
):
    """Details: run, cohort."""


class ProgrammeCodeTaken(
    Refused,
    code="programme-code-taken",
    status=409,
    th="มีโครงการรหัส {programme_code} อยู่แล้ว กรุณาใช้รหัสอื่น",
    en="There is already a programme with the code {programme_code}. Please choose another.",
):
    """Details: programme_code."""


class FiscalYearMismatch(
    Refused,
    code="fiscal-year-mismatch",
    status=422,
    th="วันเริ่มต้นอยู่ในปีงบประมาณ พ.ศ. {derived} แต่ระบุเป็นปีงบประมาณ พ.ศ. {given}",
    en="The start lies in fiscal year {derived}, but the programme is of fiscal year {given}.",
):
    """Details: given, derived."""


class FiscalYearMissing(
    Refused,
    code="fiscal-year-missing",
    status=422,
    th="กรุณาระบุปีงบประมาณ หรือกำหนดวันเริ่มต้นของรุ่นแรก",
    en="Please say the fiscal year, or when the first run starts.",
):
    """Neither said, nor is there a run to derive it from."""


class TargetTwice(
    Refused,
    code="target-twice",
    status=422,
    th="มีกลุ่มเป้าหมาย {target} มากกว่าหนึ่งรายการ",
    en="The target group {target} is there more than once.",
):
    """Details: target."""


class TargetWithSeats(
    Refused,
    code="target-with-seats",
    status=409,
    th="กลุ่มเป้าหมาย {target} จัดสรรที่นั่งแล้ว จึงตัดออกไม่ได้",
    en="Seats of the target group {target} have been given out, so it cannot be left out.",
):
    """A target group whose seats were given out is left out of the new description. Details: target."""


class SeatsAboveTotal(
    Refused,
    code="seats-above-total",
    status=422,
    th="ที่นั่งของกลุ่มเป้าหมายรวม {seats} ที่ เกินจำนวนทั้งหมด {total} ที่",
    en="The target groups have {seats} seats together, more than the total of {total}.",
):
    """Details: seats, total."""


class SeatsAboveRuns(
    Refused,
    code="seats-above-runs",
    status=422,
    th="ที่นั่งของกลุ่มเป้าหมายรวม {seats} ที่ เกินความจุของทุกรุ่นรวม {capacity} ที่",
    en="The target groups have {seats} seats together, but the runs hold {capacity}.",
):
    """Target groups name more seats than the runs together hold. Details: seats, capacity."""


class UnknownFunction(
    Refused,
    code="unknown-unit-function",
    status=422,
    th="สำนักงานจังหวัดไม่มีกลุ่มงาน {function}",
    en="No provincial office has the group {function}.",
):
    """No provincial office has such a group. Details: function."""


class RunTimes(
    Refused,
    code="run-times",
    status=422,
    th="เวลาสิ้นสุดต้องอยู่หลังเวลาเริ่มต้น และทุกช่วงต้องอยู่ภายในรุ่น",
    en="A run must end after it starts, and its sessions must lie within it.",
):
    pass


class SessionTimes(
    Refused,
    code="session-times",
    status=422,
    th="ช่วงที่ {session} สิ้นสุดก่อนเริ่ม หรือทับซ้อนกับช่วงก่อนหน้า",
    en="Session {session} ends before it starts, or overlaps the one before.",
):
    """A session ends before it begins, or two of them overlap. Details: session (from 1)."""


class WindowTimes(
    Refused,
    code="window-times",
    status=422,
    th="วันปิดรับการเสนอชื่อต้องอยู่หลังวันเปิดรับ และไม่เกินวันสิ้นสุดของรุ่น",
    en="Nomination must close after it opens, and not after the run has ended.",
):
    pass


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
    en="{allocated} seats have been given out, so the capacity cannot be {capacity}.",
):
    """Details: capacity, allocated."""


class RunClockLocked(
    Refused,
    code="run-clock-locked",
    status=403,
    th="ระบบนี้ไม่อนุญาตให้กำหนดเวลาจำลองของรุ่น",
    en="This installation does not let the time of a run be set.",
):
    pass
