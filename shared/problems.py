"""Refusals as problem+json (RFC 9457) in the reader's language. Knows no service; sentences are in shared/texts.py."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal

import orjson
from starlette.requests import Request
from starlette.responses import Response

from shared.errors import Refused
from shared.telemetry import correlation
from shared.texts import FIELD_TEXT, FIELD_TEXTS, REFUSED_TITLE, TITLES

Language = Literal["th", "en"]
LONGEST_ACCEPT_LANGUAGE: Final = 500  # as much of it is looked at, and remembered
MEDIA_TYPE: Final = "application/problem+json"
_RESERVED: Final = frozenset({"type", "title", "status", "detail", "instance", "code"})


class Busy(
    Refused,
    code="busy",
    status=503,
    th="ขณะนี้ระบบยังให้บริการไม่ได้ชั่วคราว กรุณาลองใหม่อีกครั้งในอีกสักครู่",
    en="The service is busy at the moment. Please try again shortly.",
):
    """What a caller is told when the world around does not answer; see Unavailable."""


class InternalError(
    Refused,
    code="internal-error",
    status=500,
    th=("เกิดข้อผิดพลาดภายในระบบ กรุณาลองใหม่อีกครั้ง หากยังพบปัญหากรุณาแจ้งผู้ดูแลระบบพร้อมหมายเลขอ้างอิง {reference}"),
    en="Something went wrong in the system. Please try again, or tell the administrator this reference: {reference}.",
):
    """Details: reference, which is the correlation id that the log has as well."""


def language_of(request: Request) -> Language:
    return preferred_language(request.headers.get("accept-language", "")[:LONGEST_ACCEPT_LANGUAGE])


@lru_cache(maxsize=256)
def preferred_language(accepted: str) -> Language:
    """Thai unless English is asked for with more weight; what cannot be read counts as nothing said."""
    best: dict[str, float] = {}
    for part in accepted.split(","):
        tag, _, parameters = part.strip().lower().partition(";")
        best[tag.split("-")[0]] = max(best.get(tag.split("-")[0], 0.0), _weight(parameters))
    return "en" if best.get("en", 0.0) > best.get("th", best.get("*", 0.0)) else "th"


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def problem_body(error: Refused, language: Language) -> dict[str, Any]:
    """type, title, status, code, detail and the details; also for one row of a list answer."""
    english = language == "en"
    details = {name: value for name, value in error.details.items() if name not in _RESERVED}
    detail = (error.en if english else error.th).format_map(_Details(details))
    if "errors" in details:
        details["errors"] = [_field(one, english) for one in details["errors"]]
    return {
        "type": f"urn:pattana:problem:{error.code}",
        "title": TITLES.get(error.status, REFUSED_TITLE)[english],
        "status": error.status,
        "code": error.code,
        "detail": detail,
        **details,
    }


def problem_response(error: Refused, language: Language, headers: Mapping[str, str] | None = None) -> Response:
    """The whole answer, with the correlation id so that people can quote it."""
    body = problem_body(error, language)
    body["correlationId"] = correlation.get()
    extra = {"content-language": language, **(headers or {})}
    if body["status"] == 401:
        extra["www-authenticate"] = "Bearer" if error.code == "unauthenticated" else 'Bearer error="invalid_token"'
    elif body["status"] == 429:
        extra.setdefault("retry-after", str(getattr(error, "retry_after", 1)))
    elif body["status"] in (503, 504):
        extra.setdefault("retry-after", str(error.retry_after_seconds))
    return Response(orjson.dumps(body, default=str), body["status"], extra, MEDIA_TYPE)


def _field(error: Mapping[str, Any], english: bool) -> dict[str, Any]:
    """From {"field", "reason", "limits"} to {"field", "reason", "detail"}."""
    reason = str(error["reason"])
    texts = next((texts for kind, texts in FIELD_TEXTS.items() if reason.startswith(kind)), FIELD_TEXT)
    detail = texts[english].format_map(_Details(error.get("limits", {})))
    return {"field": error["field"], "reason": reason, "detail": detail}


class _Details(dict[str, Any]):
    """A detail that an error forgot is a dash, not a second error."""

    def __missing__(self, name: str) -> "_Dash":
        return _Dash()


class _Dash:
    def __format__(self, specification: str) -> str:
        return "–"


def field_errors(errors: Sequence[Mapping[str, Any]], skip: int = 0) -> list[dict[str, Any]]:
    """pydantic's errors without what was sent (it may be personal); `skip` leaves out leading parts of the path."""
    return [
        {
            "field": ".".join(str(part) for part in error["loc"][skip:]),
            "reason": error["type"],
            "limits": {
                name: value for name, value in error.get("ctx", {}).items() if isinstance(value, str | int | float)
            },
        }
        for error in errors
    ]
