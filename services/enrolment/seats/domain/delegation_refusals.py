"""Refusals about acting in the name of somebody who is away, each with a stable code, a status and its sentences.

Refused
├── UnknownDelegation  DelegationEnded  DelegationNotNow
└── naming somebody: NothingToDelegate  DelegateIsYourself  DelegationBackwards  DelegateAway
"""

from shared.errors import Refused


class UnknownDelegation(
    Refused,
    code="unknown-delegation",
    status=404,
    th="ไม่พบการมอบหมายให้พิจารณาแทนนี้ในรายการของท่าน",
    en="There is no such delegation of yours.",
):
    pass


class DelegationEnded(
    Refused,
    code="delegation-ended",
    status=409,
    th="การมอบหมายให้พิจารณาแทนนี้ถูกยกเลิกแล้ว จึงพิจารณาแทนต่อไปไม่ได้",
    en="This delegation was ended; nothing can be decided by it any more.",
    guards=True,
):
    pass


class DelegationNotNow(
    Refused,
    code="delegation-not-now",
    status=409,
    th="ขณะนี้อยู่นอกช่วงเวลาที่ท่านได้รับมอบหมายให้พิจารณาแทน โปรดตรวจสอบวันเริ่มต้นและสิ้นสุด",
    en="This is outside the period for which you were asked to decide. Please see when it begins and ends.",
    guards=True,
):
    pass


class NothingToDelegate(
    Refused,
    code="nothing-to-delegate",
    status=403,
    th="ท่านไม่มีขั้นการพิจารณาของหน่วยงานใดที่จะมอบหมายให้ผู้อื่นพิจารณาแทนได้",
    en="You decide no step of approval for any unit, so there is nothing that somebody could decide for you.",
):
    pass


class DelegateIsYourself(
    Refused,
    code="delegate-is-yourself",
    status=422,
    th="โปรดระบุผู้พิจารณาแทนที่ไม่ใช่ตัวท่านเอง",
    en="Please name somebody else to decide for you.",
):
    pass


class DelegationBackwards(
    Refused,
    code="delegation-backwards",
    status=422,
    th="วันสิ้นสุดการมอบหมายต้องอยู่หลังวันเริ่มต้น",
    en="A delegation must end after it begins.",
):
    pass


class DelegateAway(
    Refused,
    code="delegate-away",
    status=409,
    th="ผู้ที่ท่านระบุได้มอบหมายให้ผู้อื่นพิจารณาแทนในช่วงเวลานี้ การมอบหมายต่อกันเป็นทอดทำไม่ได้ โปรดระบุท่านอื่น",
    en="Whom you named has left own decisions to somebody else in this time, and delegations are not passed on. "
    "Please name somebody else.",
):
    pass
