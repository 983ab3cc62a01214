"""The public page of a certificate: plain HTML that needs neither script nor style. Pure."""

from datetime import date
from html import escape
from typing import Final

from services.enrolment.certificates.domain.certificates import Certificate
from shared.thai import format_thai_date, local_date

_PAGE: Final = """<!doctype html>
<html lang="th">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""
_CHECKING: Final = "ตรวจสอบประกาศนียบัตร"


def page_of(one: Certificate) -> str:
    wording = one.wording
    days = _day(wording.starts_on)
    if wording.ends_on != wording.starts_on:
        days = f"{days} ถึง {_day(wording.ends_on)}"
    rows = (
        ("ชื่อผู้รับ", wording.name or "ออกแล้ว โดยชื่อผู้รับถูกลบตามคำขอ"),
        ("หลักสูตร", wording.title),
        ("วันที่อบรม", days),
        ("วันที่ออกประกาศนียบัตร", _day(local_date(one.issued_at))),
    )
    listed = "".join(f"<dt>{name}</dt>\n<dd>{escape(value)}</dd>\n" for name, value in rows)
    return _page(f"<p><strong>{_status(one)}</strong></p>\n<dl>\n{listed}</dl>")


def page_of_nothing() -> str:
    return _page("<p><strong>ไม่พบประกาศนียบัตรนี้ในทะเบียน</strong></p>\n<p>โปรดตรวจสอบรหัสหรือคิวอาร์โค้ดบนเอกสารอีกครั้ง</p>")


def _status(one: Certificate) -> str:
    if one.valid:
        return "ประกาศนียบัตรฉบับนี้ใช้ได้"
    since = "" if one.revoked_at is None else f" ตั้งแต่วันที่ {_day(local_date(one.revoked_at))}"
    return f"ประกาศนียบัตรฉบับนี้ถูกเพิกถอนแล้ว{since}"


def _day(day: date) -> str:
    return format_thai_date(day, "full")


def _page(body: str) -> str:
    return _PAGE.format(title=_CHECKING, body=body)
