"""Refusals of a whole file.

Refused
├── SheetUnreadable  SheetEmpty  SheetTooLong  SheetTooWide  SheetTooCostly
├── which of several: SheetAmbiguous  SheetUnknown
└── it is something else: SheetOfOtherKind  SheetLocked  SheetIsNoTable  SheetPacked
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


class SheetAmbiguous(
    Refused,
    code="sheet-ambiguous",
    status=422,
    th="ไฟล์นี้มีรายชื่ออยู่หลายแผ่นงาน ({listed}) กรุณาระบุชื่อแผ่นงานที่ต้องการนำเข้า (sheet)",
    en="Several sheets of this file hold a list ({listed}). Please name the one to import (sheet).",
):
    """Details: sheets, listed. What is on them differs, and nobody has said which one counts."""


class SheetUnknown(
    Refused,
    code="sheet-unknown",
    status=422,
    th="ไฟล์นี้ไม่มีแผ่นงานชื่อที่ระบุ แผ่นงานที่มีคือ {listed}",
    en="This file has no sheet of that name. It has: {listed}.",
):
    """Details: sheets, listed."""


class SheetOfOtherKind(
    Refused,
    code="sheet-kind",
    status=422,
    th="ไฟล์นี้เป็น {kind} แม้นามสกุลไฟล์อาจเป็นอย่างอื่น กรุณาเปิดด้วยโปรแกรมตารางคำนวณ แล้วเลือก “บันทึกเป็น” ชนิด XLSX หรือ CSV (UTF-8) "
    "แล้วส่งไฟล์ใหม่",
    en="This file is {kind}, whatever its name says. Please open it in a spreadsheet program, save it as XLSX or "
    "CSV (UTF-8), and send that.",
):
    """Details: kind. There is a table in it, but in a format that is not read."""


class SheetLocked(
    Refused,
    code="sheet-locked",
    status=422,
    th="ไฟล์นี้มีรหัสผ่าน ระบบจึงเปิดไม่ได้ กรุณานำรหัสผ่านออกแล้วบันทึกเป็น XLSX แล้วส่งใหม่",
    en="This file is protected by a password. Please remove it, save the file as XLSX and send it again.",
):
    pass


class SheetIsNoTable(
    Refused,
    code="sheet-is-no-table",
    status=422,
    th="ไฟล์นี้เป็น {kind} ซึ่งไม่ใช่ตารางข้อมูล กรุณาพิมพ์หรือคัดลอกรายชื่อลงในโปรแกรมตารางคำนวณ แล้วบันทึกเป็น XLSX หรือ CSV (UTF-8)",
    en="This file is {kind}, which is no table. Please enter or copy the list into a spreadsheet, and save it as XLSX "
    "or CSV (UTF-8).",
):
    """Details: kind."""


class SheetPacked(
    Refused,
    code="sheet-packed",
    status=422,
    th="ไฟล์นี้เป็นไฟล์บีบอัด ({kind}) กรุณาแตกไฟล์ก่อน แล้วส่งไฟล์ตารางที่อยู่ข้างในทีละไฟล์",
    en="This file is an archive ({kind}). Please unpack it and send the table that is in it.",
):
    """Details: kind."""
