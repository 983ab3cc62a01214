"""Conditional writing: `ETag` says which version was read, `If-Match` which one may be replaced. Knows no service."""

import re
from typing import Final

from shared.errors import Refused

_TAG: Final = re.compile(rb'"(\d{1,18})"')


class IfMatchRequired(
    Refused,
    code="if-match-required",
    status=428,
    th="กรุณาอ่านข้อมูลล่าสุดก่อนแก้ไข แล้วส่งค่า ETag ที่ได้รับมาใน If-Match เพื่อไม่ให้ทับการแก้ไขของผู้อื่น",
    en="Read the latest data first and send its ETag as If-Match, so that no change of others is overwritten.",
):
    """Replacing needs it. `*` does not do: it would replace what nobody has looked at."""


class InvalidIfMatch(
    Refused,
    code="invalid-if-match",
    status=400,
    th="ค่า If-Match ไม่ถูกต้อง กรุณาใช้ค่า ETag ที่ได้รับตามเดิมทุกตัวอักษร และระบุเพียงค่าเดียว",
    en="If-Match is not valid. Please send one ETag exactly as it was received.",
):
    pass


class ChangedSince(
    Refused,
    code="changed-since",
    status=412,
    th="ข้อมูลนี้ถูกแก้ไขหลังจากที่ท่านอ่าน กรุณาตรวจสอบรายการที่เปลี่ยน อ่านข้อมูลล่าสุด แล้วส่งใหม่",
    en="This was changed after you read it. Please look at what has changed, read it again and send it again.",
):
    """Details: version (the present one); changes since the version that was sent, the newest first, each with version,
    fields, by and at; complete: whether these are all of them."""


def etag(version: int) -> dict[str, str]:
    """The header of an answer that shows this version."""
    return {"etag": f'"{version}"'}


def version_of(if_match: bytes | None) -> int | None:
    """The version in an If-Match; None without the header, and for `*`. Raises InvalidIfMatch."""
    if if_match is None or if_match == b"*":
        return None
    found = _TAG.fullmatch(if_match)
    if found is None:
        raise InvalidIfMatch()
    return int(found[1])
