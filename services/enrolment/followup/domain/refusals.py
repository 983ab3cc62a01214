"""Refusals about follow-up, each with a stable code, a status and its sentences.

Refused
├── assigning: FollowUpOfCancelledRun  FollowUpTooEarly  DeliverableDiffers  DeliverableTwice  DeliverableDuePassed
│              TooManyDeliverables  NotToBeAssigned
└── a task: UnknownDeliverable  TaskDone  TaskNotDone  EvidenceNotSecure
"""

from shared.errors import Refused


class FollowUpOfCancelledRun(
    Refused,
    code="follow-up-of-cancelled-run",
    status=409,
    th="รุ่นนี้ถูกยกเลิกแล้ว จึงไม่มีงานติดตามผล",
    en="This run was cancelled, so there is nothing to follow up.",
):
    pass


class FollowUpTooEarly(
    Refused,
    code="follow-up-too-early",
    status=409,
    th="รุ่นนี้ยังไม่สิ้นสุด จึงยังมอบหมายงานติดตามผลไม่ได้ โปรดดำเนินการหลังจบการอบรม",
    en="This run has not ended yet. Tasks can be assigned when it has.",
):
    pass


class DeliverableDiffers(
    Refused,
    code="deliverable-differs",
    status=409,
    th="มีงาน {deliverable} ในรุ่นนี้อยู่แล้วโดยมีรายละเอียดต่างจากที่ส่งมา โปรดใช้รหัสงานอื่น",
    en="This run has a deliverable {deliverable} already, and it is another one. Please choose another key.",
):
    """Details: deliverable."""


class DeliverableTwice(
    Refused,
    code="deliverable-twice",
    status=422,
    th="รหัสงาน {deliverable} ซ้ำกันในรายการที่ส่งมา",
    en="The deliverable {deliverable} is in this list twice.",
):
    """Details: deliverable."""


class DeliverableDuePassed(
    Refused,
    code="deliverable-due-passed",
    status=422,
    th="กำหนดส่งของงาน {deliverable} ผ่านไปแล้ว โปรดกำหนดวันใหม่",
    en="The day by which {deliverable} is due has passed. Please choose another one.",
):
    """By the clock of the run. Details: deliverable."""


class TooManyDeliverables(
    Refused,
    code="too-many-deliverables",
    status=409,
    th="รุ่นหนึ่งมีงานติดตามผลได้ไม่เกิน {most} รายการ",
    en="A run has at most {most} deliverables.",
):
    """Details: most."""


class NotToBeAssigned(
    Refused,
    code="not-to-be-assigned",
    status=422,
    th="มอบหมายงาน {deliverable} ให้ {whom} ไม่ได้ เพราะไม่ใช่สำนักงานจังหวัดหรือกลุ่มจังหวัดในวันจัดอบรม",
    en="{deliverable} cannot be assigned to {whom}: on the day of the run it is none of those who could have it.",
):
    """Details: deliverable, whom."""


class UnknownDeliverable(
    Refused,
    code="unknown-deliverable",
    status=404,
    th="ไม่พบงาน {deliverable} ในรุ่นนี้",
    en="This run has no deliverable {deliverable}.",
):
    """Details: deliverable."""


class TaskDone(
    Refused,
    code="task-done",
    status=409,
    th="งานนี้รายงานผลว่าแล้วเสร็จไปแล้ว หากต้องการแก้ไขให้เปิดงานใหม่ก่อน",
    en="This task was reported done already. To report it anew, reopen it first.",
):
    pass


class TaskNotDone(
    Refused,
    code="task-not-done",
    status=409,
    th="งานนี้ยังไม่ได้รายงานผล จึงไม่มีสิ่งที่จะส่งคืนหรือเปิดใหม่",
    en="This task has not been reported done, so there is nothing to give back or to reopen.",
):
    pass


class EvidenceNotSecure(
    Refused,
    code="evidence-not-secure",
    status=422,
    th="ลิงก์หลักฐานต้องเป็นที่อยู่เต็มที่ขึ้นต้นด้วย https:// และไม่มีชื่อผู้ใช้หรือรหัสผ่าน",
    en="A link to evidence is a whole address that begins with https:// and has no user name or password in it.",
):
    pass
