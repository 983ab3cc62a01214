"""A sheet that comes in, as the body or in a form, and what may be said of its import."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import Query, Request
from pydantic import Field
from starlette.datastructures import UploadFile

from services.enrolment.directory.domain.refusals import FileMissing, UploadTooSlow
from shared.sheets.xlsx_rows import MOST_LINES

SHEETS: Final = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_BINARY: Final = {"type": "string", "format": "binary"}
SHEET_BODY: Final[dict[str, Any]] = {"requestBody": {"content": {kind: {"schema": _BINARY} for kind in SHEETS}}}
# More doubts than that are for the file to be mended.
_MOST_CONFIRMED: Final = 300
Confirmed = Annotated[tuple[Annotated[int, Field(ge=1, le=MOST_LINES)], ...], Query(max_length=_MOST_CONFIRMED)]


async def uploaded(request: Request, seconds: float) -> bytes:
    """The field `file` of a form, or the body itself. Raises FileMissing and UploadTooSlow."""
    try:
        async with asyncio.timeout(seconds):
            data = await _received(request)
    except TimeoutError:
        raise UploadTooSlow(seconds=seconds) from None
    if not data:
        raise FileMissing()
    return data


async def _received(request: Request) -> bytes:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await request.body()
    async with request.form(max_files=1, max_fields=10) as form:
        upload = form.get("file")
        return await upload.read() if isinstance(upload, UploadFile) else b""
