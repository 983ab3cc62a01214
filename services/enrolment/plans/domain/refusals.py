"""Refusals about development plans, each with a stable code, a status and its sentences.

Refused
├── writing: PlanExists  NoGap  RowPeriodOutsideYear  RowInUse  UnknownRow  PlanErased
├── states: PlanNotSubmitted  PlanSubmitted  PlanNotAgreed  PlanAgreed  PlanClosed  PlanWithoutRows
├── a row: RowDone  RowNotDone  RowNominated
└── who: OwnPlan
"""

from shared.errors import Refused


class PlanExists(
    Refused,
    code="plan-exists",
    status=409,
    th="ท่านมีแผนพัฒนารายบุคคลของปีงบประมาณ พ.ศ. {fiscalYear} อยู่แล้ว โปรดแก้ไขแผนเดิม",
    en="You have a development plan for the fiscal year {fiscalYear} already. Please change that one.",
):
    """Details: fiscalYear, plan."""


class NoGap(
    Refused,
    code="no-gap",
    status=422,
    th="ระดับสมรรถนะที่คาดหวังในรายการที่ {row} ต้องสูงกว่าระดับปัจจุบัน",
    en="In row {row} the level that is required must be higher than the level that is held.",
):
    """Details: row, counted from 1 in what was sent."""


class RowPeriodOutsideYear(
    Refused,
    code="row-period-outside-year",
    status=422,
    th="ระยะเวลาพัฒนาในรายการที่ {row} ต้องอยู่ในปีงบประมาณ พ.ศ. {fiscalYear} และวันสิ้นสุดต้องไม่ก่อนวันเริ่ม",
    en="The period of row {row} must lie within the fiscal year {fiscalYear} and not end before it begins.",
):
    """Details: row, counted from 1 in what was sent; fiscalYear."""


class RowInUse(
    Refused,
    code="row-in-use",
    status=409,
    th="รายการที่ {row} ดำเนินการแล้วหรือเสนอชื่อเข้ารับการอบรมแล้ว จึงลบหรือเปลี่ยนไม่ได้ แก้ไขได้เฉพาะหมายเหตุ",
    en="Row {row} is done, or somebody was nominated because of it: it cannot be left out or become another one.",
):
    """Details: row, its number in the plan."""


class UnknownRow(
    Refused,
    code="unknown-row",
    status=404,
    th="ไม่พบรายการที่ {row} ในแผนพัฒนารายบุคคลนี้",
    en="This development plan has no row {row}.",
):
    """Details: row, its number in the plan."""


class PlanErased(
    Refused,
    code="plan-erased",
    status=409,
    th="ข้อมูลในแผนพัฒนารายบุคคลนี้ถูกลบตามคำขอแล้ว จึงดำเนินการใดกับแผนนี้อีกไม่ได้",
    en="What stood in this development plan was erased on request; nothing more is done with it.",
):
    pass


class PlanNotSubmitted(
    Refused,
    code="plan-not-submitted",
    status=409,
    th="แผนพัฒนารายบุคคลนี้ยังเป็นร่าง ผู้จัดทำยังไม่ได้เสนอผู้บังคับบัญชา",
    en="This development plan is a draft: it has not been submitted to the supervisor.",
):
    pass


class PlanSubmitted(
    Refused,
    code="plan-submitted",
    status=409,
    th="แผนพัฒนารายบุคคลนี้อยู่ระหว่างรอความเห็นชอบของผู้บังคับบัญชา หากต้องการแก้ไขให้ดึงแผนกลับก่อน",
    en="This development plan waits for the supervisor. To change it, take it back first.",
):
    pass


class PlanNotAgreed(
    Refused,
    code="plan-not-agreed",
    status=409,
    th="ผู้บังคับบัญชายังไม่ได้เห็นชอบแผนพัฒนารายบุคคลนี้ จึงยังดำเนินการตามแผนไม่ได้",
    en="The supervisor has not agreed to this development plan yet, so it is not carried out.",
):
    pass


class PlanAgreed(
    Refused,
    code="plan-agreed",
    status=409,
    th="ผู้บังคับบัญชาเห็นชอบแผนพัฒนารายบุคคลนี้แล้ว หากต้องการแก้ไขให้ขอปรับแผนก่อน",
    en="The supervisor has agreed to this development plan already. To change it, revise it first.",
):
    pass


class PlanClosed(
    Refused,
    code="plan-closed",
    status=409,
    th="แผนพัฒนารายบุคคลนี้ปิดแล้ว จึงไม่สามารถดำเนินการใดเพิ่มเติมได้",
    en="This development plan is closed; nothing more is done with it.",
):
    pass


class PlanWithoutRows(
    Refused,
    code="plan-without-rows",
    status=409,
    th="แผนพัฒนารายบุคคลนี้ยังไม่มีรายการ โปรดเพิ่มอย่างน้อยหนึ่งรายการก่อนเสนอผู้บังคับบัญชา",
    en="This development plan has no rows. Please add one before you submit it.",
):
    pass


class RowDone(
    Refused,
    code="row-done",
    status=409,
    th="รายการที่ {row} ดำเนินการเสร็จแล้ว หากต้องการแก้ไขให้เปิดรายการใหม่ก่อน",
    en="Row {row} is done already. To go on with it, reopen it first.",
):
    """Details: row."""


class RowNotDone(
    Refused,
    code="row-not-done",
    status=409,
    th="รายการที่ {row} ยังไม่ได้รายงานว่าดำเนินการเสร็จ จึงไม่มีสิ่งที่จะเปิดใหม่",
    en="Row {row} was not reported done, so there is nothing to reopen.",
):
    """Details: row."""


class RowNominated(
    Refused,
    code="row-nominated",
    status=409,
    th="มีการเสนอชื่อจากรายการที่ {row} ไว้แล้วและยังมีผลอยู่ หากต้องการเสนอชื่อในรุ่นอื่น โปรดถอนรายการเดิมก่อน",
    en="The person was nominated because of row {row} already, and that still stands. "
    "To nominate for another run, withdraw it first.",
):
    """Details: row."""


class OwnPlan(
    Refused,
    code="own-plan",
    status=403,
    th="ท่านไม่สามารถให้ความเห็นชอบ ส่งคืน หรือปิดแผนพัฒนารายบุคคลของตนเองได้ โปรดให้ผู้บังคับบัญชาท่านอื่นดำเนินการ",
    en="Nobody decides on the own development plan. Please leave it to another supervisor.",
):
    pass
