"""Refusals about how many seats a unit has, each with a stable code, a status and its sentences."""

from shared.errors import Refused


class BangkokHasNoOffice(
    Refused,
    code="bangkok-has-no-office",
    status=422,
    th="กรุงเทพมหานครไม่มีสำนักงานจังหวัด จึงจัดสรรที่นั่งของส่วนภูมิภาคให้ไม่ได้ โปรดจัดสรรให้หน่วยงานส่วนกลางหรือ OPS",
    en="Bangkok has no provincial office and cannot be given provincial seats. Give them to a central unit, or to OPS.",
):
    pass


class BucketOutOfScope(
    Refused,
    code="bucket-out-of-scope",
    status=422,
    th="หน่วยงาน {unit} ไม่อยู่ในขอบเขตของกลุ่มเป้าหมาย {target} โปรดเลือกกลุ่มอื่น หรือจัดสรรให้ PO (ส่วนภูมิภาค) หรือ OPS (ส่วนกลาง)",
    en="The unit {unit} is outside the scope of the target group {target}. "
    "Choose another group, or give the seats to the pool of its scope: PO for provinces, OPS for central units.",
):
    """A provincial bucket for a central target group, or the other way round."""


class BucketTwice(
    Refused,
    code="bucket-twice",
    status=422,
    th="ระบุหน่วยงาน {unit} ในกลุ่มเป้าหมาย {target} ซ้ำกัน โปรดรวมเป็นบรรทัดเดียว",
    en="The unit {unit} is listed twice for the target group {target}. Please make it one line.",
):
    pass


class SeatsAboveCapacity(
    Refused,
    code="seats-above-capacity",
    status=409,
    th="จำนวนที่นั่งรวม {seats} ที่ เกินจำนวนที่รุ่นนี้รับได้ ({capacity} ที่) โปรดลดที่นั่งหรือเพิ่มความจุของรุ่นก่อน",
    en="{seats} seats in total exceed the capacity of the run, {capacity}. Give fewer, or raise the capacity first.",
):
    pass


class SeatsAboveTarget(
    Refused,
    code="seats-above-target",
    status=409,
    th="ที่นั่งของกลุ่มเป้าหมาย {target} รวม {seats} ที่ เกินจำนวนที่กำหนด {limit} ที่ โปรดลดที่นั่งหรือจัดสรรให้กลุ่มอื่น",
    en="{seats} seats for the target group {target} exceed its limit of {limit}. Give fewer, or to another group.",
):
    pass


class SeatsBelowConfirmed(
    Refused,
    code="seats-below-confirmed",
    status=409,
    th="ลดที่นั่งของหน่วยงาน {unit} เหลือ {seats} ที่ไม่ได้ เพราะยืนยันสิทธิ์ไปแล้ว {confirmed} ราย โปรดคงไว้เท่านั้นหรือถอนรายชื่อก่อน",
    en="The seats of the unit {unit} cannot be cut to {seats}: {confirmed} are already confirmed. "
    "Leave at least as many, or withdraw people first.",
):
    pass


class RuleTwice(
    Refused,
    code="rule-twice",
    status=422,
    th="ระบุวิธีจัดสรรของกลุ่มเป้าหมาย {target} มากกว่าหนึ่งวิธี โปรดเลือกเพียงวิธีเดียวต่อกลุ่ม",
    en="More than one rule is given for the target group {target}. Please choose one for each group.",
):
    pass


class NoLastYear(
    Refused,
    code="no-last-year",
    status=409,
    th="ไม่พบโครงการเดียวกันของปีงบประมาณก่อนหน้า โปรดระบุรุ่นที่จะใช้อ้างอิงใน from หรือเลือกวิธีอื่น",
    en="The same programme of the fiscal year before was not found. "
    "Name a run to go by in “from”, or choose another rule.",
):
    """Its code is that of this programme with the year before in it."""


class UnknownBucket(
    Refused,
    code="unknown-bucket",
    status=409,
    th="หน่วยงาน {unit} ไม่มีที่นั่งของกลุ่มเป้าหมาย {target} ในรุ่นนี้ จึงย้ายที่นั่งออกไม่ได้",
    en="The unit {unit} has no seats of the target group {target} in this run to move.",
):
    """Details: unit, target."""


class TooFewSeats(
    Refused,
    code="too-few-seats",
    status=409,
    th="หน่วยงาน {unit} มีที่นั่งของกลุ่มเป้าหมาย {target} เพียง {seats} ที่ ไม่พอสำหรับจำนวนที่ขอย้าย โปรดลดจำนวน",
    en="The unit {unit} has only {seats} seats of the target group {target}, fewer than are to be moved.",
):
    """Details: unit, target, seats."""
