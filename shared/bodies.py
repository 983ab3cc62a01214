"""JSON bodies into strict models, and every way in which that fails into a code of its own. Knows no service."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from shared.errors import Refused
from shared.problems import field_errors
from shared.values import DateBuddhistIso, common_era

M = TypeVar("M", bound=BaseModel)
BODY_KEY: Final = "pattana.body"
_OF_MOMENTS: Final = ("moment_", "datetime_", "date_", "timezone_")  # what pydantic finds wrong with them
_BUDDHIST: Final = "moment_buddhist"


class Body(BaseModel):
    """What comes in over HTTP: camelCase on the wire, no unknown fields, no coercion. Answers may use it as well."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, alias_generator=to_camel, hide_input_in_errors=True
    )


class MalformedJson(
    Refused,
    code="malformed-json",
    status=400,
    th="ข้อมูลที่ส่งมาไม่อยู่ในรูปแบบ JSON ที่ถูกต้อง กรุณาตรวจสอบแล้วส่งใหม่",
    en="What was sent is not valid JSON. Please check it and send it again.",
):
    pass


class BodyTooDeep(
    Refused,
    code="body-too-deep",
    status=400,
    th="ข้อมูลที่ส่งมามีโครงสร้างซ้อนกันลึกเกิน {limit} ชั้น ระบบจึงไม่รับ",
    en="What was sent is nested deeper than {limit} levels and was not accepted.",
):
    """Details: limit."""


class BodyTooLarge(
    Refused,
    code="body-too-large",
    status=413,
    th="ข้อมูลที่ส่งมามีขนาดใหญ่เกินกำหนด ({limit:,} ไบต์) กรุณาแบ่งส่งเป็นหลายครั้ง",
    en="What was sent is larger than the limit ({limit:,} bytes). Please send it in several parts.",
):
    """Details: limit."""


class UnsupportedMediaType(
    Refused,
    code="unsupported-media-type",
    status=415,
    th="ระบบรับข้อมูลในรูปแบบ application/json เท่านั้นสำหรับการดำเนินการนี้",
    en="Only application/json is accepted here.",
):
    pass


class InvalidBody(
    Refused,
    code="invalid-body",
    status=422,
    th="ข้อมูลที่ส่งมายังไม่ครบถ้วนหรือไม่ถูกต้อง กรุณาตรวจสอบรายการที่ระบุไว้แล้วส่งใหม่",
    en="What was sent is incomplete or not valid. Please check the fields listed and send it again.",
):
    """Details: errors, a list of field, reason and limits."""


class UnknownField(
    InvalidBody,
    code="unknown-field",
    status=422,
    th="ข้อมูลที่ส่งมามีรายการที่ระบบไม่รู้จัก กรุณาตรวจสอบชื่อรายการที่ระบุไว้แล้วส่งใหม่",
    en="What was sent has fields that are not known here. Please check the names listed and send it again.",
):
    """Nothing else is wrong than fields that are not known."""


class OperatorInBody(
    InvalidBody,
    code="operator-in-body",
    status=422,
    th="ข้อมูลที่ส่งมามีคำสั่งของฐานข้อมูลปะปนอยู่ ระบบจึงไม่รับ กรุณาส่งเฉพาะค่าของข้อมูล",
    en="What was sent contains a database operator and was not accepted. Please send plain values only.",
):
    """A `$name` where a plain value belongs."""


def raw_body(request: Request) -> bytes:
    """The JSON text as it was sent; empty when there was none. Raises UnsupportedMediaType for another kind of body."""
    raw: bytes | None = request.scope.get(BODY_KEY)
    if raw is None:
        raise UnsupportedMediaType()
    return raw


async def json_body(request: Request, model: type[M]) -> M:
    """An empty body counts as {}: a command whose fields are all optional needs none."""
    try:
        return model.model_validate_json(raw_body(request) or b"{}")
    except ValidationError as error:
        raise refusal_of(error.errors(include_url=False)) from None


class JsonBody:
    """The dependency behind `body`; it holds the model for the OpenAPI document."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model

    async def __call__(self, request: Request) -> Any:
        return await json_body(request, self.model)


def body(model: type[BaseModel]) -> Any:
    """`command: Annotated[Nominate, body(Nominate)]`: the strict way in, instead of FastAPI's own body parameters."""
    return Depends(JsonBody(model))


def refusal_of(errors: Sequence[Mapping[str, Any]], skip: int = 0) -> Refused:
    """The refusal for pydantic's errors; what was sent is looked at but never repeated."""
    if any(error["type"] == "json_invalid" for error in errors):
        return MalformedJson()
    found = field_errors(errors, skip)
    if (buddhist := buddhist_date(errors, skip)) is not None:
        return buddhist
    if any(_is_operator(error) for error in errors):
        return OperatorInBody(errors=found)
    if all(error["type"] == "extra_forbidden" for error in errors):
        return UnknownField(errors=found)
    return InvalidBody(errors=found)


def buddhist_date(errors: Sequence[Mapping[str, Any]], skip: int = 0) -> DateBuddhistIso | None:
    """The refusal that says which day was meant, if one of the moments has a Buddhist year."""
    told = [_with_meant(error) for error in errors]
    said = next((error["ctx"] for error in told if error["type"] == _BUDDHIST), None)
    return None if said is None else DateBuddhistIso(**said, errors=field_errors(told, skip))


def _with_meant(error: Mapping[str, Any]) -> Mapping[str, Any]:
    """pydantic says that there is no such day, or that it is too late."""
    given = error.get("input")
    days = common_era(given) if isinstance(given, str) and error["type"].startswith(_OF_MOMENTS) else None
    return error if days is None else {**error, "type": _BUDDHIST, "ctx": {"text": days[0], "meant": days[1]}}


def _is_operator(error: Mapping[str, Any]) -> bool:
    given = error.get("input")
    inside = isinstance(given, dict) and any(str(name).startswith("$") for name in given)
    return inside or str(error["loc"][-1] if error["loc"] else "").startswith("$")


# A string, or what is left of one that never ends: so each byte is looked at once.
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_SQUARE: Final = bytes.maketrans(b"{}", b"[]")
_OTHER: Final = bytes(set(range(256)) - set(b"[]{}"))


def deeper_than(text: bytes, limit: int) -> bool:
    """Whether JSON nests deeper than `limit`, without parsing it: most bodies have fewer brackets than that at all,
    of the others only the brackets are kept and taken away from the inside, one level a round."""
    if text.count(b"{") + text.count(b"[") <= limit:
        return False
    brackets = _STRING.sub(b"", text).translate(_SQUARE, _OTHER)
    for _ in range(limit):
        fewer = brackets.replace(b"[]", b"")
        if len(fewer) == len(brackets):
            return brackets.count(b"[") > limit  # what never closes is malformed, and may be deep as well
        brackets = fewer
    return bool(brackets)
