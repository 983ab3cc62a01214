"""Refusals of passes and of the codes of rooms."""

from shared.errors import Refused


class PassOfOtherRun(
    Refused,
    code="pass-of-other-run",
    status=409,
    th="บัตรนี้เป็นของการอบรมรุ่นอื่น โปรดใช้บัตรของการอบรมรุ่นนี้",
    en="This pass is of another run. Please show the one of this run.",
):
    pass


class PassExpired(
    Refused,
    code="pass-expired",
    status=409,
    th="บัตรนี้หมดอายุแล้ว โปรดเปิดบัตรใหม่จากระบบ",
    en="This pass has expired. Please open it anew.",
):
    pass


class PassForged(
    Refused,
    code="pass-forged",
    status=422,
    th="บัตรนี้ไม่ได้ออกโดยระบบ หรือข้อมูลบนบัตรไม่ครบถ้วน จึงใช้ลงทะเบียนไม่ได้",
    en="This pass was not issued here, or something of it is missing.",
):
    """Cut, changed, or signed with another key."""


class RoomCodeOld(
    Refused,
    code="room-code-old",
    status=409,
    th="รหัสหน้าห้องนี้เปลี่ยนไปแล้ว โปรดสแกนรหัสที่แสดงอยู่ขณะนี้",
    en="This code of the room has changed. Please scan the one that is shown now.",
):
    pass


class RoomCodeWrong(
    Refused,
    code="room-code-wrong",
    status=422,
    th="รหัสหน้าห้องนี้ไม่ใช่ของการอบรมรุ่นนี้ โปรดสแกนรหัสที่แสดงอยู่ในห้องอบรม",
    en="This is no code of a room of this run. Please scan the one that is shown in the room.",
    guards=True,
):
    """Forged, cut, or of another run."""
