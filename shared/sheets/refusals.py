"""Refusals of a whole file.

Refused
└── SheetUnreadable  SheetEmpty  SheetTooLong  SheetTooWide  SheetTooCostly
"""

from shared.errors import Refused


class SheetUnreadable(
    Refused,
    code="sheet-unreadable",
    status=422,
    th="ระบบเปิดไฟล์นี้ไม่ได้ กรุณาบันทึกเป็น CSV (UTF-8) หรือ XLSX แล้วส่งใหม่",
    en="This file cannot be opened. Please save it as CSV (UTF-8) or XLSX and send it again.",
):
    pass


class SheetEmpty(
    Refused,
    code="sheet-empty",
    status=422,
    th="ไฟล์นี้ไม่มีแถวหัวตาราง กรุณาใส่ชื่อคอลัมน์ไว้ในแถวแรก",
    en="This file has no header row. Please put the column names in the first row.",
):
    pass


class SheetTooLong(
    Refused,
    code="sheet-too-long",
    status=413,
    th="ไฟล์นี้มีข้อมูลเกิน {limit:,} แถว กรุณาแบ่งเป็นหลายไฟล์",
    en="This file has more than {limit:,} rows. Please split it into several files.",
):
    """Details: limit."""


class SheetTooWide(
    Refused,
    code="sheet-too-wide",
    status=413,
    th="แถวหัวตารางของไฟล์นี้มีเกิน {limit:,} คอลัมน์ กรุณาเหลือไว้เฉพาะคอลัมน์ที่ต้องใช้",
    en="The header of this file has more than {limit:,} columns. Please keep only those that are needed.",
):
    """Details: limit."""


class SheetTooCostly(
    Refused,
    code="sheet-too-costly",
    status=413,
    th="การอ่านไฟล์นี้ใช้หน่วยความจำหรือเวลาเกินกำหนด กรุณาคัดลอกเฉพาะตารางไปไว้ในไฟล์ใหม่ หรือแบ่งเป็นหลายไฟล์",
    en="Reading this file takes more memory or time than is allowed. Please copy the table alone into a new file, or "
    "split it into several files.",
):
    """Unpacked it is too large, or its parser was stopped by a limit."""
