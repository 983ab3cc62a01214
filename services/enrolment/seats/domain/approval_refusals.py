"""Refusals about the approval of nominations, each with a stable code, a status and its sentences.

Refused
├── AlreadyExpired  NotYourStep  DeadlineOver  DecidedBefore  ReasonNeeded
"""

from shared.errors import Refused


class AlreadyExpired(
    Refused,
    code="already-expired",
    status=409,
    th="รายการเสนอชื่อนี้สิ้นผลแล้ว เพราะไม่มีผู้พิจารณาอนุมัติภายในกำหนด หากยังต้องการเข้าร่วม โปรดเสนอชื่อใหม่",
    en="This nomination has expired: nobody decided on it in time. If the person is to come, nominate them anew.",
):
    """Details: state."""


class NotYourStep(
    Refused,
    code="not-your-step",
    status=403,
    th="ขณะนี้รายการเสนอชื่อรอการพิจารณาของผู้มีอำนาจในขั้น {step} "
    "ซึ่งไม่ใช่ขั้นที่ท่านพิจารณาได้สำหรับหน่วยงานนี้ โปรดแจ้งผู้มีอำนาจในขั้นนั้นให้พิจารณา "
    "หรือให้มอบหมายท่านพิจารณาแทน",
    en="This nomination waits for the step {step}, which is not yours to decide for this unit. Please ask "
    "whoever decides that step to do so, or to let you decide for them.",
    guards=True,
):
    """Details: step, a word of the programme's approvalRoute."""


class DeadlineOver(
    Refused,
    code="deadline-over",
    status=409,
    th="พ้นกำหนดพิจารณาในขั้น {step} แล้ว รายการเสนอชื่อนี้จะส่งต่อไปยังขั้นถัดไปหรือสิ้นผลในอีกสักครู่",
    en="The time for the step {step} is over. In a moment this nomination goes on to the next step, or expires.",
):
    """Details: step, a word of the programme's approvalRoute. What is overdue is dealt with by a loop; until it comes
    nobody decides any more."""


class DecidedBefore(
    Refused,
    code="decided-before",
    status=403,
    th="ท่านได้พิจารณารายการเสนอชื่อนี้ในขั้นก่อนหน้าแล้ว โปรดให้ผู้มีอำนาจท่านอื่นพิจารณาขั้นนี้",
    en="You have decided an earlier step of this nomination. Please leave this one to somebody else.",
    guards=True,
):
    """The four eyes of a programme whose `fourEyes` is on; also of who decides, or decided, in another's name."""


class ReasonNeeded(
    Refused,
    code="reason-needed",
    status=422,
    th="การไม่อนุมัติต้องระบุเหตุผล โปรดส่งใหม่พร้อม reason",
    en="A rejection needs a reason. Please send it again with one.",
):
    pass
