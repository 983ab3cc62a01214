"""Headers of requests that mean the same everywhere, and how the document describes them. Knows no service."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.requests import Request

from shared.conditions import IfMatchRequired, version_of
from shared.errors import Refused

LONGEST_HEADER: Final = 200
_VISIBLE: Final = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_HEADER}}}")


class InvalidIdempotencyKey(
    Refused,
    code="invalid-idempotency-key",
    status=422,
    th=("ค่า Idempotency-Key ไม่ถูกต้อง ต้องเป็นอักขระภาษาอังกฤษ ตัวเลข หรือเครื่องหมาย ไม่เว้นวรรค ยาว 1 ถึง 200 ตัวอักษร"),
    en="Idempotency-Key is not valid: 1 to 200 visible ASCII characters are expected.",
):
    pass


async def idempotency_key(request: Request) -> str | None:
    """The header Idempotency-Key, if there is one. Raises InvalidIdempotencyKey."""
    value: bytes | None = request.scope["pattana.headers"].get(b"idempotency-key")
    if value is None:
        return None
    key = value.decode("latin-1")
    if _VISIBLE.fullmatch(key) is None:
        raise InvalidIdempotencyKey()
    return key


async def if_match(request: Request) -> int | None:
    """The version that the caller has seen, if it matters to the caller. Raises InvalidIfMatch."""
    return version_of(request.scope["pattana.headers"].get(b"if-match"))


async def required_if_match(request: Request) -> int:
    """The version that the caller replaces. Raises IfMatchRequired and InvalidIfMatch."""
    version = await if_match(request)
    if version is None:
        raise IfMatchRequired()
    return version


def _header(name: str, description: str, pattern: str, *, required: bool = False) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": LONGEST_HEADER, "pattern": pattern}
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


_SEEN: Final = "The `ETag` that was read. Another one by now: 412 `changed-since` with what changed."
# What a route asks for by one of these dependencies.
DESCRIBED: Final[Mapping[Callable[..., Any], dict[str, Any]]] = {
    idempotency_key: _header(
        "Idempotency-Key", "The same key again, within 48 h, gets the first answer.", "^[\\x21-\\x7e]{1,200}$"
    ),
    if_match: _header("If-Match", _SEEN, '^"[0-9]{1,18}"$'),
    required_if_match: _header("If-Match", f"{_SEEN} Missing: 428.", '^"[0-9]{1,18}"$', required=True),
}
