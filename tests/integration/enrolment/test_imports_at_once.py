"""Imports beside each other and beside everything else: one of each caller, so many in all, and none for ever."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import psutil
import pytest

from services.enrolment.settings import EnrolmentSettings
from shared.rights import Role
from tests.integration.enrolment.conftest import Office, serving
from tests.integration.enrolment.crowd import HEADER, SOMCHAI
from tests.support.api import Issuer
from tests.support.sheets import row, workbook
from tests.support.waiting import until

CSV = {"content-type": "text/csv"}


class Slow:
    """A file of which the last part is sent when somebody says so."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    async def parts(self) -> AsyncIterator[bytes]:
        yield f"{HEADER}\r\n".encode()
        self.begun.set()
        await self.go_on.wait()
        yield SOMCHAI.encode()


def sending(office: Office, file: Slow, caller: str) -> asyncio.Task[httpx.Response]:
    request = office.ask("POST", "/imports/people", Role.HR_OFFICER, person=caller, content=file.parts(), headers=CSV)
    return asyncio.create_task(request)


async def asked(office: Office, caller: str) -> tuple[int, str | None, str | None]:
    """Status, code and when to ask again, of an import by this caller."""
    answer = await office.ask("POST", "/imports/people", Role.HR_OFFICER, person=caller, content=b"x", headers=CSV)
    return answer.status_code, answer.json().get("code"), answer.headers.get("retry-after")


async def test_a_caller_imports_once_at_a_time(standing: Office) -> None:
    file = Slow()
    first = sending(standing, file, "one")
    await file.begun.wait()
    assert await asked(standing, "one") == (503, "import-running", "5")
    assert await asked(standing, "two") == (422, "columns-missing", None)
    file.go_on.set()
    assert (await first).json()["registered"] == 1
    assert await asked(standing, "one") == (422, "columns-missing", None)


async def test_so_many_import_at_once_and_no_more(standing: Office) -> None:
    files = {caller: Slow() for caller in ("one", "two")}
    running = [sending(standing, file, caller) for caller, file in files.items()]
    for file in files.values():
        await file.begun.wait()
    assert await asked(standing, "three") == (503, "imports-busy", "5")
    for file in files.values():
        file.go_on.set()
    assert [(await one).status_code for one in running] == [200, 200]
    assert await asked(standing, "three") == (422, "columns-missing", None)


async def test_whoever_hangs_up_gives_the_turn_back(standing: Office) -> None:
    file = Slow()
    given_up = sending(standing, file, "one")
    await file.begun.wait()
    given_up.cancel()
    await asyncio.wait([given_up])
    assert await asked(standing, "one") == (422, "columns-missing", None)


@pytest.fixture
async def hasty(enrolment_settings: EnrolmentSettings, issuer: Issuer) -> AsyncIterator[Office]:
    """A service that waits for a file, and for its parser, for two seconds."""
    seconds = {"import_upload_seconds": 2.0, "import_parse_seconds": 2.0}
    async with serving(enrolment_settings.model_copy(update=seconds), issuer) as office:
        yield office


async def test_a_file_that_does_not_arrive_holds_no_turn(hasty: Office) -> None:
    answer = await sending(hasty, Slow(), "one")
    assert (answer.status_code, answer.json()["code"]) == (408, "upload-too-slow")
    assert await asked(hasty, "one") == (422, "columns-missing", None)


async def test_a_hostile_file_stops_nobody_else(hasty: Office) -> None:
    header = row(1, ("A", "externalId"), ("B", "fullName"), ("C", "unit"))
    file = workbook(header + "<row><c/></row>" * 3_000_000)
    before = set(psutil.Process().children())
    importing = asyncio.create_task(hasty.ask("POST", "/imports/people", Role.HR_OFFICER, content=file, headers=CSV))
    await until(lambda: set(psutil.Process().children()) - before)
    assert await hasty.done("GET", "/units") == {"items": [], "next": None}
    assert not importing.done()
    answer = await importing
    assert (answer.status_code, answer.json()["code"]) == (413, "sheet-too-costly")
    assert set(psutil.Process().children()) <= before
    assert (await hasty.counts())["people"] == 0
