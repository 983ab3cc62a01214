"""A sheet that comes in, as the body or in a form, and what may be said of its import."""

import asyncio
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Query, Request
from pydantic import Field
from starlette.datastructures import UploadFile

from services.enrolment.directory.domain.columns import HeaderFinder
from services.enrolment.directory.domain.refusals import FileMissing, UploadTooSlow
from services.enrolment.directory.service.paced import opened
from services.enrolment.directory.service.turns import Turns
from services.enrolment.settings import EnrolmentSettings
from shared.sheets.process import Sheet, SheetParser
from shared.sheets.xlsx_rows import MOST_LINES

SHEETS: Final = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_BINARY: Final = {"type": "string", "format": "binary"}
SHEET_BODY: Final[dict[str, Any]] = {"requestBody": {"content": {kind: {"schema": _BINARY} for kind in SHEETS}}}
# More doubts than that are for the file to be mended.
_MOST_CONFIRMED: Final = 300
Confirmed = Annotated[tuple[Annotated[int, Field(ge=1, le=MOST_LINES)], ...], Query(max_length=_MOST_CONFIRMED)]


@dataclass(frozen=True)
class FilesIn:
    """How files come in, for the features behind this one: each caller one at a time, within a time."""

    parser: SheetParser
    turns: Turns
    seconds: float

    @classmethod
    def of(cls, settings: EnrolmentSettings) -> "FilesIn":
        parser = SheetParser(settings.import_memory_bytes, settings.import_parse_seconds)
        return cls(parser, Turns(settings.import_limit), settings.import_upload_seconds)

    def turn(self, caller: str) -> AbstractContextManager[None]:
        """Raises ImportRunning and ImportsBusy."""
        return self.turns.of(caller)

    async def received(self, request: Request) -> bytes:
        """Raises FileMissing and UploadTooSlow."""
        return await uploaded(request, self.seconds)

    async def opened(self, data: bytes, header: HeaderFinder, name: str) -> Sheet:
        """Raises the refusals of a whole file."""
        return await opened(self.parser, data, header, name)


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
