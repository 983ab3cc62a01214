"""Refusals about a run as it is requested: its times, its number, and what a request does not speak of.

Refused
└── RunTimes  SessionTimes  WindowTimes  WouldDrop  CohortTwice
"""

from shared.errors import Refused


class RunTimes(
    Refused,
    code="run-times",
    status=422,
    th="เวลาสิ้นสุดของรุ่นต้องอยู่หลังเวลาเริ่มต้น และทุกช่วงการอบรมต้องอยู่ภายในระยะเวลาของรุ่น โปรดแก้ไขเวลา "
    "หากเปลี่ยนเวลาเริ่มต้น โปรดระบุเวลาสิ้นสุดและช่วงการอบรมใหม่ด้วย",
    en="A run must end after it starts, and its sessions must fall within it. Please correct the times; with "
    "another start, give the new end and sessions too.",
):
    pass


class SessionTimes(
    Refused,
    code="session-times",
    status=422,
    th="ช่วงการอบรมที่ {session} สิ้นสุดก่อนเริ่ม หรือทับซ้อนกับช่วงก่อนหน้า โปรดแก้ไขให้เริ่มหลังจากช่วงก่อนหน้าสิ้นสุด และสิ้นสุดหลังเวลาเริ่ม",
    en="Session {session} ends before it starts, or overlaps the previous one. Please let it begin when the "
    "previous one is over, or later, and end after that.",
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
