"""Refusals of devices, each with a stable code, a status and its sentences."""

from shared.errors import Refused
from shared.token_refusals import Unauthenticated


class DeviceTokenUnknown(
    Unauthenticated,
    code="device-token-unknown",
    status=401,
    th="ระบบไม่รู้จักอุปกรณ์นี้ โปรดขอรหัสลงทะเบียนอุปกรณ์จากผู้จัดการอบรม",
    en="This device is not known. Please ask the organiser for a code to enrol it.",
):
    """Never issued, or another one took its place when the device was enrolled again."""


class DeviceRevoked(
    Refused,
    code="device-revoked",
    status=403,
    th="อุปกรณ์นี้ถูกยกเลิกแล้ว จึงใช้ลงทะเบียนไม่ได้",
    en="This device was revoked and records nobody any more.",
):
    pass


class DeviceOfOtherRun(
    Refused,
    code="device-of-other-run",
    status=403,
    th="อุปกรณ์นี้ลงทะเบียนไว้สำหรับการอบรมรุ่นอื่น",
    en="This device was enrolled for another run.",
):
    """Or for none: a token of that role which names no device."""


class DeviceCodeWrong(
    Refused,
    code="device-code-wrong",
    status=422,
    th="รหัสลงทะเบียนอุปกรณ์ไม่ถูกต้อง หรือใช้ไปแล้ว โปรดขอรหัสใหม่จากผู้จัดการอบรม",
    en="This code enrols no device, or was used. Please ask the organiser for a new one.",
    guards=True,
):
    pass


class DeviceCodeExpired(
    Refused,
    code="device-code-expired",
    status=409,
    th="รหัสลงทะเบียนอุปกรณ์หมดอายุแล้ว โปรดขอรหัสใหม่จากผู้จัดการอบรม",
    en="This code has expired. Please ask the organiser for a new one.",
):
    pass


class UnknownDevice(
    Refused,
    code="unknown-device",
    status=404,
    th="ไม่พบอุปกรณ์นี้ในการอบรมรุ่นนี้",
    en="This run has no such device.",
):
    pass


class TooManyDevices(
    Refused,
    code="too-many-devices",
    status=409,
    th="การอบรมรุ่นนี้มีอุปกรณ์ครบ {limit} เครื่องแล้ว",
    en="This run has {limit} devices, which is as many as there may be.",
):
    """Details: limit."""
