"""What people read when something is refused: one sentence per common code, Thai and English. No logic.

Services bring the sentences of their own codes. A sentence is str.format-ed with the facts of its error, says what is
wrong and what the reader can do, and never repeats what was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ProblemText:
    status: int
    th: str
    en: str


_AGAIN_TH = "กรุณาเข้าสู่ระบบใหม่อีกครั้ง"
_AGAIN_EN = "Please sign in again."

COMMON: Final[Mapping[str, ProblemText]] = {
    "unauthenticated": ProblemText(401, "กรุณาเข้าสู่ระบบก่อนดำเนินการ", "Please sign in before you go on."),
    "token-malformed": ProblemText(
        401, f"ระบบไม่สามารถอ่านข้อมูลยืนยันตัวตนของท่านได้ {_AGAIN_TH}", f"Your sign-in could not be read. {_AGAIN_EN}"
    ),
    "token-unsigned": ProblemText(
        401,
        f"ข้อมูลยืนยันตัวตนของท่านไม่มีลายมือชื่อดิจิทัลกำกับ ระบบจึงไม่สามารถรับรองได้ {_AGAIN_TH}",
        f"Your sign-in carries no digital signature, so it cannot be trusted. {_AGAIN_EN}",
    ),
    "token-alg-none": ProblemText(
        401,
        f"ข้อมูลยืนยันตัวตนระบุว่าไม่ใช้ลายมือชื่อดิจิทัล ซึ่งระบบนี้ไม่รับ {_AGAIN_TH}",
        f"Your sign-in says that it is not signed, which is not accepted here. {_AGAIN_EN}",
    ),
    "token-algorithm": ProblemText(
        401,
        "ข้อมูลยืนยันตัวตนใช้วิธีลงลายมือชื่อดิจิทัลที่ระบบนี้ไม่รับ กรุณาแจ้งผู้ดูแลระบบ",
        "Your sign-in is signed in a way that is not accepted here. Please tell the system administrator.",
    ),
    "token-wrong-issuer": ProblemText(
        401,
        "ข้อมูลยืนยันตัวตนนี้ออกโดยระบบอื่น จึงใช้กับระบบนี้ไม่ได้ กรุณาเข้าสู่ระบบผ่านช่องทางที่หน่วยงานกำหนด",
        "This sign-in was issued by another system and is not valid here. Please sign in the way your office provides.",
    ),
    "token-unknown-key": ProblemText(
        401,
        f"ระบบไม่รู้จักกุญแจที่ใช้ลงลายมือชื่อในข้อมูลยืนยันตัวตนของท่าน {_AGAIN_TH}",
        f"The key that signed your sign-in is not known here. {_AGAIN_EN}",
    ),
    "token-bad-signature": ProblemText(
        401,
        f"ลายมือชื่อดิจิทัลในข้อมูลยืนยันตัวตนของท่านไม่ถูกต้อง {_AGAIN_TH}",
        f"The digital signature of your sign-in is wrong. {_AGAIN_EN}",
    ),
    "token-incomplete": ProblemText(
        401,
        "ข้อมูลยืนยันตัวตนของท่านไม่ครบถ้วน (ไม่มี {claim}) กรุณาแจ้งผู้ดูแลระบบ",
        "Your sign-in is incomplete ({claim} is missing). Please tell the system administrator.",
    ),
    "token-wrong-audience": ProblemText(
        401,
        "ข้อมูลยืนยันตัวตนนี้ออกให้สำหรับใช้กับระบบอื่น กรุณาเข้าสู่ระบบนี้ใหม่อีกครั้ง",
        "This sign-in was issued for use with another system. Please sign in to this one.",
    ),
    "token-expired": ProblemText(401, f"หมดเวลาการใช้งานแล้ว {_AGAIN_TH}", f"Your session has expired. {_AGAIN_EN}"),
    "token-not-yet-valid": ProblemText(
        401,
        "ข้อมูลยืนยันตัวตนของท่านยังไม่ถึงเวลาเริ่มใช้งาน กรุณารอสักครู่แล้วลองใหม่ หากยังไม่ได้กรุณาแจ้งผู้ดูแลระบบ",
        "Your sign-in is not valid yet. Please try again in a moment, or tell the system administrator.",
    ),
    "forbidden": ProblemText(
        403,
        "ท่านไม่มีสิทธิ์ดำเนินการในเรื่องนี้ หากจำเป็นต้องใช้งานกรุณาติดต่อผู้ดูแลระบบของหน่วยงาน",
        "You have no right to do this. If your work needs it, please ask the administrator of your office.",
    ),
    "unit-out-of-scope": ProblemText(
        403,
        "หน่วยงาน {unit} อยู่นอกเหนือความรับผิดชอบของท่าน ระบบจึงไม่ดำเนินการให้",
        "The unit {unit} is outside your responsibility, so nothing was done.",
    ),
    "not-found": ProblemText(
        404,
        "ไม่พบข้อมูลที่ท่านต้องการ หรือข้อมูลนั้นอยู่นอกเหนือสิทธิ์การเข้าถึงของท่าน",
        "This was not found, or you may not see it.",
    ),
    "method-not-allowed": ProblemText(
        405, "ที่อยู่นี้ไม่รองรับการดำเนินการแบบ {method}", "This address does not accept {method}."
    ),
    "bad-request": ProblemText(
        400,
        "ระบบไม่สามารถอ่านคำขอนี้ได้ กรุณาตรวจสอบแล้วส่งใหม่",
        "This request could not be read. Please check it and send it again.",
    ),
    "malformed-json": ProblemText(
        400,
        "ข้อมูลที่ส่งมาไม่อยู่ในรูปแบบ JSON ที่ถูกต้อง กรุณาตรวจสอบแล้วส่งใหม่",
        "What was sent is not valid JSON. Please check it and send it again.",
    ),
    "body-too-deep": ProblemText(
        400,
        "ข้อมูลที่ส่งมามีโครงสร้างซ้อนกันลึกเกิน {limit} ชั้น ระบบจึงไม่รับ",
        "What was sent is nested deeper than {limit} levels and was not accepted.",
    ),
    "body-too-large": ProblemText(
        413,
        "ข้อมูลที่ส่งมามีขนาดใหญ่เกินกำหนด ({limit:,} ไบต์) กรุณาแบ่งส่งเป็นหลายครั้ง",
        "What was sent is larger than the limit ({limit:,} bytes). Please send it in several parts.",
    ),
    "unsupported-media-type": ProblemText(
        415,
        "ระบบรับข้อมูลในรูปแบบ application/json เท่านั้นสำหรับการดำเนินการนี้",
        "Only application/json is accepted here.",
    ),
    "invalid-body": ProblemText(
        422,
        "ข้อมูลที่ส่งมายังไม่ครบถ้วนหรือไม่ถูกต้อง กรุณาตรวจสอบรายการที่ระบุไว้แล้วส่งใหม่",
        "What was sent is incomplete or not correct. Please check the fields listed and send it again.",
    ),
    "unknown-field": ProblemText(
        422,
        "ข้อมูลที่ส่งมามีรายการที่ระบบไม่รู้จัก กรุณาตรวจสอบชื่อรายการที่ระบุไว้แล้วส่งใหม่",
        "What was sent has fields that are not known here. Please check the names listed and send it again.",
    ),
    "operator-in-body": ProblemText(
        422,
        "ข้อมูลที่ส่งมามีคำสั่งของฐานข้อมูลปะปนอยู่ ระบบจึงไม่รับ กรุณาส่งเฉพาะค่าของข้อมูล",
        "What was sent contains a database operator and was not accepted. Please send plain values only.",
    ),
    "invalid-parameter": ProblemText(
        422,
        "เงื่อนไขที่ระบุในคำขอไม่ถูกต้อง กรุณาตรวจสอบรายการที่ระบุไว้แล้วลองใหม่",
        "A parameter of this request is not correct. Please check the ones listed and try again.",
    ),
    "invalid-position": ProblemText(
        422,
        "ค่า after ไม่ถูกต้อง ต้องอยู่ในรูปแบบ <ข้อมูล>:<ลำดับ> และระบุได้ไม่เกิน {most} ค่า",
        "after= is not correct: it must read <aggregate>:<sequence>, at most {most} times.",
    ),
    "invalid-cursor": ProblemText(
        422,
        "ไม่สามารถเปิดหน้าถัดไปจากตำแหน่งที่ระบุได้ กรุณาเริ่มจากหน้าแรก",
        "The list cannot be continued from this cursor. Please start from the first page.",
    ),
    "invalid-idempotency-key": ProblemText(
        422,
        "ค่า Idempotency-Key ไม่ถูกต้อง ต้องเป็นอักขระภาษาอังกฤษ ตัวเลข หรือเครื่องหมาย ไม่เว้นวรรค ยาว 1 ถึง 200 ตัวอักษร",
        "Idempotency-Key is not correct: 1 to 200 visible ASCII characters are expected.",
    ),
    "idempotency-key-reused": ProblemText(
        422,
        "ค่า Idempotency-Key นี้เคยใช้กับคำขออื่นแล้ว กรุณาใช้ค่าใหม่สำหรับคำขอใหม่",
        "This Idempotency-Key was used for another request. Please use a new one for a new request.",
    ),
    "event-too-large": ProblemText(
        422,
        "ข้อมูลของรายการนี้มีขนาดใหญ่เกินกว่าที่ระบบจะส่งต่อได้ กรุณาลดข้อความหรือแบ่งเป็นหลายรายการ",
        "This entry is too large to be passed on. Please shorten its texts or split it.",
    ),
    "not-parked": ProblemText(
        409,
        "รายการนี้รอเหตุการณ์ก่อนหน้า จึงสั่งทำซ้ำหรือละทิ้งโดยลำพังไม่ได้",
        "This event waits for an earlier one and cannot be retried or discarded by itself.",
    ),
    "not-yet-visible": ProblemText(
        504,
        "ระบบได้รับข้อมูลล่าสุดแล้ว แต่ยังประมวลผลไม่เสร็จ กรุณาลองใหม่อีกครั้งในอีกสักครู่",
        "The latest data has been received but is not processed yet. Please try again in a moment.",
    ),
    "busy": ProblemText(
        503,
        "ขณะนี้ระบบยังให้บริการไม่ได้ชั่วคราว กรุณาลองใหม่อีกครั้งในอีกสักครู่",
        "The service is busy at the moment. Please try again shortly.",
    ),
    "internal-error": ProblemText(
        500,
        "เกิดข้อผิดพลาดภายในระบบ กรุณาลองใหม่อีกครั้ง หากยังพบปัญหากรุณาแจ้งผู้ดูแลระบบพร้อมหมายเลขอ้างอิง {reference}",
        "Something went wrong in the system. Please try again, or tell the administrator this reference: {reference}.",
    ),
}

TITLES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("คำขอไม่ถูกต้อง", "Bad request"),
    401: ("ต้องยืนยันตัวตน", "Sign-in needed"),
    403: ("ไม่มีสิทธิ์ดำเนินการ", "Not allowed"),
    404: ("ไม่พบข้อมูล", "Not found"),
    405: ("ไม่รองรับการดำเนินการนี้", "Method not allowed"),
    409: ("ขัดกับข้อมูลปัจจุบัน", "Conflict with the present state"),
    413: ("ข้อมูลมีขนาดใหญ่เกินไป", "Too large"),
    415: ("ไม่รองรับรูปแบบข้อมูลนี้", "Unsupported media type"),
    422: ("ข้อมูลไม่ถูกต้อง", "Not correct"),
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
    "string_pattern": ("มีรูปแบบไม่ถูกต้อง", "has a wrong form"),
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
    "timezone": ("ต้องระบุเขตเวลา เช่น +07:00", "needs a time zone offset, as +07:00"),
    "datetime_": (
        "ต้องเป็นวันและเวลาตามรูปแบบ ISO 8601 เช่น 2026-11-21T09:00:00+07:00",
        "must be a date and time as in 2026-11-21T09:00:00+07:00",
    ),
    "date_": ("ต้องเป็นวันที่ตามรูปแบบ ISO 8601 เช่น 2026-11-21", "must be a date as in 2026-11-21"),
    "list_type": ("ต้องเป็นรายการ (JSON array)", "must be a list"),
    "tuple_type": ("ต้องเป็นรายการ (JSON array)", "must be a list"),
    "dict_type": ("ต้องเป็นกลุ่มข้อมูล (JSON object)", "must be an object"),
    "model_": ("ต้องเป็นกลุ่มข้อมูล (JSON object)", "must be an object"),
}
FIELD_TEXT: Final = ("มีค่าไม่ถูกต้อง", "is not correct")
