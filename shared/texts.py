"""What people read beside the sentences of refusals: titles by status, and what is wrong with a field. No logic."""

from collections.abc import Mapping
from typing import Final

TITLES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("คำขอไม่ถูกต้อง", "Bad request"),
    401: ("ต้องยืนยันตัวตน", "Sign-in needed"),
    403: ("ไม่มีสิทธิ์ดำเนินการ", "Not allowed"),
    404: ("ไม่พบข้อมูล", "Not found"),
    405: ("ไม่รองรับการดำเนินการนี้", "Method not allowed"),
    408: ("ส่งข้อมูลไม่ครบภายในเวลาที่กำหนด", "Not sent in time"),
    409: ("ขัดกับข้อมูลปัจจุบัน", "Conflict with the current state"),
    410: ("ข้อมูลถูกลบแล้ว", "Gone"),
    412: ("ข้อมูลถูกแก้ไขไปแล้ว", "Changed meanwhile"),
    413: ("ข้อมูลมีขนาดใหญ่เกินไป", "Too large"),
    415: ("ไม่รองรับรูปแบบข้อมูลนี้", "Unsupported media type"),
    422: ("ข้อมูลไม่ถูกต้อง", "Invalid data"),
    428: ("ต้องระบุข้อมูลที่อ่านล่าสุด", "Condition needed"),
    429: ("มีคำขอมากเกินไป", "Too many requests"),
    500: ("ข้อผิดพลาดภายในระบบ", "Internal error"),
    503: ("ระบบไม่พร้อมให้บริการชั่วคราว", "Temporarily unavailable"),
    504: ("ข้อมูลยังไม่พร้อมแสดง", "Not yet visible"),
}
REFUSED_TITLE: Final = ("ไม่สามารถดำเนินการได้", "Refused")

# What is wrong with one field, by the kind of error that pydantic names; the beginning of the name is enough.
FIELD_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("ต้องระบุ", "is required"),
    "extra_forbidden": ("ไม่ใช่รายการที่ระบบรู้จัก", "is not a known field"),
    "string_type": ("ต้องเป็นข้อความ", "must be text"),
    "string_too_short": ("ต้องมีอย่างน้อย {min_length} ตัวอักษร", "must have at least {min_length} characters"),
    "string_too_long": ("ต้องมีไม่เกิน {max_length} ตัวอักษร", "must have at most {max_length} characters"),
    "text_control": (
        "ต้องไม่มีอักขระควบคุม (เว้นแต่การขึ้นบรรทัดใหม่ในช่องที่เขียนได้หลายบรรทัด)",
        "must not have control characters (line breaks only where several lines may be written)",
    ),
    "text_blank": ("ต้องมีตัวอักษรที่มองเห็นได้", "must have something to see in it"),
    "moment_range": ("ต้องอยู่ระหว่าง ค.ศ. {first} ถึง {last}", "must lie between the years {first} and {last}"),
    "moment_buddhist": (
        "เป็นปี พ.ศ. ในรูปแบบสากลซึ่งต้องเป็น ค.ศ. น่าจะหมายถึง {meant}",
        "has a Buddhist year where one of the Common era belongs; {meant} may be meant",
    ),
    "string_pattern": ("มีรูปแบบไม่ถูกต้อง", "has the wrong format"),
    "too_short": ("ต้องมีอย่างน้อย {min_length} รายการ", "must have at least {min_length} items"),
    "too_long": ("ต้องมีไม่เกิน {max_length} รายการ", "must have at most {max_length} items"),
    "int_": ("ต้องเป็นจำนวนเต็ม", "must be a whole number"),
    "float_": ("ต้องเป็นตัวเลข", "must be a number"),
    "decimal_": ("ต้องเป็นตัวเลข", "must be a number"),
    "finite_number": ("ต้องเป็นตัวเลข", "must be a number"),
    "bool_": ("ต้องเป็น true หรือ false", "must be true or false"),
    "greater_than_equal": ("ต้องไม่น้อยกว่า {ge}", "must be at least {ge}"),
    "greater_than": ("ต้องมากกว่า {gt}", "must be more than {gt}"),
    "less_than_equal": ("ต้องไม่เกิน {le}", "must be at most {le}"),
    "less_than": ("ต้องน้อยกว่า {lt}", "must be less than {lt}"),
    "enum": ("ต้องเป็นค่าใดค่าหนึ่งต่อไปนี้: {expected}", "must be one of: {expected}"),
    "literal_error": ("ต้องเป็นค่าใดค่าหนึ่งต่อไปนี้: {expected}", "must be one of: {expected}"),
    "timezone": ("ต้องระบุเขตเวลา เช่น +07:00", "needs a time zone offset such as +07:00"),
    "datetime_": (
        "ต้องเป็นวันและเวลาตามรูปแบบ ISO 8601 เช่น 2026-11-21T09:00:00+07:00",
        "must be a date and time such as 2026-11-21T09:00:00+07:00",
    ),
    "date_": ("ต้องเป็นวันที่ตามรูปแบบ ISO 8601 เช่น 2026-11-21", "must be a date such as 2026-11-21"),
    "list_type": ("ต้องเป็นรายการ (JSON array)", "must be a list"),
    "tuple_type": ("ต้องเป็นรายการ (JSON array)", "must be a list"),
    "dict_type": ("ต้องเป็นกลุ่มข้อมูล (JSON object)", "must be an object"),
    "model_": ("ต้องเป็นกลุ่มข้อมูล (JSON object)", "must be an object"),
}
FIELD_TEXT: Final = ("มีค่าไม่ถูกต้อง", "is not valid")
