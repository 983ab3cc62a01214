"""Pages of a list: `?limit=&cursor=` in, `{"items": [...], "next": cursor | null}` out. Knows no store.

A cursor is the sort key of the last row, in a form that callers are not to look into.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson
from fastapi import Query
from starlette.requests import Request

from shared.errors import Refused
from shared.values import MOST_INTEGER

DEFAULT_LIMIT: Final = 50
LARGEST_LIMIT: Final = 500
LONGEST_CURSOR: Final = 1000
MOST_PARTS: Final = 8

Key = tuple[str | int | None, ...]
R = TypeVar("R")


class InvalidCursor(
    Refused,
    code="invalid-cursor",
    status=422,
    th="ไม่สามารถเปิดหน้าถัดไปจากตำแหน่งที่ระบุได้ กรุณาเริ่มจากหน้าแรก",
    en="The list cannot be continued from this cursor. Please start from the first page.",
):
    pass


class OrderNotServed(
    Refused,
    code="order-not-served",
    status=422,
    th="รายการที่ค้นหาด้วย {by} ไม่สามารถเรียงตาม {sort} ได้",
    en="A list that is narrowed by {by} cannot be sorted by {sort}.",
):
    """No index has this order of what is found so. Details: by, sort."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`after` is the sort key of the last row of the page before; None at the beginning."""

    limit: int
    after: Key | None

    @property
    def after_key(self) -> str | None:
        """Of rows that are sorted by one text, or by one first."""
        return None if self.after is None else str(self.after[0])

    def body(self, items: Sequence[Any], last: Key | None) -> dict[str, Any]:
        """`last` is the sort key of the last item when there may be more, else None. Ask for limit + 1 to know."""
        return {"items": items, "next": None if last is None else encode_cursor(last)}

    def cut(
        self, rows: Sequence[R], respond: Callable[[R], Any], key: Callable[[R], Key], end: Key | None = None
    ) -> dict[str, Any]:
        """The page of rows that were read up to limit + 1; `key` is what they are sorted by. `end`: where to go on when
        there are fewer, because too many had to be passed to find these."""
        kept = rows[: self.limit]
        return self.body([respond(row) for row in kept], key(kept[-1]) if len(rows) > self.limit else end)


async def page_request(
    request: Request,
    limit: int = Query(DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT, description="Most items of a page."),
    cursor: str | None = Query(
        None, max_length=LONGEST_CURSOR, pattern="^[A-Za-z0-9_-]*$", description="`next` of the page before."
    ),
) -> PageRequest:
    return PageRequest(limit, None if cursor is None else decode_cursor(cursor))


def encode_cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> Key:
    """Raises InvalidCursor for anything but a short list of plain values: it goes into a query."""
    try:
        key = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise InvalidCursor() from error
    if not isinstance(key, list) or not 1 <= len(key) <= MOST_PARTS:
        raise InvalidCursor()
    if not all(map(_is_plain, key)):
        raise InvalidCursor()
    return tuple(key)


def _is_plain(part: Any) -> bool:
    """What a database can compare with."""
    if isinstance(part, str):
        return part.isprintable()
    return part is None or (type(part) is int and abs(part) <= MOST_INTEGER)
