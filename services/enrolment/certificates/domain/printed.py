"""What stands on the paper of a certificate, as data of its template. Pure: the same certificate, the same data."""

from datetime import date
from typing import Any, Final

from services.enrolment.certificates.domain.certificates import Certificate
from shared.thai import format_thai_date, local_date

TEMPLATE: Final = "certificate"
TITLE: Final = "ประกาศนียบัตร"
_THAI_DIGITS: Final = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def printed(one: Certificate, address: str) -> dict[str, Any]:
    """`address` is where it can be checked. Of one without a name nothing is printed."""
    wording = one.wording
    return {
        "title": TITLE,
        "issuer": wording.issuer,
        "name": wording.name,
        "number": one.number.translate(_THAI_DIGITS),
        "words": {
            "issuer": wording.issuer,
            "course": wording.title.translate(_THAI_DIGITS),
            "held": _held(wording.starts_on, wording.ends_on),
            "given": f"ให้ไว้ ณ วันที่ {_day(local_date(one.issued_at))}",
        },
        "links": {"check": address},
    }


def _held(first: date, last: date) -> str:
    if first == last:
        return f"เมื่อวันที่ {_day(first)}"
    return f"ระหว่างวันที่ {_day(first)} ถึงวันที่ {_day(last)}"


def _day(day: date) -> str:
    """As official papers have it: with the era, and in Thai digits."""
    number, month, year = format_thai_date(day, "full", "thai").split(" ")
    return f"{number} {month} พ.ศ. {year}"
